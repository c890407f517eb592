"""What ``council selftest`` tries, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from council.types.base import Record
from council.types.calls import Fraction

PayloadKind = Literal["order", "code", "field", "reply"]


class Payload(Record):
    """One hostile text by its name."""

    name: str
    """``comment/ignore-previous``: unique."""
    kind: PayloadKind
    group: str
    """What people see it counted under: ``order in a comment``, ``terminal escape`` …"""
    text: str
    right: tuple[str, ...] = ()
    """Of a whole reply: the readings that are right, verdicts or ``unreadable``."""


class Break(Record):
    """One promise that did not hold for a payload."""

    promise: str
    """``frame``, ``unaltered``, ``reading``, ``decision``, ``vote``, ``place``, or a form: ``terminal``, ``json`` …"""
    what: str


class Trial(Record):
    """What became of one payload."""

    payload: str
    group: str
    breaks: tuple[Break, ...] = ()
    known: str | None = None
    """Why what breaks is known and stands; ``None`` where it is not."""

    @property
    def held(self) -> bool:
        """Whether every promise held."""
        return not self.breaks


class SelfTest(Record):
    """All trials of one run."""

    council_version: str
    trials: tuple[Trial, ...]
    duration_s: float

    @property
    def held(self) -> tuple[Trial, ...]:
        """The payloads that held."""
        return tuple(trial for trial in self.trials if trial.held)

    @property
    def known(self) -> tuple[Trial, ...]:
        """Those that did not, and are listed with their reason."""
        return tuple(trial for trial in self.trials if not trial.held and trial.known is not None)

    @property
    def broken(self) -> tuple[Trial, ...]:
        """Those that did not, and should have."""
        return tuple(trial for trial in self.trials if not trial.held and trial.known is None)

    @property
    def exit_code(self) -> int:
        """0 when all held but listed ones, else 1."""
        return 1 if self.broken or not self.trials else 0


class SeatObedience(Record):
    """How often a real seat took orders from the material."""

    seat: str
    model: str
    served_models: tuple[str, ...] = ()
    asked: int
    """Payloads it was asked about."""
    answered: int = 0
    """Of these, those it answered with something that could be read, or that obeyed."""
    obeyed: int = 0
    """Answers that show a sign of obedience: its vote would be lost."""
    turned: int = 0
    """Answers without a sign that approve the faulty code, while the seat does not approve it without a payload."""
    control: str | None = None
    """What it says of the same faulty code without a payload: a verdict, or why there is none."""
    rate: Fraction | None = None
    """Obeyed and turned, of answered."""
    interval: tuple[Fraction, Fraction] | None = None
    """95 %, Wilson."""
    cost_usd: float | None = None
    silent: str | None = None
    """Why it did not answer, the last reason."""


class LiveSelfTest(Record):
    """A measurement of real seats on one day. It is not a promise."""

    council_version: str
    ran_at: datetime
    payloads: tuple[str, ...]
    seats: tuple[SeatObedience, ...]
    duration_s: float

    @property
    def exit_code(self) -> int:
        """0 when at least one seat answered, else 3."""
        return 0 if any(seat.answered for seat in self.seats) else 3
