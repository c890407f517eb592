"""How likely a decision is right: a logistic curve over the share of seats that side with it, fitted to outcomes.

The curve is ``logistic(intercept + slope × log((k + ½) / (n − k + ½)))`` for ``k`` of ``n`` heard seats (Platt 1999,
over the empirical log-odds of Haldane and Anscombe 1956). Its two numbers come from recorded panels and move with
labels as the maximum of the posterior under a narrow normal prior, so that a few labels move them little. It rises with
agreement, whatever the labels say, and never says *certain*.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, fsum, log

from council.consensus import priors
from council.consensus.voting import Count
from council.text import plural
from council.types.base import Record
from council.types.consensus import Decision, Ground
from council.types.labels import Proof, TrackRecord

LEAST, MOST = 0.01, 0.99
"""Nothing is said to be surer than what a hundred outcomes could show."""
Tally = Mapping[tuple[int, int], Proof]
"""By seats that sided with a decision and seats heard: how often it turned out right and wrong."""
_STEPS = 50
_LONGEST_STEP = 1.0


class Trust(Record):
    """What a decision rests on, how likely it is right, and where that number comes from."""

    ground: Ground | None = None
    confidence: float | None = None
    rests_on: str | None = None


PRIOR = TrackRecord(
    intercept=priors.INTERCEPT,
    slope=priors.SLOPE,
    rate=priors.RELIABILITY,
    correlation=priors.ERROR_CORRELATION,
)
"""What holds without a label."""


def log_odds(siding: int, heard: int) -> float:
    """Return the empirical log-odds of a share, finite also for none and for all."""
    return log((siding + 0.5) / (heard - siding + 0.5))


def trust_votes(record: TrackRecord, siding: int, heard: int) -> float:
    """Return how likely a decision is right that ``siding`` of ``heard`` seats share."""
    return _bounded(_logistic(record.intercept + record.slope * log_odds(siding, heard)))


def trust_proof(ground: Ground, seen: Proof) -> float:
    """Return how likely a decision is right that a proof has made: the stated prior, moved by what was seen."""
    prior, strength, _ = priors.PROOFS[ground]
    return _bounded((prior * strength + seen.right) / (strength + seen.right + seen.wrong))


def fit_votes(tally: Tally) -> tuple[float, float]:
    """Return intercept and slope for some outcomes. Their order is in no way part of it; none gives the prior."""
    mean = (priors.INTERCEPT, priors.SLOPE)
    weight = (priors.INTERCEPT_SPREAD**-2, priors.SLOPE_SPREAD**-2)
    rows = [(log_odds(*key), seen.right, seen.right + seen.wrong) for key, seen in sorted(tally.items())]
    at = mean
    for _ in range(_STEPS):
        chances = [(x, right, count, _logistic(at[0] + at[1] * x)) for x, right, count in rows]
        pull = [right - count * p for _, right, count, p in chances]
        slope = (
            fsum(pull) - weight[0] * (at[0] - mean[0]),
            fsum(g * row[0] for g, row in zip(pull, chances, strict=True)) - weight[1] * (at[1] - mean[1]),
        )
        bend = [(x, count * p * (1 - p)) for x, _, count, p in chances]
        a, b, c = (
            fsum(w for _, w in bend) + weight[0],
            fsum(w * x for x, w in bend),
            fsum(w * x * x for x, w in bend) + weight[1],
        )
        det = a * c - b * b
        step = ((c * slope[0] - b * slope[1]) / det, (a * slope[1] - b * slope[0]) / det)
        at = (at[0] + _short(step[0]), at[1] + _short(step[1]))
        if max(map(abs, step)) < 1e-10:
            break
    return at[0], max(0.0, at[1])


def trust_decision(
    decision: Decision, grounds: tuple[Ground, ...], count: Count, raised: int, record: TrackRecord
) -> Trust:
    """Return what a decision rests on and how likely it is right.

    Args:
        grounds: of the proofs and checks that leave no better decision than this one.
        raised: heard seats that share a grave concern; they side with a decision against the code.

    Nothing is known of a decision that is none (tied, blocked, no quorum), nor of one that no seat sides with.
    """
    siding = count.approve if decision is Decision.APPROVED else max(count.request_changes + count.reject, raised)
    by_votes = trust_votes(record, siding, count.heard) if siding else None
    if decision not in (Decision.APPROVED, Decision.CHANGES_REQUESTED, Decision.REJECTED):
        return Trust()
    proved = sorted((trust_proof(ground, _seen(record, ground)), ground) for ground in set(grounds))
    if proved and (by_votes is None or proved[-1][0] >= by_votes):
        chance, ground = proved[-1]
        seen = _seen(record, ground)
        told, stated = seen.right + seen.wrong, priors.PROOFS[ground][2]
        rests_on = f"measured on {plural(told, 'labelled decision')} of this kind, else {stated}" if told else stated
        return Trust(ground=ground, confidence=round(chance, 3), rests_on=rests_on)
    if by_votes is None:
        return Trust(ground=Ground.VOTES)
    labels = f"measured on {plural(record.labels, 'labelled decision')} of yours and on recorded votes of other panels"
    return Trust(
        ground=proved[-1][1] if proved else Ground.VOTES,
        confidence=round(by_votes, 3),
        rests_on=labels if record.labels else priors.MEASURED_ON,
    )


def _seen(record: TrackRecord, ground: Ground) -> Proof:
    return record.checks if ground is Ground.CHECKS else record.proofs


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))


def _bounded(chance: float) -> float:
    return min(MOST, max(LEAST, chance))


def _short(step: float) -> float:
    return min(_LONGEST_STEP, max(-_LONGEST_STEP, step))
