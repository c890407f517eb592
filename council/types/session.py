"""A whole sitting, as it is stored, printed and exported."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from council.types.base import Record
from council.types.calls import Message
from council.types.checks import ValidationReport
from council.types.consensus import Consensus
from council.types.reviews import Review, ReviewOutcome, Seat
from council.types.submission import Submission

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


class Cost(Record):
    """What the sitting cost. ``usd`` is ``None`` as soon as one price is unknown; ``known_usd`` is what is sure."""

    usd: float | None = None
    known_usd: float = 0.0
    unknown: tuple[str, ...] = ()
    """Seats whose price is not known."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @classmethod
    def of(cls, reviews: Sequence[Review]) -> Self:
        """Add up what some seats cost; the sum is ``None`` as soon as one price is unknown."""
        unknown = tuple(review.seat.name for review in reviews if review.cost_usd is None and _was_asked(review))
        known = sum(review.cost_usd or 0.0 for review in reviews)
        return cls(
            usd=None if unknown else known,
            known_usd=known,
            unknown=unknown,
            prompt_tokens=_total([review.usage.prompt_tokens for review in reviews]),
            completion_tokens=_total([review.usage.completion_tokens for review in reviews]),
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
    panel: str | None = None
    seats: tuple[Seat, ...] = ()
    submission: Submission
    validation: ValidationReport | None = None
    prompt: tuple[Message, ...] = ()
    """What every seat was asked: the same messages for all."""
    reviews: tuple[Review, ...] = ()
    consensus: Consensus | None = None
    """``None`` only while the session is not finished."""
    generation: Generation | None = None
    cost: Cost = Cost()
    duration_s: float | None = None
    replayed_from: str | None = None
    """Where the ballots come from, when they were replayed from a recording."""
    notes: tuple[str, ...] = ()


def _was_asked(review: Review) -> bool:
    """Whether a provider may have billed the seat: a replayed, refused-at-the-door or retired one was never asked."""
    silent = (ReviewOutcome.FAILED, ReviewOutcome.OVER_BUDGET)
    return review.recorded_at is None and not (review.outcome in silent and review.attempts == 0)


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
