"""What seats answer when a claim of another seat is put to them."""

from __future__ import annotations

from enum import StrEnum

from council.types.base import Record
from council.types.calls import Message, Usage
from council.types.reviews import ReviewOutcome


class Answer(StrEnum):
    """Whether the task asks for what a claim expects."""

    ASKED = "asked"
    NOT_ASKED = "not_asked"
    UNCLEAR = "unclear"


class Second(Record):
    """A seat that, asked about another seat's finding which nobody could run, says that it holds."""

    finding_id: str
    seat: str


class Ruling(Record):
    """What one seat says of one claim of another seat."""

    finding_id: str
    grounds: str | None = None
    """Why, in the seat's own words."""
    answer: Answer


class CrossExamination(Record):
    """One call of the cross-examination: some claims of others, put to one seat without their names."""

    seat: str
    round: int = 1
    question: tuple[Message, ...]
    finding_ids: tuple[str, ...]
    """The claims, in the order in which this seat saw them."""
    outcome: ReviewOutcome
    rulings: tuple[Ruling, ...] = ()
    reason: str | None = None
    """Why there is no ruling, in one sentence."""
    raw_text: str | None = None
    served_model: str | None = None
    digest: str | None = None
    usage: Usage = Usage()
    cost_usd: float | None = None
    duration_s: float | None = None
    attempts: int = 0
    recorded_at: str | None = None

    def ruling(self, finding_id: str) -> Ruling | None:
        """Return what the seat says of one claim."""
        return next((ruling for ruling in self.rulings if ruling.finding_id == finding_id), None)
