"""A cache that drops what was used least recently."""

from collections import OrderedDict


class LRUCache:
    """Holds ``capacity`` items; the least recently used goes first."""

    def __init__(self, capacity):
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        self.capacity = capacity
        self._items = OrderedDict()

    def get(self, key):
        """Return the value of a key and mark it as used, or return -1."""
        if key not in self._items:
            return -1
        self._items.move_to_end(key)
        return self._items[key]

    def put(self, key, value):
        """Store a value; a new key in a full cache drops an item."""
        self._items[key] = value
        if len(self._items) > self.capacity:
            self._items.popitem(last=False)
