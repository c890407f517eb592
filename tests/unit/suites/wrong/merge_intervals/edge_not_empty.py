"""Begins with the first interval, also where there is none."""


def merge_intervals(intervals):
    if any(start > end for start, end in intervals):
        raise ValueError("interval")
    ordered = sorted(intervals)
    merged = [ordered[0]]
    for start, end in ordered[1:]:
        if start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
