"""What a team demands, as TOML: exit criteria, quorum and thresholds, rules, models, panels."""

from council.policies.admission import CHAIR, DRAFTER, FALLBACK, WRITER, Admission, Role, seat_role
from council.policies.authorship import authorship
from council.policies.comparing import Change, compare_policies
from council.policies.linting import Remark, lint_policy
from council.policies.loading import (
    PolicyFile,
    altered,
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
from council.policies.names import local_name
from council.policies.origins import origins_of
from council.policies.patching import difference, patched
from council.policies.proposing import Proposal, propose
from council.policies.records import (
    AdvisoryRules,
    Asking,
    CheckName,
    Criterion,
    ModelRule,
    ModelStatus,
    Panel,
    PanelSeat,
    Policy,
    Rule,
    Voting,
    WantedVersions,
)
from council.policies.schema import json_schema
from council.policies.seating import Bench, named_bench, named_quorum, panel_bench

__all__ = [
    "Admission",
    "AdvisoryRules",
    "Asking",
    "Bench",
    "CHAIR",
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
    "WantedVersions",
    "altered",
    "authorship",
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
    "local_name",
    "named_bench",
    "named_quorum",
    "origins_of",
    "panel_bench",
    "patched",
    "propose",
    "read_chain",
    "seat_for",
    "seat_role",
    "standing_of",
]
