"""Calls a function until it succeeds."""


def retry_call(action, attempts, delay, sleep):
    """Return what the action returns, or pass on the exception of the last attempt."""
    if attempts < 1 or delay < 0:
        raise ValueError("at least one attempt, and no delay below zero")
    for attempt in range(1, attempts + 1):
        try:
            return action()
        except TypeError:
            raise
        except Exception:
            if attempt == attempts:
                raise
        sleep(delay)
        delay *= 2
