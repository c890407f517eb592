"""Compares neighbours only."""


def unique_in_order(values):
    return [value for number, value in enumerate(values) if number == 0 or value != values[number - 1]]
