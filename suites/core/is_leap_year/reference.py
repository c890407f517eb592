"""Leap years of the Gregorian calendar."""


def is_leap_year(year):
    """Return whether a year from 1 on is a leap year."""
    if year < 1:
        raise ValueError("years begin with 1")
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
