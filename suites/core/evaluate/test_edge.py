"""Borders of expressions."""

import pytest
from evaluate import evaluate


def refused(*texts):
    for text in texts:
        with pytest.raises(ValueError):
            evaluate(text)


def test_from_left_to_right():
    assert evaluate("10 - 4 - 3") == 3
    assert evaluate("16 / 4 / 2") == 2
    assert evaluate("8 / 4 * 2") == 4


def test_minus_before_a_bracket():
    assert evaluate("2*-(1+1)") == -4
    assert evaluate("-(2) - -3") == 1


def test_points():
    assert evaluate("0.25*4") == 1
    refused("1.", ".5", "1.2.3")


def test_deep_brackets():
    assert evaluate("(" * 20 + "7" + ")" * 20) == 7


def test_python_is_never_run():
    refused("__import__('os').getcwd()", "().__class__", "[1][0]", "1 if 1 else 2", "abs(-1)", "(lambda: 1)()")


def test_operators_of_python():
    refused("2 ** 3", "7 // 2", "7 % 2", "1 < 2", "1 == 1", "~1", "1 | 2", "6 & 3", "1, 2")


def test_numbers_of_python():
    refused("1_000", "0x10", "1e3", "1j", "True", "٣")


def test_two_signs():
    refused("--3", "1 - --1", "+3", "1 + +2")


def test_something_is_missing():
    refused("1 +", "* 2", "1 2", "(1", "1)", "()", "2(3)", "   ", "1 . 5")


def test_division_by_zero_inside():
    with pytest.raises(ZeroDivisionError):
        evaluate("1 / (2 - 2)")
