"""Compares the texts."""


def compare_versions(first, second):
    if first.count(".") < 2 or second.count(".") < 2:
        raise ValueError("version")
    return (first > second) - (first < second)
