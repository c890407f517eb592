"""The score, its interval, and how far the seats agree.

Each voice stands at a place from 0 to 10: an approval at 10, a request for changes at 5, a rejection at 0, a neutral
voice at 5. The worst standing finding of an approval or a request takes up to 2 points off. The score is the mean;
where labelled outcomes say that some seats are right more often than others, their places weigh more, from half to half
as much again.

The interval is Wilson's score interval (Wilson 1927, 95 %) for a mean of values between 0 and 1. For two-valued ballots
it is the usual one; for values in between it is wider than needed, for none of them varies more.

Agreement looks at verdicts only (approve 2, request changes 1, reject 0): one minus the mean absolute difference over
all pairs of heard seats, each seat paired with itself too (Gini's), where half approving against half rejecting is the
most there can be. Unanimity is 1 whatever it says, half against half is 0, two against one 0.11.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import fsum, sqrt

from council.consensus.voting import Stance, Voice
from council.types.consensus import Decision
from council.types.reviews import Verdict

_PLACES = {Stance.APPROVE: 10.0, Stance.REQUEST_CHANGES: 5.0, Stance.NEUTRAL: 5.0, Stance.REJECT: 0.0}
_RANGES = {
    Decision.APPROVED: (6.0, 10.0),
    Decision.TIED: (0.0, 5.9),
    Decision.BLOCKED: (0.0, 5.9),
    Decision.NO_QUORUM: (0.0, 5.9),
    Decision.CHANGES_REQUESTED: (0.0, 5.9),
    Decision.REJECTED: (0.0, 4.0),
}
"""Where the score of a decision may lie, so that the two never contradict each other. Both ends grow with it."""
_STEPS = {Verdict.APPROVE: 2, Verdict.REQUEST_CHANGES: 1, Verdict.REJECT: 0}
_Z = 1.96


def place_of(voice: Voice) -> float:
    """Return where a voice stands, 0 to 10."""
    place = _PLACES[voice.stance]
    if voice.stance in (Stance.APPROVE, Stance.REQUEST_CHANGES):
        place -= 0.5 * max((finding.severity.rank for finding in voice.standing), default=0)
    return place


def score_voices(
    voices: tuple[Voice, ...], decision: Decision, weights: Sequence[float] = ()
) -> tuple[float, tuple[float, float]] | None:
    """Return score and interval, both inside what the decision allows; ``None`` without voices.

    ``weights``: what each place weighs, all more than 0; all weigh alike where none are given.
    """
    if not voices:
        return None
    weighed = weights or (1.0,) * len(voices)
    mean = fsum(place_of(voice) * weight for voice, weight in zip(voices, weighed, strict=True)) / fsum(weighed)
    low, high = _wilson(mean / 10, len(voices))
    return _clipped(mean, decision), (_clipped(10 * low, decision), _clipped(10 * high, decision))


def measure_agreement(voices: tuple[Voice, ...]) -> float | None:
    """Return how far the heard seats agree, 0 to 1; ``None`` with fewer than two."""
    if len(voices) < 2:
        return None
    apart = sum(abs(_STEPS[one.verdict] - _STEPS[other.verdict]) for one, other in combinations(voices, 2))
    return round(1 - 2 * apart / len(voices) ** 2, 3)


def _wilson(share: float, count: int) -> tuple[float, float]:
    middle = (share + _Z**2 / (2 * count)) / (1 + _Z**2 / count)
    half = _Z / (1 + _Z**2 / count) * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def _clipped(value: float, decision: Decision) -> float:
    low, high = _RANGES[decision]
    return round(min(max(value, low), high), 1)
