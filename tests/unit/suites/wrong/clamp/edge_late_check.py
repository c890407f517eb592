"""Looks at the limits only for a value above both."""


def clamp(value, low, high):
    if value > high:
        if low > high and value > low:
            raise ValueError("low is greater than high")
        return high
    return low if value < low else value
