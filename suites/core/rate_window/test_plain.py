"""What the task says of the window."""

import pytest
from rate_window import RateWindow


def test_up_to_the_limit():
    window = RateWindow(3, 60)
    assert [window.allow(now) for now in (0, 1, 2, 3)] == [True, True, True, False]


def test_events_leave_the_window():
    window = RateWindow(1, 10)
    assert window.allow(0) is True
    assert window.allow(5) is False
    assert window.allow(20) is True


def test_the_example():
    window = RateWindow(2, 10)
    assert [window.allow(now) for now in (0, 4, 9, 10, 11)] == [True, True, False, True, False]


def test_wrong_limit():
    with pytest.raises(ValueError):
        RateWindow(0, 10)


def test_time_goes_back():
    window = RateWindow(2, 10)
    window.allow(5)
    with pytest.raises(ValueError):
        window.allow(4)
