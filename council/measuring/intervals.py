"""How sure a rate or a mean is: 95 % intervals that stay inside what is possible, also at 0 and at 1."""

from __future__ import annotations

import math
from collections.abc import Sequence

_Z = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""
_RESAMPLES = 2000
_SEED = 20261123
"""Fixed: the same samples give the same interval, byte for byte."""
FEWEST = 3
"""Means over fewer tasks have no interval."""


def share_interval(passed: float, of: float) -> tuple[float, float]:
    """Return the 95 % interval of a share of independent trials, after Wilson (1927). Of nothing it is 0 to 1.

    >>> low, high = share_interval(10, 20)
    >>> round(low, 3), round(high, 3)
    (0.299, 0.701)
    """
    if of <= 0:
        return 0.0, 1.0
    share, square = passed / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    # At the edges the formula is exact and only the arithmetic is not.
    return min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half))


def clustered_interval(groups: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the 95 % interval of a share whose trials come in groups: several samples of the same task.

    Samples of one task resemble each other, so they count for less than as many tasks. Wilson's interval is taken at
    the effective number of trials, n over Kish's design effect (Kish 1965; Korn and Graubard 1998), whose variance
    between groups is the linearised one of a ratio. It is never more than all samples and never fewer than the tasks:
    with one sample a task it is Wilson's interval itself. A bootstrap over tasks would be as good in the middle and is
    blind at the edges, where each resample looks like the first: 0 of 50 would be 0 to 0.

    Args:
        groups: for each task the number of samples that passed and of samples, in any order.
    """
    counted = [(passed, of) for passed, of in groups if of > 0]
    passed, of, count = math.fsum(p for p, _ in counted), math.fsum(n for _, n in counted), len(counted)
    if count < 2 or not 0 < passed < of:
        return share_interval(passed / of * count if of else 0.0, count)
    share = passed / of
    spread = math.fsum((p - share * n) ** 2 for p, n in counted) * count / (count - 1) / of**2
    effective = share * (1 - share) / spread if spread > 0 else of
    effective = min(max(effective, float(count)), of)
    return share_interval(share * effective, effective)


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Return the 95 % interval of a mean over tasks: bootstrap with percentiles, 2000 resamples of a fixed seed.

    Blind to the order of the values; ``None`` with fewer than three.
    """
    if len(values) < FEWEST:
        return None
    import numpy

    ordered = numpy.sort(numpy.asarray(values, dtype=float))
    chance = numpy.random.default_rng(_SEED)
    means = ordered[chance.integers(0, len(ordered), size=(_RESAMPLES, len(ordered)))].mean(axis=1)
    low, high = (float(end) for end in numpy.percentile(means, [2.5, 97.5]))
    mean = math.fsum(values) / len(values)
    return min(low, mean), max(high, mean)


def pass_at_k(samples: int, passed: int, k: int) -> float:
    """Return how likely one of ``k`` samples passes: the unbiased estimator of Chen et al. 2021 (arXiv 2107.03374).

    ``1 - C(n - c, k) / C(n, k)`` for ``c`` of ``n`` samples that passed. Raises ``ValueError`` when there are fewer
    than ``k`` samples.

    >>> pass_at_k(5, 2, 1), pass_at_k(5, 2, 5), round(pass_at_k(10, 3, 5), 4)
    (0.4, 1.0, 0.9167)
    """
    if not 0 <= passed <= samples or not 1 <= k <= samples:
        raise ValueError(f"pass@{k} of {passed} in {samples}")
    return 1 - math.comb(samples - passed, k) / math.comb(samples, k)
