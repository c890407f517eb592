"""Borders of durations."""

import pytest
from parse_duration import parse_duration


def test_zero():
    assert parse_duration("0s") == 0
    assert parse_duration("0h0m") == 0


def test_units_may_be_left_out():
    assert parse_duration("1d5s") == 86405


def test_wrong_order():
    with pytest.raises(ValueError):
        parse_duration("30m1h")


def test_unit_twice():
    with pytest.raises(ValueError):
        parse_duration("1h2h")


def test_number_without_unit():
    for text in ("90", "1h30", "1h 30"):
        with pytest.raises(ValueError):
            parse_duration(text)


def test_unit_without_number():
    for text in ("h", "1hm", "m30"):
        with pytest.raises(ValueError):
            parse_duration(text)


def test_white_space_inside():
    for text in ("1h 30m", "1 h"):
        with pytest.raises(ValueError):
            parse_duration(text)


def test_only_white_space():
    with pytest.raises(ValueError):
        parse_duration("   ")


def test_upper_case():
    with pytest.raises(ValueError):
        parse_duration("1H")


def test_signs_and_fractions():
    for text in ("-5m", "+5m", "1.5h", "1h-30m"):
        with pytest.raises(ValueError):
            parse_duration(text)
