"""Never looks whether the limits are in order."""


def clamp(value, low, high):
    return max(low, min(value, high))
