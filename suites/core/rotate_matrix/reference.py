"""Turns a matrix."""


def rotate_matrix(rows):
    """Return the matrix turned by a quarter, clockwise."""
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError("the rows are of different lengths")
    return [list(column) for column in zip(*reversed(rows))]
