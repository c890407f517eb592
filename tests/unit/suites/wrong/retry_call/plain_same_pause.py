"""Makes every pause the same."""


def retry_call(action, attempts, delay, sleep):
    if attempts < 1:
        raise ValueError("attempts")
    for number in range(attempts):
        try:
            return action()
        except TypeError:
            raise
        except Exception:
            if number == attempts - 1:
                raise
            sleep(delay)
