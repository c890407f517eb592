"""Asking only as much as needed: in which order seats are asked, and when the others would tell nothing new.

A seat whose votes are right at a rate ``r`` tells ``1 − H(r)`` bits (the capacity of a binary symmetric channel,
Shannon 1948); seats are asked by bits per dollar. What the seats not yet asked will say is foreseen from those heard:
verdicts of a panel go together, so that their counts follow a Dirichlet-multinomial law whose prior weighs
``(1 − ρ) / ρ`` votes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import exp, lgamma, log2

from council.consensus import priors
from council.consensus.calibration import PRIOR
from council.consensus.decision import weigh_docket
from council.consensus.voting import Count
from council.protocols import Docket
from council.types.consensus import Decision
from council.types.reviews import Review, Seat

_LEAST_USD = 0.001
"""No call is free: it takes time."""
_PRIOR = {"approve": 0.5, "request_changes": 0.25, "reject": 0.25}


def plan_asking(
    seats: Sequence[Seat], docket: Docket, costs: Mapping[str, float | None]
) -> tuple[tuple[str, ...], Callable[[tuple[Review, ...], int], str | None]]:
    """Return in which order seats are asked, by name, and what says of some reviews that the others are spared."""
    return order_seats(seats, docket, costs), partial(spare_seats, docket)


def order_seats(seats: Sequence[Seat], docket: Docket, costs: Mapping[str, float | None]) -> tuple[str, ...]:
    """Return the seats' names by what their votes tell for what they cost, the best first; names settle what is equal.

    ``costs``: dollars of one call by the seat's name. A price that nobody knows counts as the dearest one known.
    """
    record = docket.record or PRIOR
    dearest = max((cost for cost in costs.values() if cost is not None), default=_LEAST_USD)

    def worth(seat: Seat) -> tuple[float, str]:
        cost = costs.get(seat.name)
        return -_bits(record.reliability(seat.model)) / max(_LEAST_USD, dearest if cost is None else cost), seat.name

    return tuple(seat.name for seat in sorted(seats, key=worth))


def spare_seats(docket: Docket, told: tuple[Review, ...], waiting: int) -> str | None:
    """Return why the seats that wait need not be asked, in a few words; ``None`` where they must be.

    Never before the quorum is heard, unless nothing that they could say would change the decision. Below full certainty
    what counts is whether the code is approved: whether those who oppose it would rather have it changed or rejected is
    not worth a call. ``docket``: what holds before any seat is asked; ``told``: the reviews that are there.
    """
    asking = docket.policy.asking
    if asking.mode == "all" or waiting == 0 or docket.policy.checks_only:
        return None
    bench = weigh_docket(docket.model_copy(update={"reviews": told}))
    decision = bench.decide()
    if bench.is_decided(missing=waiting):
        return "no answer could change the decision"
    if asking.sure == 1 or decision in (Decision.NO_QUORUM, Decision.TIED):
        return None

    def changes(*more: int) -> bool:
        return {one.exit_code for one in bench.foresee(*more)} != {decision.exit_code}

    change = chance_of_change(bench.tallies[0].count, waiting, changes)
    if change > 1 - asking.sure:
        return None
    return f"with {100 * (1 - change):.0f} % likelihood its answer would change nothing"


def chance_of_change(count: Count, waiting: int, changes: Callable[[int, int, int], bool]) -> float:
    """Return how likely it is that the answers of so many more seats change a decision.

    ``changes``: whether so many more approvals, requests for changes and rejections do.
    """
    chance = 0.0
    for approve in range(waiting + 1):
        for request in range(waiting + 1 - approve):
            more = (approve, request, waiting - approve - request)
            if changes(*more):
                chance += _likelihood(count, more)
    return min(1.0, chance)


def _likelihood(count: Count, more: tuple[int, int, int]) -> float:
    """Return how likely it is that so many more seats approve, request changes and reject (Pólya 1930)."""
    weight = (1 - priors.VERDICT_CORRELATION) / priors.VERDICT_CORRELATION
    seen = (count.approve, count.request_changes, count.reject)
    alphas = [weight * share + told for share, told in zip(_PRIOR.values(), seen, strict=True)]
    total, new = sum(alphas), sum(more)
    told = lgamma(new + 1) + lgamma(total) - lgamma(total + new)
    told += sum(lgamma(a + n) - lgamma(a) - lgamma(n + 1) for a, n in zip(alphas, more, strict=True))
    return exp(told)


def _bits(reliability: float) -> float:
    rate = min(0.999, max(0.501, reliability))
    return 1 + rate * log2(rate) + (1 - rate) * log2(1 - rate)
