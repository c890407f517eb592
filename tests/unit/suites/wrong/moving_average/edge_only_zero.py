"""Refuses a size of zero and nothing below it."""


def moving_average(values, size):
    if size == 0:
        raise ValueError("size")
    return [sum(values[start : start + size]) / size for start in range(len(values) - size + 1)]
