"""Averages of neighbours."""


def moving_average(values, size):
    """Return the average of each window of ``size`` neighbours."""
    if size < 1:
        raise ValueError("a window holds at least one value")
    return [sum(values[start : start + size]) / size for start in range(len(values) - size + 1)]
