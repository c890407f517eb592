"""Pauses after the last attempt as well."""


def retry_call(action, attempts, delay, sleep):
    if attempts < 1 or delay < 0:
        raise ValueError("arguments")
    last = None
    for number in range(attempts):
        try:
            return action()
        except TypeError:
            raise
        except Exception as error:
            last = error
            sleep(delay * 2**number)
    raise last
