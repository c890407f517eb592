"""Says nothing when the stack is full."""


class BoundedStack:
    def __init__(self, limit):
        if limit < 1:
            raise ValueError("limit")
        self.limit = limit
        self.stack = []

    def push(self, item):
        if len(self.stack) < self.limit:
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
        return list(self.stack)
