"""What task.md asks of clamp."""

import pytest
from clamp import clamp


def test_inside():
    assert clamp(5, 0, 10) == 5


def test_outside():
    assert clamp(-3, 0, 10) == 0
    assert clamp(12.5, 0, 10) == 10


def test_bounds_belong_to_it():
    assert clamp(0, 0, 10) == 0
    assert clamp(10, 0, 10) == 10
    assert clamp(7, 3, 3) == 3


def test_bounds_the_wrong_way_round():
    with pytest.raises(ValueError):
        clamp(1, 10, 0)
