"""Mirrors at the diagonal instead of turning."""


def rotate_matrix(rows):
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError("rows")
    return [list(column) for column in zip(*rows)]
