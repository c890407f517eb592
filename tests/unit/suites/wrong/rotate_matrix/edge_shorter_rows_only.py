"""Sees rows that are shorter than the first one, not longer ones."""


def rotate_matrix(rows):
    if not rows:
        return []
    if any(len(row) < len(rows[0]) for row in rows):
        raise ValueError("rows")
    return [[row[i] for row in reversed(rows)] for i in range(len(rows[0]))]
