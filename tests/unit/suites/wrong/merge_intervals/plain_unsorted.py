"""Takes the intervals as they come."""


def merge_intervals(intervals):
    merged = []
    for start, end in intervals:
        if start > end:
            raise ValueError("interval")
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
