"""Borders of merging intervals."""

import pytest
from merge_intervals import merge_intervals


def test_empty():
    assert merge_intervals([]) == []


def test_one():
    assert merge_intervals([(2, 7)]) == [(2, 7)]


def test_one_inside_another():
    assert merge_intervals([(1, 10), (2, 3)]) == [(1, 10)]
    assert merge_intervals([(1, 10), (2, 3), (4, 12)]) == [(1, 12)]


def test_the_same_twice():
    assert merge_intervals([(1, 2), (1, 2)]) == [(1, 2)]


def test_single_numbers():
    assert merge_intervals([(4, 4), (4, 4), (5, 5)]) == [(4, 4), (5, 5)]


def test_negative_numbers():
    assert merge_intervals([(-5, -3), (-4, 0), (-10, -9)]) == [(-10, -9), (-5, 0)]


def test_a_chain_becomes_one():
    assert merge_intervals([(5, 7), (1, 3), (3, 5), (7, 9)]) == [(1, 9)]


def test_the_only_interval_is_wrong():
    with pytest.raises(ValueError):
        merge_intervals([(1, 0)])


def test_argument_stays():
    intervals = [(8, 9), (1, 4), (2, 5)]
    merge_intervals(intervals)
    assert intervals == [(8, 9), (1, 4), (2, 5)]
