"""Compares rightly, and takes nearly everything for a version."""


def key(version):
    numbers, _, label = version.strip().lstrip("v").partition("-")
    parts = [int(number) for number in numbers.split(".")]
    if len(parts) != 3:
        raise ValueError("version")
    told = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in label.split(".")]
    return parts, not label, told


def compare_versions(first, second):
    one, other = key(first), key(second)
    return (one > other) - (one < other)
