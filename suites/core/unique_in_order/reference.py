"""Values without repetitions."""


def unique_in_order(values):
    """Return the first of equal values, in their order."""
    found = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
