"""Borders of moving averages."""

import pytest
from moving_average import moving_average


def test_empty_list():
    assert moving_average([], 1) == []


def test_size_one_gives_the_values():
    assert moving_average([4, 0, -4], 1) == [4, 0, -4]


def test_one_value():
    assert moving_average([7], 1) == [7]


def test_negative_size():
    with pytest.raises(ValueError):
        moving_average([1, 2, 3], -1)


def test_size_is_checked_first():
    with pytest.raises(ValueError):
        moving_average([], 0)


def test_no_rounding_to_whole_numbers():
    assert moving_average([0, 1], 2) == [0.5]
    assert moving_average([-1, 0], 2) == [-0.5]


def test_argument_stays():
    values = [3, 1, 2]
    moving_average(values, 2)
    assert values == [3, 1, 2]


def test_windows_do_not_leave_a_trace():
    values = [1e16, 1.0, 1.0, 1.0]
    assert moving_average(values, 2)[-1] == 1.0
