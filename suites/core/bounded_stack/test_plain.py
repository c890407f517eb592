"""What the task says of the stack."""

import pytest
from bounded_stack import BoundedStack


def test_push_and_pop():
    stack = BoundedStack(3)
    stack.push("a")
    stack.push("b")
    assert stack.pop() == "b"
    assert stack.pop() == "a"


def test_peek_leaves_the_item():
    stack = BoundedStack(3)
    stack.push("a")
    assert stack.peek() == "a"
    assert stack.size() == 1


def test_full():
    stack = BoundedStack(2)
    stack.push(1)
    assert stack.is_full() is False
    stack.push(2)
    assert stack.is_full() is True
    with pytest.raises(OverflowError):
        stack.push(3)


def test_pop_of_an_empty_stack():
    with pytest.raises(IndexError):
        BoundedStack(1).pop()


def test_items_from_bottom_to_top():
    stack = BoundedStack(5)
    for item in (1, 2, 3):
        stack.push(item)
    assert stack.items() == [1, 2, 3]


def test_limit_below_one():
    with pytest.raises(ValueError):
        BoundedStack(0)
