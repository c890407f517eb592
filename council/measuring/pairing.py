"""Whether two models differ on the same tasks, and which of several wins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_SEED = 20261123
_RESAMPLES = 9999
SURE = 0.05
"""A difference is shown below this p-value."""

Grouped = Mapping[str, Sequence[float]]
"""What was observed of one model: for each task one number a sample."""


class Contest(NamedTuple):
    """Who won, how sure that is, and by which test."""

    winner: str | None
    p_value: float | None
    method: str | None
    note: str | None


def exact_mcnemar(only_one: int, only_other: int) -> float:
    """Return the two-sided p-value of the exact McNemar test, by the tasks that only one of two models passed.

    >>> round(exact_mcnemar(1, 9), 4), exact_mcnemar(0, 0)
    (0.0215, 1.0)
    """
    from scipy.stats import binomtest  # type: ignore[import-untyped]

    both = only_one + only_other
    return 1.0 if both == 0 else min(1.0, float(binomtest(only_one, both, 0.5).pvalue))


def paired_test(differences: Sequence[float]) -> float:
    """Return the two-sided p-value of a sign-flip permutation test: whether paired differences have the mean 0.

    All sign patterns are tried where there are at most 9999 (13 differences that are not zero), else 9999 of a fixed
    seed. Blind to the order of the pairs and of the two sides.
    """
    import numpy
    from scipy.stats import permutation_test

    moved = sorted((d for d in differences if abs(d) > 1e-12), key=lambda d: (abs(d), d))
    if len(moved) < 2:
        return 1.0  # one difference is as far from 0 with either sign
    if math.fsum(moved) < 0 or (math.fsum(moved) == 0 and moved[0] < 0):
        moved = sorted((-d for d in moved), key=lambda d: (abs(d), d))
    found = permutation_test(
        (numpy.asarray(moved),),
        lambda sample, axis: abs(numpy.mean(sample, axis=axis)),
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        alternative="greater",
        random_state=numpy.random.default_rng(_SEED),
    )
    return min(1.0, float(found.pvalue))


def contest(values: Mapping[str, float], observed: Mapping[str, Grouped], *, higher: bool, binary: bool) -> Contest:
    """Return who wins a metric: the best of all when it beats every other one, paired over the same tasks.

    The p-values against the others are corrected after Holm (1979), and the largest of them is reported.

    Args:
        values: what was measured for each model; one without a value does not take part.
        observed: for each model its numbers by task.
        higher: whether more is better.
        binary: whether every number is 0 or 1, so that one sample a task makes the test McNemar's.
    """
    if len(values) < 2:
        return Contest(None, None, None, "nothing to compare" if values else "not measured")
    best = sorted(values, key=lambda name: ((-1 if higher else 1) * values[name], name))[0]
    others = sorted(name for name in values if name != best)
    single = binary and all(len(of_task) == 1 for name in values for of_task in observed[name].values())
    found = [_against(observed[best], observed[other], single, higher) for other in others]
    p_value = max(_holm([p for p, _ in found]))
    method = ("exact McNemar" if single else "paired sign-flip permutation") + (", Holm" if len(others) > 1 else "")
    if not any(set(observed[best]) & set(observed[other]) for other in others):
        return Contest(None, None, None, "no task in common")
    if p_value < SURE and all(better for _, better in found):
        return Contest(best, p_value, method, None)
    return Contest(None, p_value, method, "no difference shown")


def _against(one: Grouped, other: Grouped, single: bool, higher: bool) -> tuple[float, bool]:
    """Return the p-value between two models, and whether the first one is the better over their common tasks."""
    tasks = sorted(set(one) & set(other))
    differences = [_mean(one[task]) - _mean(other[task]) for task in tasks]
    total = math.fsum(differences)
    better = total > 0 if higher else total < 0
    if single:
        gained, lost = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
        return exact_mcnemar(gained, lost), better
    return paired_test(differences), better


def _holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for how many there are: the smallest times all, the next times one less, never falling."""
    corrected, before = [], 0.0
    for rank, p_value in enumerate(sorted(p_values)):
        before = max(before, min(1.0, p_value * (len(p_values) - rank)))
        corrected.append(before)
    return corrected


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers)
