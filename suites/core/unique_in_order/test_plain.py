"""What the task says of values without repetitions."""

from unique_in_order import unique_in_order


def test_numbers():
    assert unique_in_order([3, 1, 3, 2, 1]) == [3, 1, 2]


def test_strings():
    assert unique_in_order(["b", "a", "b"]) == ["b", "a"]


def test_nothing_repeated():
    assert unique_in_order([5, 4, 6]) == [5, 4, 6]


def test_order_is_not_sorted():
    assert unique_in_order([9, 1, 8, 1, 9, 2]) == [9, 1, 8, 2]


def test_all_the_same():
    assert unique_in_order(["x", "x", "x"]) == ["x"]
