"""Compares what the values look like."""


def unique_in_order(values):
    seen = {}
    for value in values:
        seen.setdefault(repr(value).strip("'"), value)
    return list(seen.values())
