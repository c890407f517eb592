"""Counts refused events as well, and one too many at the end of a window."""


class RateWindow:
    def __init__(self, limit, seconds):
        if limit < 1 or seconds <= 0:
            raise ValueError("window")
        self.limit, self.seconds = limit, seconds
        self.times = []

    def allow(self, now):
        if self.times and now < self.times[-1]:
            raise ValueError("time")
        self.times = [time for time in self.times if now - time <= self.seconds]
        self.times.append(now)
        return len(self.times) <= self.limit
