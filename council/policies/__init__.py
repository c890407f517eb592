"""What a team demands, as TOML: exit criteria, quorum and thresholds, rules, models, panels."""

from council.policies.admission import DRAFTER, FALLBACK, WRITER, Admission, Role, seat_role
from council.policies.loading import (
    distinct_seats,
    explain,
    list_panels,
    list_policies,
    load_panel,
    load_policy,
    seat_for,
)
from council.policies.models import Standing, standing_of
from council.policies.records import (
    AdvisoryRules,
    CheckName,
    Criterion,
    ModelRule,
    ModelStatus,
    Panel,
    PanelSeat,
    Policy,
    Rule,
    Voting,
)

__all__ = [
    "Admission",
    "DRAFTER",
    "FALLBACK",
    "Role",
    "WRITER",
    "AdvisoryRules",
    "CheckName",
    "Criterion",
    "ModelRule",
    "ModelStatus",
    "Panel",
    "PanelSeat",
    "Policy",
    "Rule",
    "Standing",
    "Voting",
    "distinct_seats",
    "explain",
    "list_panels",
    "list_policies",
    "load_panel",
    "load_policy",
    "seat_for",
    "seat_role",
    "standing_of",
]
