"""Hands its own list out, and shares it between stacks."""


class BoundedStack:
    def __init__(self, limit, items=None):
        if limit < 1:
            raise ValueError("limit")
        self.limit = limit
        self.stack = items if items is not None else []

    def push(self, item):
        if len(self.stack) >= self.limit:
            raise OverflowError("full")
        self.stack.append(item)

    def pop(self):
        return self.stack.pop()

    def peek(self):
        return self.stack[-1]

    def size(self):
        return len(self.stack)

    def is_full(self):
        return len(self.stack) == self.limit

    def items(self):
        return self.stack
