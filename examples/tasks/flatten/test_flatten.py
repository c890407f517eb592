"""What task.md asks of flatten."""

from flatten import flatten


def test_nested():
    assert flatten([1, [2, [3, 4]], 5]) == [1, 2, 3, 4, 5]
    assert flatten([[[[1]]], [[2]]]) == [1, 2]


def test_flat_already():
    assert flatten([3, 1, 2]) == [3, 1, 2]


def test_empty_lists():
    assert flatten([]) == []
    assert flatten([[], [[]]]) == []


def test_strings_are_values():
    assert flatten(["ab", ["cd"]]) == ["ab", "cd"]


def test_input_stays():
    items = [1, [2]]
    flatten(items)
    assert items == [1, [2]]
