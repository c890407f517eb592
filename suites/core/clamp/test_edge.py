"""Borders of clamp."""

import pytest
from clamp import clamp


def test_on_the_limits():
    assert clamp(0, 0, 10) == 0
    assert clamp(10, 0, 10) == 10


def test_range_of_one_value():
    assert clamp(1, 3, 3) == 3
    assert clamp(3, 3, 3) == 3
    assert clamp(9, 3, 3) == 3


def test_negative_range():
    assert clamp(-5, -10, -1) == -5
    assert clamp(0, -10, -1) == -1
    assert clamp(-20, -10, -1) == -10


def test_zero_is_a_limit_like_any_other():
    assert clamp(5, -5, 0) == 0
    assert clamp(-5, 0, 5) == 0


def test_wrong_way_round_whatever_the_value():
    for value in (-1, 0, 5, 10, 11):
        with pytest.raises(ValueError):
            clamp(value, 10, 0)


def test_large_numbers_stay_exact():
    assert clamp(10**30 + 1, 0, 10**40) == 10**30 + 1
