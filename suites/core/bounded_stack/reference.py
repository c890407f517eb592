"""A stack with a limit."""


class BoundedStack:
    """Holds at most ``limit`` items."""

    def __init__(self, limit):
        if limit < 1:
            raise ValueError("the limit must be at least 1")
        self._limit = limit
        self._items = []

    def push(self, item):
        """Lay an item on top."""
        if self.is_full():
            raise OverflowError("the stack is full")
        self._items.append(item)

    def pop(self):
        """Take the top item off."""
        return self._items.pop()

    def peek(self):
        """Return the top item."""
        return self._items[-1]

    def size(self):
        """Return the number of items."""
        return len(self._items)

    def is_full(self):
        """Return whether another item would be too many."""
        return len(self._items) >= self._limit

    def items(self):
        """Return the items from bottom to top."""
        return list(self._items)
