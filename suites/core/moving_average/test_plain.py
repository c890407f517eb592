"""What the task says of moving averages."""

import pytest
from moving_average import moving_average


def test_pairs():
    assert moving_average([1, 2, 3, 4], 2) == [1.5, 2.5, 3.5]


def test_threes():
    assert moving_average([3, 6, 9, 12], 3) == [6, 9]


def test_whole_list():
    assert moving_average([1, 2, 3], 3) == [2]


def test_fewer_values():
    assert moving_average([1, 2], 3) == []


def test_size_zero():
    with pytest.raises(ValueError):
        moving_average([1, 2, 3], 0)
