"""A limit on events within any window of time."""

from collections import deque


class RateWindow:
    """Allows ``limit`` events within ``seconds``."""

    def __init__(self, limit, seconds):
        if limit < 1 or not seconds > 0:
            raise ValueError("limit and seconds must be above zero")
        self._limit = limit
        self._seconds = seconds
        self._allowed = deque()
        self._last = None

    def allow(self, now):
        """Return whether an event at this time is allowed, and count it if it is."""
        if self._last is not None and now < self._last:
            raise ValueError("time never goes back")
        self._last = now
        while self._allowed and now - self._allowed[0] >= self._seconds:
            self._allowed.popleft()
        if len(self._allowed) >= self._limit:
            return False
        self._allowed.append(now)
        return True
