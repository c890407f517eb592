"""Takes the number of rows for the number of columns."""


def rotate_matrix(rows):
    if not rows:
        return []
    if any(len(row) != len(rows[0]) for row in rows):
        raise ValueError("rows")
    if len(rows) == 1:
        return [[value] for value in rows[0]]
    size = len(rows)
    return [[rows[size - 1 - j][i] for j in range(size)] for i in range(size)]
