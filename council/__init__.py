"""A council of models reviews code, runs what it claims, and gives one decision with its evidence.

The names below are loaded when they are first touched, so that ``import council`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from council._version import __version__

if TYPE_CHECKING:
    from council.api import aggregate, generate, render, review, review_sync, stream, validate
    from council.engine import Council
    from council.errors import CouncilError
    from council.policies import Policy
    from council.settings import Settings, load_settings
    from council.types.checks import CheckOutcome, CheckResult, ValidationReport
    from council.types.consensus import Consensus, Decision
    from council.types.findings import Finding, Location, Severity
    from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
    from council.types.session import Session
    from council.types.submission import SourceFile, Submission

_HOMES = {
    "council.api": ("aggregate", "generate", "render", "review", "review_sync", "stream", "validate"),
    "council.engine": ("Council",),
    "council.errors": ("CouncilError",),
    "council.policies": ("Policy",),
    "council.settings": ("Settings", "load_settings"),
    "council.types.checks": ("CheckOutcome", "CheckResult", "ValidationReport"),
    "council.types.consensus": ("Consensus", "Decision"),
    "council.types.findings": ("Finding", "Location", "Severity"),
    "council.types.reviews": ("Ballot", "Review", "ReviewOutcome", "Seat", "Verdict"),
    "council.types.session": ("Session",),
    "council.types.submission": ("SourceFile", "Submission"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: F822  (loaded on first touch)
    "Ballot",
    "CheckOutcome",
    "CheckResult",
    "Consensus",
    "Council",
    "CouncilError",
    "Decision",
    "Finding",
    "Location",
    "Policy",
    "Review",
    "ReviewOutcome",
    "Seat",
    "Session",
    "Settings",
    "Severity",
    "SourceFile",
    "Submission",
    "ValidationReport",
    "Verdict",
    "__version__",
    "aggregate",
    "generate",
    "load_settings",
    "render",
    "review",
    "review_sync",
    "stream",
    "validate",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'council' has no attribute '{name}'")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
