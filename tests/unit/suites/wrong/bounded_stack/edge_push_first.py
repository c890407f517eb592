"""Lays the item down before it looks whether there is room."""


class BoundedStack:
    def __init__(self, limit):
        if limit < 1:
            raise ValueError("limit")
        self.limit = limit
        self.stack = []

    def push(self, item):
        self.stack.append(item)
        if len(self.stack) > self.limit:
            raise OverflowError("full")

    def pop(self):
        if not self.stack:
            raise IndexError("empty")
        return self.stack.pop()

    def peek(self):
        return self.stack[-1] if self.stack else None

    def size(self):
        return len(self.stack)

    def is_full(self):
        return len(self.stack) >= self.limit

    def items(self):
        return self.stack[:]
