"""Opens one level."""


def flatten(items):
    flat = []
    for item in items:
        flat += item if isinstance(item, list) else [item]
    return flat
