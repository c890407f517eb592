"""Compares whole labels as texts."""

import re


def key(version):
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?", version)
    if not found:
        raise ValueError("version")
    return (*(int(number) for number in found.groups()[:3]), found[4] is None, found[4] or "")


def compare_versions(first, second):
    one, other = key(first), key(second)
    return (one > other) - (one < other)
