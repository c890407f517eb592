"""What the task says of expressions."""

import pytest
from evaluate import evaluate


def test_addition():
    assert evaluate("1+2") == 3


def test_rank_of_operators():
    assert evaluate("1 + 2*3") == 7


def test_brackets():
    assert evaluate("1 + 2*(3-4)") == -1


def test_division():
    assert evaluate("7 / 2") == 3.5


def test_minus_before_a_number():
    assert evaluate("-3 + 5") == 2


def test_division_by_zero():
    with pytest.raises(ZeroDivisionError):
        evaluate("1/0")


def test_letters():
    with pytest.raises(ValueError):
        evaluate("1 + a")


def test_empty_text():
    with pytest.raises(ValueError):
        evaluate("")
