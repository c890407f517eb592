"""Takes a result that is false for a failure, and keeps the first exception."""


def retry_call(action, attempts, delay, sleep):
    if attempts < 1 or delay < 0:
        raise ValueError("arguments")
    first = None
    for number in range(attempts):
        try:
            result = action()
            if result:
                return result
        except TypeError:
            raise
        except Exception as error:
            first = first or error
        if number + 1 < attempts:
            sleep(delay * 2**number)
    if first is not None:
        raise first
    return None
