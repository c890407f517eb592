"""What the task says of durations."""

import pytest
from parse_duration import parse_duration


def test_hours_and_minutes():
    assert parse_duration("1h30m") == 5400


def test_each_unit():
    assert parse_duration("2d") == 172800
    assert parse_duration("3h") == 10800
    assert parse_duration("4m") == 240
    assert parse_duration("45s") == 45


def test_all_units():
    assert parse_duration("1d1h1m1s") == 90061


def test_large_numbers():
    assert parse_duration("90m") == 5400


def test_white_space_at_the_ends():
    assert parse_duration("  10m ") == 600


def test_empty_text():
    with pytest.raises(ValueError):
        parse_duration("")


def test_other_unit():
    with pytest.raises(ValueError):
        parse_duration("5w")
