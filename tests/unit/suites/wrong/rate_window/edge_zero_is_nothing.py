"""Takes the time zero for no time, and looks at the limit alone."""


class RateWindow:
    def __init__(self, limit, seconds):
        if limit < 1:
            raise ValueError("limit")
        self.limit, self.seconds = limit, seconds
        self.times = []

    def allow(self, now):
        if self.times and now < max(self.times):
            raise ValueError("time")
        self.times = [time for time in self.times if now - time < self.seconds]
        if len(self.times) < self.limit:
            self.times.append(now)
            return True
        return False
