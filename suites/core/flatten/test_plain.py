"""What the task says of flattening."""

from flatten import flatten


def test_flat_stays():
    assert flatten([1, 2, 3]) == [1, 2, 3]


def test_one_level():
    assert flatten([1, [2, 3], 4]) == [1, 2, 3, 4]


def test_deeper():
    assert flatten([1, [2, [3, [4]]], 5]) == [1, 2, 3, 4, 5]


def test_strings_stay_whole():
    assert flatten(["ab", ["cd"]]) == ["ab", "cd"]


def test_empty_lists_leave_nothing():
    assert flatten([[], 1, []]) == [1]
