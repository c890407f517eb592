"""How the seats of one sitting are asked in turn, where its policy asks no more of them than it needs."""

from __future__ import annotations

from collections.abc import Sequence

from council import consensus
from council.keeping import learn_from
from council.models import estimate_cost
from council.protocols import Docket, Store
from council.reviewing import Turns
from council.settings import Settings
from council.types.calls import Message
from council.types.reviews import Seat


def plan_turns(
    store: Store | None, docket: Docket, seats: Sequence[Seat], messages: Sequence[Message], settings: Settings
) -> Turns | None:
    """Return in which order seats are asked and when the others are spared; ``None``: all are asked at once.

    ``docket``: what holds before any seat is asked.
    """
    if docket.policy.asking.mode == "all":
        return None
    known = docket.but(record=learn_from(store, consensus.learn))
    size = sum(len(message.content.encode()) for message in messages)
    costs = {seat.name: estimate_cost(seat.model, size, settings.max_tokens) for seat in seats}
    return Turns(known.policy.voting.quorum, *consensus.plan_asking(seats, known, costs))
