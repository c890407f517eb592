"""Merges intervals of whole numbers."""


def merge_intervals(intervals):
    """Return the intervals with those merged that share a number."""
    if any(start > end for start, end in intervals):
        raise ValueError("an interval ends before it starts")
    merged = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
