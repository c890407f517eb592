"""What a team demands, as TOML: exit criteria, quorum and thresholds, rules, models, panels."""

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
    "standing_of",
]
