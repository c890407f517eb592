"""Borders of leap years."""

import pytest
from is_leap_year import is_leap_year


def test_year_zero():
    with pytest.raises(ValueError):
        is_leap_year(0)


def test_first_years():
    assert [year for year in range(1, 13) if is_leap_year(year)] == [4, 8, 12]


def test_every_century():
    assert [year for year in range(100, 2100, 100) if is_leap_year(year)] == [400, 800, 1200, 1600, 2000]


def test_count_in_four_centuries():
    assert sum(is_leap_year(year) for year in range(1601, 2001)) == 97


def test_far_away():
    assert is_leap_year(400_000) is True
    assert is_leap_year(100_100) is False
