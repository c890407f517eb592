"""Opens lists in lists."""


def flatten(items):
    """Return everything in the list and the lists in it, from left to right."""
    flat = []
    for item in items:
        if isinstance(item, list):
            flat.extend(flatten(item))
        else:
            flat.append(item)
    return flat
