"""What the task says of merging intervals."""

import pytest
from merge_intervals import merge_intervals


def test_overlapping():
    assert merge_intervals([(1, 4), (2, 5)]) == [(1, 5)]


def test_apart():
    assert merge_intervals([(1, 2), (5, 6)]) == [(1, 2), (5, 6)]


def test_given_in_any_order():
    assert merge_intervals([(8, 9), (1, 4), (2, 5)]) == [(1, 5), (8, 9)]


def test_sharing_an_end():
    assert merge_intervals([(1, 3), (3, 5)]) == [(1, 5)]


def test_neighbours_share_nothing():
    assert merge_intervals([(1, 2), (3, 4)]) == [(1, 2), (3, 4)]


def test_start_after_end():
    with pytest.raises(ValueError):
        merge_intervals([(1, 2), (5, 3)])
