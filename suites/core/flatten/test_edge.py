"""Borders of flattening."""

from flatten import flatten


def test_empty():
    assert flatten([]) == []
    assert flatten([[], [[]], [[[]]]]) == []


def test_tuples_stay_whole():
    assert flatten([(1, 2), [(3, [4])]]) == [(1, 2), (3, [4])]


def test_none_and_zero_are_items():
    assert flatten([None, [0, [False, ""]]]) == [None, 0, False, ""]


def test_dictionaries_stay_whole():
    assert flatten([{"a": [1]}, [{"b": 2}]]) == [{"a": [1]}, {"b": 2}]


def test_argument_stays():
    items = [1, [2, [3]]]
    flatten(items)
    assert items == [1, [2, [3]]]


def test_duplicates_stay():
    assert flatten([1, [1, [1]]]) == [1, 1, 1]


def test_many_items():
    assert flatten([[number] for number in range(2000)]) == list(range(2000))
