"""Takes what is false for empty."""


def flatten(items):
    flat = []
    for item in items:
        if isinstance(item, list):
            flat += flatten(item)
        elif item:
            flat.append(item)
    return flat
