"""What the task says of clamp."""

import pytest
from clamp import clamp


def test_inside():
    assert clamp(5, 0, 10) == 5


def test_below():
    assert clamp(-3, 0, 10) == 0


def test_above():
    assert clamp(12, 0, 10) == 10


def test_floats():
    assert clamp(0.5, 0.25, 0.75) == 0.5
    assert clamp(0.1, 0.25, 0.75) == 0.25


def test_limits_the_wrong_way_round():
    with pytest.raises(ValueError):
        clamp(20, 10, 0)
