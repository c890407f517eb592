"""Groups of alike things, whatever order they come in."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from council.consensus.grouping import group_alike


def test_average_linkage_joins_what_is_alike_on_average_and_no_chain() -> None:
    pair, chain = 0.9, np.eye(3)
    chain[0, 1] = chain[1, 0] = pair
    chain[1, 2] = chain[2, 1] = 0.8
    assert group_alike(chain, 0.5) == ((0, 1), (2,))  # (0.8 + 0) / 2 is less than 0.5
    assert group_alike(chain, 0.4) == ((0, 1, 2),)
    assert group_alike(chain, 0.95) == ((0,), (1,), (2,))
    assert group_alike(np.zeros((0, 0)), 0.5) == ()


def test_equally_close_pairs_are_joined_at_once_and_none_first() -> None:
    """Of 0-1 and 1-2, equally close, ordinary linkage would join one and then find the third too far."""
    tie = np.array([[1, 0.6, 0.1], [0.6, 1, 0.6], [0.1, 0.6, 1]])
    assert group_alike(tie, 0.5) == ((0, 1, 2),)


@given(st.integers(0, 9), st.integers(0, 2**30), st.sampled_from([0.2, 0.5, 0.8]))
def test_the_order_of_things_decides_nothing(size: int, seed: int, threshold: float) -> None:
    random = Random(seed)
    likeness = np.eye(size)
    for one in range(size):
        for other in range(one):
            likeness[one, other] = likeness[other, one] = random.choice([0.0, 0.3, 0.5, 0.5, 0.9])
    order = random.sample(range(size), size)
    before = {frozenset(group) for group in group_alike(likeness, threshold)}
    after = {frozenset(order[n] for n in group) for group in group_alike(likeness[np.ix_(order, order)], threshold)}
    assert before == after and sorted(n for group in before for n in group) == list(range(size))
