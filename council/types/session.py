"""A whole sitting, as it is stored, printed and exported."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from council.types.base import Record
from council.types.calls import Message, Usage
from council.types.checks import ValidationReport
from council.types.consensus import Consensus, Decision, Score
from council.types.evidence import Evidence
from council.types.probe import Probe
from council.types.examinations import CrossExamination
from council.types.reviews import Review, ReviewOutcome, Seat
from council.types.submission import Submission
from council.types.versions import Pick, VersionsReport

SCHEMA_VERSION = 1
"""Version of the JSON that people and programs read. It grows when a field changes its meaning or goes."""


ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no i, l, o or u, so that an id can be read aloud."""
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def new_session_id(moment: datetime | None = None) -> str:
    """Return a fresh id of 10 characters: 6 count the seconds, so ids sort by age, and 4 are random.

    >>> new_session_id() < new_session_id(datetime(2030, 1, 1, tzinfo=UTC))
    True
    """
    elapsed = ((moment or datetime.now(UTC)) - _FIRST_DAY).total_seconds()
    number = (int(elapsed) % 2**30) << 20 | secrets.randbits(20)
    return "".join(ID_ALPHABET[number >> shift & 31] for shift in range(45, -1, -5))


class SessionState(StrEnum):
    """How far a session came. A store holds ``open`` ones only when council was killed in the middle."""

    OPEN = "open"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"


class SessionKind(StrEnum):
    """Which verb made the session."""

    REVIEW = "review"
    GENERATE = "generate"


class Statement(Record):
    """The council's quote: prose over a decision that has fallen. It decides nothing."""

    paragraphs: tuple[str, ...]
    asked: str
    """The model that chairs."""
    by: str | None = None
    """The model whose words these are; ``None`` where a sentence made of the facts stands in their place."""
    reason: str | None = None
    """Why the chair's own words do not stand here."""
    raw_text: str | None = None
    served_model: str | None = None
    digest: str | None = None
    usage: Usage = Usage()
    cost_usd: float | None = None
    duration_s: float | None = None
    attempts: int = 0
    recorded_at: str | None = None


_Paid = Review | CrossExamination | Statement


class Cost(Record):
    """What the sitting cost. ``usd`` is ``None`` as soon as one price is unknown; ``known_usd`` is what is sure."""

    usd: float | None = None
    known_usd: float = 0.0
    unknown: tuple[str, ...] = ()
    """Seats whose price is not known."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @classmethod
    def of(
        cls,
        reviews: Sequence[Review],
        examinations: Sequence[CrossExamination] = (),
        statement: Statement | None = None,
    ) -> Self:
        """Add up what seats and chair cost; the sum is ``None`` as soon as one price is unknown."""
        calls: tuple[_Paid, ...] = (*reviews, *examinations, *((statement,) if statement is not None else ()))
        unknown = tuple(dict.fromkeys(_name(call) for call in calls if call.cost_usd is None and _was_asked(call)))
        known = sum(call.cost_usd or 0.0 for call in calls)
        return cls(
            usd=None if unknown else known,
            known_usd=known,
            unknown=unknown,
            prompt_tokens=_total([call.usage.prompt_tokens for call in calls]),
            completion_tokens=_total([call.usage.completion_tokens for call in calls]),
        )


class Attempt(Record):
    """One try of a local model at a task: a draft, the finished version, or a repair."""

    number: int
    tier: str
    """``draft`` or ``strong``."""
    model: str
    digest: str | None = None
    code: str | None = None
    """``None`` when the reply held no code."""
    reason: str | None = None
    """Why this attempt was not the last one."""
    duration_s: float | None = None
    load_s: float | None = None
    first_token_s: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    truncated: bool = False
    report: ValidationReport | None = None


class Generation(Record):
    """How a submission was written: every attempt, and which one was kept."""

    model: str
    draft_model: str | None = None
    attempts: tuple[Attempt, ...] = ()
    chosen: int | None = None
    """Number of the attempt that was kept; ``None`` when none held code."""
    pick: Pick | None = None
    """How one of several versions was picked, where more than one was asked for."""


class Revision(Record):
    """What an earlier session decided over the same ballots, and what makes the difference."""

    session_id: str
    """The session that was decided again; it stays as it is."""
    decision: Decision | None = None
    score: Score | None = None
    changes: tuple[str, ...] = ()
    """What decides otherwise now, each in a line: ``voting.quorum 3 → 2``. Empty where nothing does."""
    undone: tuple[str, ...] = ()
    """What could not be done again without a call or a run, in sentences."""


class Session(Record):
    """One sitting, whole: what was judged, by whom, with which evidence, and what was decided."""

    schema_version: int = SCHEMA_VERSION
    session_id: str
    kind: SessionKind = SessionKind.REVIEW
    state: SessionState = SessionState.FINISHED
    created_at: datetime
    finished_at: datetime | None = None
    council_version: str
    policy: str
    policy_record: dict[str, Any] | None = None
    """The policy field by field as it stood then, so that the decision can be made again; older sessions lack it."""
    panel: str | None = None
    seats: tuple[Seat, ...] = ()
    submission: Submission
    validation: ValidationReport | None = None
    prompt: tuple[Message, ...] = ()
    """What every seat was asked: the same messages for all."""
    reviews: tuple[Review, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """What running the findings' claims showed, in the order of the findings."""
    probe: Probe | None = None
    """What measuring the submission's own tests showed, where that was asked for."""
    versions: VersionsReport | None = None
    """What independent versions of the task say, where some were asked for."""
    examinations: tuple[CrossExamination, ...] = ()
    """What other seats were asked about these claims, and what they ruled."""
    consensus: Consensus | None = None
    """``None`` only while the session is not finished."""
    statement: Statement | None = None
    """What the chair says about the decision, where one is asked to."""
    generation: Generation | None = None
    cost: Cost = Cost()
    duration_s: float | None = None
    replayed_from: str | None = None
    """Where the ballots come from, when they were replayed: a folder of recordings, or the id of a session."""
    revision: Revision | None = None
    """Set when an earlier session was decided again."""
    notes: tuple[str, ...] = ()


def _name(call: _Paid) -> str:
    if isinstance(call, Statement):
        return f"{call.asked} (chair)"
    return call.seat.name if isinstance(call, Review) else call.seat


def _was_asked(call: _Paid) -> bool:
    """Whether a provider may have billed the seat: a replayed, refused-at-the-door or retired one was never asked."""
    if isinstance(call, Statement):
        return call.recorded_at is None and call.attempts > 0
    silent = (ReviewOutcome.FAILED, ReviewOutcome.OVER_BUDGET, ReviewOutcome.RECUSED, ReviewOutcome.UNSPENT)
    return call.recorded_at is None and not (call.outcome in silent and call.attempts == 0)


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
