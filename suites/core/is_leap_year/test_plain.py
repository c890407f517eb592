"""What the task says of leap years."""

import pytest
from is_leap_year import is_leap_year


def test_divided_by_four():
    assert is_leap_year(2024) is True


def test_common_year():
    assert is_leap_year(2023) is False


def test_century():
    assert is_leap_year(1900) is False


def test_fourth_century():
    assert is_leap_year(2000) is True


def test_year_below_one():
    with pytest.raises(ValueError):
        is_leap_year(-4)
