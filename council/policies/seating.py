"""Who sits over one submission: seats that were named, or a panel's, with the quorum that holds for them."""

from __future__ import annotations

from collections.abc import Sequence

from council.policies.authorship import authorship
from council.policies.loading import distinct_seats, seat_for
from council.policies.records import Panel, Policy
from council.types.base import Record
from council.types.reviews import Seat
from council.types.submission import Origin


class Bench(Record):
    """The seats of one sitting, and which of them cannot be asked."""

    panel: str | None
    seats: tuple[Seat, ...]
    quorum: int
    retired: dict[str, str] = {}
    """By name: seats whose model is served no more, and since when."""
    authors: tuple[Origin, ...] = ()
    """Who wrote what is judged: they are invited and named, and have no vote."""

    @property
    def recused(self) -> dict[str, str]:
        """By name: seats whose model wrote the code, and how that is known. They count as invited."""
        found = {seat.name: authorship(self.authors, seat.model) for seat in self.seats}
        return {name: reason for name, reason in found.items() if reason is not None}

    @property
    def askable(self) -> tuple[Seat, ...]:
        """The seats as they may be asked: without a fallback that wrote the code."""
        return tuple(
            seat.but(fallback=None) if seat.fallback and authorship(self.authors, seat.fallback) else seat
            for seat in self.seats
        )


def named_bench(named: Sequence[str | Seat], policy: Policy) -> Bench:
    """Return the bench of hand-picked seats. Raises ``PolicyError``."""
    seats = distinct_seats(tuple(seat if isinstance(seat, Seat) else seat_for(seat) for seat in named))
    return Bench(panel=None, seats=seats, quorum=named_quorum(policy, len(seats)))


def named_quorum(policy: Policy, seats: int) -> int:
    """Return the quorum of so many hand-picked seats.

    Two can be a quorum of two; one never is, unless the policy itself asks for one.
    """
    return min(policy.voting.quorum, max(2, seats))


def panel_bench(panel: Panel, policy: Policy) -> Bench:
    """Return the bench of a panel, whose own quorum stands above the policy's. Raises ``PolicyError``."""
    seats = distinct_seats(
        tuple(
            seat_for(s.model, name=s.name, provider=s.provider, api_base=s.api_base, fallback=s.fallback)
            for s in panel.seats
        )
    )
    retired = {
        seat.name: f"retired ({entry.retired})"
        + (f"; its successor is {entry.replacement}" if entry.replacement else "")
        for seat, entry in zip(seats, panel.seats, strict=True)
        if entry.retired
    }
    return Bench(panel=panel.id, seats=seats, quorum=panel.quorum or policy.voting.quorum, retired=retired)
