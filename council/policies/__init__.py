"""What a team demands, as TOML: exit criteria, quorum and thresholds, rules, models, panels."""

from council.policies.admission import DRAFTER, FALLBACK, WRITER, Admission, Role, seat_role
from council.policies.comparing import Change, compare_policies
from council.policies.linting import Remark, lint_policy
from council.policies.loading import (
    PolicyFile,
    distinct_seats,
    explain,
    lay_over,
    list_panels,
    list_policies,
    load_panel,
    load_policy,
    read_chain,
    seat_for,
)
from council.policies.models import STATUSES, Standing, standing_of
from council.policies.origins import origins_of
from council.policies.patching import difference, patched
from council.policies.proposing import Proposal, propose
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
from council.policies.schema import json_schema

__all__ = [
    "Admission",
    "AdvisoryRules",
    "Change",
    "CheckName",
    "Criterion",
    "DRAFTER",
    "FALLBACK",
    "ModelRule",
    "ModelStatus",
    "Panel",
    "PanelSeat",
    "Policy",
    "PolicyFile",
    "Proposal",
    "Remark",
    "Role",
    "Rule",
    "STATUSES",
    "Standing",
    "Voting",
    "WRITER",
    "compare_policies",
    "difference",
    "distinct_seats",
    "explain",
    "json_schema",
    "lay_over",
    "lint_policy",
    "list_panels",
    "list_policies",
    "load_panel",
    "load_policy",
    "origins_of",
    "patched",
    "propose",
    "read_chain",
    "seat_for",
    "seat_role",
    "standing_of",
]
