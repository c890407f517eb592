"""In which order seats are asked: all at once, or in turn until the others would tell nothing new."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from council.types.reviews import Review, ReviewOutcome, Seat

Ask = Callable[[Seat], Awaitable[Review]]


@dataclass(frozen=True)
class Turns:
    """How seats are asked in turn."""

    needed: int
    """Votes that a quorum takes: so many seats are asked at once, for nothing is decided before."""
    order: tuple[str, ...]
    """Names of the seats, those first that tell most for their price."""
    spare: Callable[[tuple[Review, ...], int], str | None]
    """Hears what was said and how many wait, and says why they need not be asked; ``None``: go on."""


async def ask_all(ask: Ask, seats: Sequence[Seat]) -> list[Review]:
    """Ask every seat at once, and return one review a seat in their order."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_asked(ask, seat)) for seat in seats]
    return [task.result() for task in tasks]


async def ask_in_turn(ask: Ask, seats: Sequence[Seat], turns: Turns, told: Sequence[Review]) -> list[Review]:
    """Ask as many seats as a quorum still needs, then one after the other, and spare those that are not needed.

    ``told``: reviews of seats that are not asked at all. Returns one review a seat, in the order of ``seats``.
    """
    found: list[Review] = []
    while len(found) < len(seats):
        waiting = seats[len(found) :]
        reason = turns.spare((*told, *found), len(waiting))
        if reason is not None:
            return [*found, *(_unspent(seat, reason) for seat in waiting)]
        lacking = turns.needed - sum(review.voted for review in found)
        found += await ask_all(ask, waiting[: max(1, lacking)])
    return found


def _unspent(seat: Seat, reason: str) -> Review:
    return Review(seat=seat, outcome=ReviewOutcome.UNSPENT, reason=f"not asked: {reason}")


async def _asked(ask: Ask, seat: Seat) -> Review:
    return await ask(seat)
