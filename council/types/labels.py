"""What turned out to be true, and what follows from it: labels, and what they say of seats and decisions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from council.types.base import Record
from council.types.calls import Fraction
from council.types.consensus import Decision, Ground
from council.types.findings import Severity
from council.types.reviews import Verdict

Count = Annotated[int, Field(ge=0)]


class LabelWord(StrEnum):
    """What turned out: the first two are said of a finding, the others of the code that was judged."""

    REAL = "real"
    """The finding is a defect."""
    FALSE = "false"
    """The finding is none."""
    GOOD = "good"
    """The code did what it should."""
    BAD = "bad"
    """The code did not."""


class LabelOrigin(StrEnum):
    """Who says so. The two are kept apart: a label of a person never replaces one of a run, nor the other way round."""

    PERSON = "person"
    EVIDENCE = "evidence"


class Vote(Record):
    """What one model had said of the code, as it counted."""

    model: str
    """As LiteLLM names it; seats change their names, models do not."""
    verdict: Verdict


class Case(Record):
    """What had been said before the label came: all that can be learnt from it, so that no session is read again."""

    decision: Decision | None = None
    """Of a label on the code: what the council had decided."""
    ground: Ground | None = None
    """What that decision rested on."""
    siding: Count = 0
    """Heard seats that sided with the decision."""
    heard: Count = 0
    votes: tuple[Vote, ...] = ()
    raised_by: str | None = None
    """Of a label on a finding: the model that raised it."""
    severity: Severity | None = None


class Label(Record):
    """One outcome of one session or of one of its findings."""

    session_id: str
    finding_id: str | None = None
    """``None``: the label is of the code."""
    word: LabelWord
    origin: LabelOrigin = LabelOrigin.PERSON
    labelled_at: datetime
    case: Case = Case()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        of_finding = self.word in (LabelWord.REAL, LabelWord.FALSE)
        if of_finding != (self.finding_id is not None) or self.finding_id == "":
            raise ValueError("real and false are said of a finding, good and bad of the code")
        return self


class SeatRecord(Record):
    """What labels say of one model on its seat."""

    model: str
    right: Count = 0
    """Votes that turned out right: approvals of good code, objections to bad code."""
    wrong: Count = 0
    real: Count = 0
    """Findings that people called real."""
    false: Count = 0
    upheld: Count = 0
    """Findings that a run upheld."""
    refuted: Count = 0
    reliability: Fraction
    """How often its votes are right, shrunk towards the prior of all seats; without labels it is the prior."""
    interval: tuple[Fraction, Fraction]
    """Where that lies with 95 %."""


class Proof(Record):
    """How often decisions of one ground turned out right."""

    right: Count = 0
    wrong: Count = 0


class TrackRecord(Record):
    """What the labels of a store teach. Without labels it is the shipped prior."""

    labels: Count = 0
    """Decisions whose outcome people have told; the confidence was fitted to them."""
    intercept: float
    """The confidence of a vote is the logistic function of ``intercept + slope × log-odds of the smoothed share``."""
    slope: Annotated[float, Field(ge=0)]
    rate: Fraction
    """How often the votes of all seats together are right, shrunk towards the recorded one."""
    correlation: Fraction
    """How far the seats err together: of two seats, the correlation of their errors."""
    seats: tuple[SeatRecord, ...] = ()
    """Sorted by model."""
    checks: Proof = Proof()
    """Decisions that a failed check had made."""
    proofs: Proof = Proof()
    """Decisions that an executed claim had made."""

    def reliability(self, model: str) -> float:
        """Return how often a model's votes are right: its own rate, or that of all where nothing is known of it."""
        seat = self.seat(model)
        return self.rate if seat is None else seat.reliability

    def seat(self, model: str) -> SeatRecord | None:
        """Return what is known of a model, or ``None``."""
        return next((seat for seat in self.seats if seat.model == model), None)
