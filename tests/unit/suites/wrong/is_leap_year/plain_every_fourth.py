"""Forgets the centuries."""


def is_leap_year(year):
    if year < 1:
        raise ValueError("no such year")
    return year % 4 == 0
