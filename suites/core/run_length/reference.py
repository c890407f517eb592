"""Run-length coding."""

from itertools import groupby


def encode(text):
    """Return the runs of equal characters."""
    return [(character, len(list(run))) for character, run in groupby(text)]


def decode(runs):
    """Return the text of the runs."""
    text = ""
    for character, count in runs:
        if len(character) != 1 or count < 1:
            raise ValueError(f"{character!r} cannot come {count} times")
        text += character * count
    return text
