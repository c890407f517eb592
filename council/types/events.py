"""What happens during a sitting, as ``council.stream`` yields it."""

from __future__ import annotations

from council.types.base import Record
from council.types.calls import CallState
from council.types.checks import CheckResult
from council.types.consensus import Consensus
from council.types.evidence import Evidence
from council.types.examinations import CrossExamination
from council.types.reviews import Review, Seat
from council.types.session import Attempt, Session


class SittingOpened(Record):
    """The sitting begins; the checks come first."""

    session_id: str
    seats: tuple[Seat, ...]
    checks: tuple[str, ...]
    deadline_s: float | None = None


class CheckFinished(Record):
    """One tool is done."""

    result: CheckResult


class SeatMoved(Record):
    """A seat changed its state or wrote more."""

    seat: str
    state: CallState
    tokens: int | None = None
    detail: str | None = None


class SeatFinished(Record):
    """A seat has its review, whatever happened to it."""

    review: Review


class ClaimRun(Record):
    """The claim of a finding was run, or found not to be runnable."""

    evidence: Evidence
    number: int
    """How many of the sitting's claims are done with this one."""
    of: int


class ChangeTried(Record):
    """The tests ran against a small change of the code, to see whether they notice it."""

    tried: int
    of: int
    survived: int
    """How many of those tried so far they did not notice."""


class VersionsMoved(Record):
    """Independent versions of the task are being written, or run against the submission."""

    stage: str
    """``writing`` or ``running``."""
    number: int
    of: int
    model: str | None = None


class SeatExamined(Record):
    """A seat was asked about claims of others, and has ruled on them or not."""

    call: CrossExamination


class AttemptStarted(Record):
    """A local model starts to write."""

    number: int
    tier: str
    model: str


class TextWritten(Record):
    """A local model wrote more text."""

    text: str
    tokens: int


class AttemptFinished(Record):
    """A local model's attempt is there, validated where it held code."""

    attempt: Attempt


class ConsensusReached(Record):
    """The decision is made."""

    consensus: Consensus


class SittingClosed(Record):
    """The session is whole and, unless the store is off, kept."""

    session: Session


Event = (
    SittingOpened
    | CheckFinished
    | SeatMoved
    | SeatFinished
    | ClaimRun
    | ChangeTried
    | VersionsMoved
    | SeatExamined
    | AttemptStarted
    | TextWritten
    | AttemptFinished
    | ConsensusReached
    | SittingClosed
)
