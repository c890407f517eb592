"""Counts characters instead of runs."""

from collections import Counter


def encode(text):
    return list(Counter(text).items())


def decode(runs):
    if any(count < 1 for _, count in runs):
        raise ValueError("count")
    return "".join(character * count for character, count in runs)
