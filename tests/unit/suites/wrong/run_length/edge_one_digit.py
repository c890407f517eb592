"""Ends a run after nine."""


def encode(text):
    runs = []
    for character in text:
        if runs and runs[-1][0] == character and runs[-1][1] < 9:
            runs[-1] = (character, runs[-1][1] + 1)
        else:
            runs.append((character, 1))
    return runs


def decode(runs):
    for character, count in runs:
        if count < 1 or len(character) != 1:
            raise ValueError("run")
    return "".join(character * count for character, count in runs)
