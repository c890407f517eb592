"""How likely a pick is right, calibrated on recorded outcomes.

Logistic regression over the picks for 82 and 34 tasks among 928 recorded programs of two models of 0.5 and 1.5 billion
parameters, judged by strong tests; benchmarks/versions.py fits it, and measures it with each task left out.
"""

from __future__ import annotations

import math

BASE, AGREEMENT, PROVED = -1.11, 3.45, 2.62
"""Weights: of nothing, of the share that agrees above one half, and of passing every example of the task."""


def probability_right(*, agreement: float, examples: int, passed: bool) -> float:
    """Return the probability that a pick is right.

    Args:
        agreement: share of all versions written that behave like the pick, 0 to 1.
        examples: how many examples of the task were run.
        passed: whether the pick passes all of them.
    """
    proved = passed and examples > 0
    return 1.0 / (1.0 + math.exp(-(BASE + AGREEMENT * (agreement - 0.5) + PROVED * proved)))
