"""Keeps events by their time: two at the same time count as one."""


class RateWindow:
    def __init__(self, limit, seconds):
        if limit < 1 or seconds <= 0:
            raise ValueError("window")
        self.limit, self.seconds = limit, seconds
        self.times, self.last = {}, None

    def allow(self, now):
        if self.last is not None and now < self.last:
            raise ValueError("time")
        self.last = now
        self.times = {time: True for time in self.times if now - time < self.seconds}
        if len(self.times) >= self.limit:
            return False
        self.times[now] = True
        return True
