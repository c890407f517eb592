"""What the task says of turning a matrix."""

import pytest
from rotate_matrix import rotate_matrix


def test_square():
    assert rotate_matrix([[1, 2], [3, 4]]) == [[3, 1], [4, 2]]


def test_three_by_three():
    assert rotate_matrix([[1, 2, 3], [4, 5, 6], [7, 8, 9]]) == [[7, 4, 1], [8, 5, 2], [9, 6, 3]]


def test_one_row():
    assert rotate_matrix([[1, 2, 3]]) == [[1], [2], [3]]


def test_empty():
    assert rotate_matrix([]) == []


def test_rows_of_different_lengths():
    with pytest.raises(ValueError):
        rotate_matrix([[1, 2], [3]])
