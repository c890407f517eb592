"""Knows one fourth century only."""


def is_leap_year(year):
    if year < 1:
        raise ValueError("no such year")
    return year % 4 == 0 and (year % 100 != 0 or year == 2000)
