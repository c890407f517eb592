"""Borders of values without repetitions."""

from unique_in_order import unique_in_order


def test_empty():
    assert unique_in_order([]) == []


def test_one_value():
    assert unique_in_order([None]) == [None]


def test_lists():
    assert unique_in_order([[1], [2], [1]]) == [[1], [2]]


def test_dictionaries():
    assert unique_in_order([{"a": 1}, {"a": 1}, {"a": 2}]) == [{"a": 1}, {"a": 2}]


def test_kinds_mixed():
    assert unique_in_order(["1", 1, [1], "1", [1]]) == ["1", 1, [1]]


def test_equal_values_of_two_kinds_are_one():
    assert unique_in_order([1, 1.0, 2]) == [1, 2]


def test_argument_stays():
    values = [2, 1, 2]
    unique_in_order(values)
    assert values == [2, 1, 2]
