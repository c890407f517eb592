"""Groups of alike things: average linkage that does not depend on order.

Ordinary agglomerative clustering takes one of the closest pairs first where several are equally close, and which one
decides what comes out. Here all of them are joined at once (Fernández and Gómez, Solving Non-Uniqueness in
Agglomerative Hierarchical Clustering Using Multidendrograms, Journal of Classification 25, 2008).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

TOLERANCE = 1e-9
"""Likenesses that differ by less are equal: sums of the same numbers in another order are."""


def group_alike(likeness: Matrix, threshold: float) -> tuple[tuple[int, ...], ...]:
    """Return the groups of things, by number, whose members are on average alike at least ``threshold``.

    ``likeness``: symmetric, 0 to 1. Each number stands in exactly one group; groups and members are in rising order.
    """
    import numpy as np

    groups: list[tuple[int, ...]] = [(number,) for number in range(len(likeness))]
    summed = np.array(likeness, dtype=float)
    np.fill_diagonal(summed, 0.0)
    while len(groups) > 1:
        sizes = np.array([len(group) for group in groups], dtype=float)
        average = summed / np.outer(sizes, sizes)
        np.fill_diagonal(average, -1.0)
        top = float(average.max())
        if top < threshold - TOLERANCE:
            break
        joined = _components(average >= top - TOLERANCE)
        member = np.zeros((len(joined), len(groups)))
        for number, parts in enumerate(joined):
            member[number, parts] = 1.0
        summed = member @ summed @ member.T
        np.fill_diagonal(summed, 0.0)
        groups = [tuple(sorted(item for part in parts for item in groups[part])) for parts in joined]
    return tuple(sorted(groups))


def _components(linked: NDArray[np.bool_]) -> list[list[int]]:
    """Return the connected groups of a symmetric relation."""
    left, found = set(range(len(linked))), []
    while left:
        reached, border = set(), [min(left)]
        while border:
            one = border.pop()
            if one not in reached:
                reached.add(one)
                border += [int(other) for other in linked[one].nonzero()[0]]
        left -= reached
        found.append(sorted(reached))
    return found
