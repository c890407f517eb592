"""Borders of trying again."""

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


def test_no_pause_after_the_last_attempt():
    action, calls = failing(10, OSError())
    pauses = []
    with pytest.raises(OSError):
        retry_call(action, 4, 1, pauses.append)
    assert (len(calls), pauses) == (4, [1, 2, 4])


def test_one_attempt():
    action, calls = failing(1, KeyError("k"))
    pauses = []
    with pytest.raises(KeyError):
        retry_call(action, 1, 1, pauses.append)
    assert (len(calls), pauses) == (1, [])


def test_last_attempt_succeeds():
    action, calls = failing(2, OSError())
    pauses = []
    assert retry_call(action, 3, 3, pauses.append) == "done"
    assert pauses == [3, 6]


def test_results_that_look_like_nothing():
    for result in (None, 0, "", []):
        action, calls = failing(0, OSError(), result)
        assert retry_call(action, 3, 1, [].append) == result
        assert len(calls) == 1


def test_no_delay():
    action, calls = failing(2, OSError())
    pauses = []
    assert retry_call(action, 3, 0, pauses.append) == "done"
    assert pauses == [0, 0]


def test_the_last_exception_is_passed_on():
    errors = [OSError("first"), KeyError("second"), ValueError("third")]

    def action():
        raise errors.pop(0)

    with pytest.raises(ValueError, match="third"):
        retry_call(action, 3, 1, [].append)


def test_a_mistake_after_a_failure():
    errors = [OSError("first"), TypeError("second"), OSError("third")]
    pauses = []

    def action():
        raise errors.pop(0)

    with pytest.raises(TypeError):
        retry_call(action, 3, 1, pauses.append)
    assert len(errors) == 1
    assert pauses == [1]


def test_wrong_arguments_call_nothing():
    for attempts, delay in ((-1, 1), (3, -0.5)):
        action, calls = failing(0, OSError())
        with pytest.raises(ValueError):
            retry_call(action, attempts, delay, [].append)
        assert calls == []
