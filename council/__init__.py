"""A council of models reviews code, runs what it claims, and gives one decision with its evidence.

The names below are loaded when they are first touched, so that ``import council`` costs nothing.
Type checkers read ``__init__.pyi``.
"""

from __future__ import annotations

import importlib
import warnings
from council._version import __version__

# Python warns of odd escapes in a text that is parsed, and the text is somebody's code: its characters are no line of
# ours on anybody's terminal. "<unknown>" is what ``ast`` calls a text without a file.
warnings.filterwarnings("ignore", module="<unknown>")

_HOMES = {
    "council.api": (
        *("advise", "aggregate", "audit", "generate", "render"),
        *("review", "review_sync", "stream", "validate"),
    ),
    "council.engine": ("Council",),
    "council.errors": ("CouncilError", "ModelBanned"),
    "council.policies": ("Policy",),
    "council.settings": ("Settings", "load_settings"),
    "council.types.advisories": ("Advisory",),
    "council.types.audits": ("Audit",),
    "council.types.checks": ("CheckOutcome", "CheckResult", "ValidationReport"),
    "council.types.consensus": ("Consensus", "Decision"),
    "council.types.findings": ("Finding", "Location", "Severity"),
    "council.types.reviews": ("Ballot", "Review", "ReviewOutcome", "Seat", "Verdict"),
    "council.types.session": ("Session",),
    "council.types.submission": ("SourceFile", "Submission"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: F822  (loaded on first touch)
    "Advisory",
    "Audit",
    "Ballot",
    "CheckOutcome",
    "CheckResult",
    "Consensus",
    "Council",
    "CouncilError",
    "Decision",
    "Finding",
    "Location",
    "ModelBanned",
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
    "advise",
    "aggregate",
    "audit",
    "generate",
    "load_settings",
    "render",
    "review",
    "review_sync",
    "stream",
    "validate",
]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'council' has no attribute '{name}'")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
