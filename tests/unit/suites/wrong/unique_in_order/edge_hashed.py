"""Hashes every value."""


def unique_in_order(values):
    return list(dict.fromkeys(values))
