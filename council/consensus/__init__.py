"""From ballots, checks and evidence to one decision. Arithmetic only."""

from council.consensus.decision import DEFAULT, MajorityAggregator

__all__ = ["DEFAULT", "MajorityAggregator"]
