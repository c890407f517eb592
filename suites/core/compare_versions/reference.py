"""Compares version numbers."""

import re

NUMBER = r"(0|[1-9][0-9]*)"
PART = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
VERSION = re.compile(rf"{NUMBER}\.{NUMBER}\.{NUMBER}(?:-({PART}(?:\.{PART})*))?")


def compare_versions(first, second):
    """Return -1, 0 or 1: the first version is older, the same or newer."""
    older, newer = _key(first), _key(second)
    return (older > newer) - (older < newer)


def _key(version):
    found = VERSION.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is no version")
    *numbers, label = found.groups()
    parts = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in (label or "").split(".")]
    return [int(number) for number in numbers], label is None, parts if label else []
