"""Limits a number to a range."""


def clamp(value, low, high):
    """Return the value, or the limit that it passes."""
    if low > high:
        raise ValueError("low is greater than high")
    return max(low, min(value, high))
