"""Takes a limit of zero for no limit."""


def clamp(value, low, high):
    if low > high:
        raise ValueError("low is greater than high")
    if high and value > high:
        return high
    return low if value < low else value
