"""What a tool or a reviewer says is wrong, and where."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, field_validator

from council.types.base import Record


class Severity(StrEnum):
    """How bad a finding is. ``unknown`` is a word nobody could read: it weighs like ``high``, never like ``info``."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Weight for comparing: info 0, low 1, medium 2, high and unknown 3, critical 4."""
        return _RANKS[self]

    @classmethod
    def read(cls, word: object) -> Severity:
        """Read the word a model or a tool used; a word outside every list becomes ``UNKNOWN``.

        >>> Severity.read("P0"), Severity.read("Blocker"), Severity.read("terrifying")
        (<Severity.CRITICAL: 'critical'>, <Severity.CRITICAL: 'critical'>, <Severity.UNKNOWN: 'unknown'>)
        """
        text = str(word).strip().strip("*_`[](){}.:!").lower().replace("-", " ").replace("_", " ")
        text = text.removeprefix("severity ").removesuffix(" severity").strip()
        return _WORDS.get(text, cls.UNKNOWN)


_RANKS = {
    Severity.INFO: 0,
    Severity.LOW: 1,
    Severity.MEDIUM: 2,
    Severity.HIGH: 3,
    Severity.UNKNOWN: 3,
    Severity.CRITICAL: 4,
}
_WORDS = {
    word: severity
    for severity, words in {
        Severity.CRITICAL: "critical crit blocker blocking fatal severe catastrophic p0 sev0 s0 showstopper",
        Severity.HIGH: "high major error err important serious p1 sev1 s1",
        Severity.MEDIUM: "medium moderate med normal warning warn p2 sev2 s2",
        Severity.LOW: "low minor trivial p3 sev3 s3",
        Severity.INFO: "info informational information note notice nit nitpick style cosmetic suggestion hint none p4"
        " sev4 s4",
    }.items()
    for word in words.split()
}


class Location(Record):
    """A place in a reviewed file: a path relative to what is reviewed, forward slashes, lines counted from 1."""

    path: str
    line: Annotated[int, Field(ge=1)] | None = None
    end_line: Annotated[int, Field(ge=1)] | None = None

    @field_validator("path")
    @classmethod
    def _slashes(cls, value: str) -> str:
        return value.replace("\\", "/")

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"


class Finding(Record):
    """One thing that is wrong, told by a tool or by a seat in the same form."""

    id: str
    """Unique in its session: ``flake8-3`` or ``SEAT-2``."""
    source: str
    """The name of the check, or of the seat."""
    severity: Severity
    message: str
    """One sentence: what is wrong."""
    rule: str | None = None
    """The tool's code (``E501``, ``B608``) or the reviewer's category (``logic``, ``security`` …)."""
    location: Location | None = None
    explanation: str | None = None
    counterexample: str | None = None
    """A small pytest function that fails because of the defect. It is run, never believed."""
    fix: str | None = None
    """Replacement code as the reviewer wrote it. It is run, never believed."""
    quoted_severity: str | None = None
    """The word the source used, where it was not one of the five."""
    suppressed_by: str | None = None
    """A comment in the code (``noqa``, ``nosec`` …) that asks for silence; the finding is still shown."""
