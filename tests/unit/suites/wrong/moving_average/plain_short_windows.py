"""Lets the window run out of the list."""


def moving_average(values, size):
    if size < 1:
        raise ValueError("size")
    windows = [values[start : start + size] for start in range(len(values))]
    return [sum(window) / len(window) for window in windows]
