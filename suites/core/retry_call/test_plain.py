"""What the task says of trying again."""

import pytest
from retry_call import retry_call


def failing(times, error, result="done"):
    """Return an action that fails so many times, and the list of its calls."""
    calls = []

    def action():
        calls.append(len(calls))
        if len(calls) <= times:
            raise error
        return result

    return action, calls


def test_success_at_once():
    action, calls = failing(0, OSError())
    pauses = []
    assert retry_call(action, 3, 1, pauses.append) == "done"
    assert (len(calls), pauses) == (1, [])


def test_success_later():
    action, calls = failing(2, OSError())
    pauses = []
    assert retry_call(action, 5, 0.5, pauses.append) == "done"
    assert (len(calls), pauses) == (3, [0.5, 1.0])


def test_never():
    action, calls = failing(10, OSError("no"))
    with pytest.raises(OSError):
        retry_call(action, 3, 1, [].append)
    assert len(calls) == 3


def test_mistake_of_the_program():
    action, calls = failing(1, TypeError("wrong"))
    with pytest.raises(TypeError):
        retry_call(action, 3, 1, [].append)
    assert len(calls) == 1


def test_no_attempt():
    action, calls = failing(0, OSError())
    with pytest.raises(ValueError):
        retry_call(action, 0, 1, [].append)
    assert calls == []
