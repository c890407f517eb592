"""From ballots, checks and evidence to one decision, and from outcomes to how sure it is. Arithmetic only."""

from council.consensus.calibration import PRIOR
from council.consensus.cases import case_of, finding_case, labels_of_runs
from council.consensus.decision import DEFAULT, MajorityAggregator
from council.consensus.likeness import warm_up
from council.consensus.reliability import count_effective, learn, was_right
from council.consensus.stopping import order_seats, plan_asking, spare_seats

__all__ = [
    "DEFAULT",
    "PRIOR",
    "MajorityAggregator",
    "case_of",
    "count_effective",
    "finding_case",
    "labels_of_runs",
    "learn",
    "order_seats",
    "plan_asking",
    "spare_seats",
    "warm_up",
    "was_right",
]
