"""Borders of turning a matrix."""

import pytest
from rotate_matrix import rotate_matrix


def test_one_value():
    assert rotate_matrix([["x"]]) == [["x"]]


def test_one_column():
    assert rotate_matrix([[1], [2], [3]]) == [[3, 2, 1]]


def test_two_by_three():
    assert rotate_matrix([[1, 2, 3], [4, 5, 6]]) == [[4, 1], [5, 2], [6, 3]]


def test_a_longer_row_below():
    with pytest.raises(ValueError):
        rotate_matrix([[1], [2, 3]])


def test_rows_are_lists():
    assert all(isinstance(row, list) for row in rotate_matrix([[1, 2], [3, 4]]))


def test_argument_stays():
    rows = [[1, 2], [3, 4]]
    rotate_matrix(rows)
    assert rows == [[1, 2], [3, 4]]


def test_four_turns():
    rows = [[1, 2, 3], [4, 5, 6]]
    turned = rows
    for _ in range(4):
        turned = rotate_matrix(turned)
    assert turned == rows
