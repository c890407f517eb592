"""Looks for a count of zero and for nothing else that is wrong."""

from itertools import groupby


def encode(text):
    return [(character, len(list(run))) for character, run in groupby(text)]


def decode(runs):
    if any(count == 0 for _, count in runs):
        raise ValueError("count")
    return "".join(character * count for character, count in runs)
