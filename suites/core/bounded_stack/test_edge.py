"""Borders of the stack."""

import pytest
from bounded_stack import BoundedStack


def test_refused_push_changes_nothing():
    stack = BoundedStack(2)
    stack.push(1)
    stack.push(2)
    for _ in range(2):
        with pytest.raises(OverflowError):
            stack.push(3)
    assert stack.items() == [1, 2]
    assert stack.size() == 2


def test_peek_of_an_empty_stack():
    with pytest.raises(IndexError):
        BoundedStack(1).peek()


def test_empty_again():
    stack = BoundedStack(1)
    stack.push("a")
    stack.pop()
    assert stack.size() == 0
    assert stack.items() == []
    with pytest.raises(IndexError):
        stack.pop()
    stack.push("b")
    assert stack.peek() == "b"


def test_limit_of_one():
    stack = BoundedStack(1)
    assert stack.is_full() is False
    stack.push("a")
    assert stack.is_full() is True


def test_items_is_a_copy():
    stack = BoundedStack(2)
    stack.push("a")
    stack.items().append("b")
    assert stack.items() == ["a"]
    assert stack.size() == 1


def test_items_that_look_like_nothing():
    stack = BoundedStack(3)
    for item in (None, 0, ""):
        stack.push(item)
    assert stack.size() == 3
    assert [stack.pop(), stack.pop(), stack.pop()] == ["", 0, None]


def test_negative_limit():
    with pytest.raises(ValueError):
        BoundedStack(-3)


def test_two_stacks_share_nothing():
    first, second = BoundedStack(2), BoundedStack(2)
    first.push(1)
    assert second.size() == 0
