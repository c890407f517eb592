"""Borders of the window."""

import pytest
from rate_window import RateWindow


def test_the_window_slides():
    window = RateWindow(2, 10)
    times = (8, 9, 11, 17, 18, 19, 20)
    assert [window.allow(now) for now in times] == [True, True, False, False, True, True, False]


def test_exactly_one_window_later():
    window = RateWindow(1, 10)
    assert window.allow(3) is True
    assert window.allow(12.5) is False
    assert window.allow(13) is True


def test_refused_events_do_not_count():
    window = RateWindow(1, 10)
    assert window.allow(0) is True
    assert [window.allow(now) for now in range(1, 10)] == [False] * 9
    assert window.allow(10) is True


def test_many_at_the_same_time():
    window = RateWindow(2, 1)
    assert [window.allow(7) for _ in range(4)] == [True, True, False, False]
    assert window.allow(8) is True


def test_refused_time_changes_nothing():
    window = RateWindow(2, 10)
    window.allow(5)
    for _ in range(3):
        with pytest.raises(ValueError):
            window.allow(1)
    assert window.allow(5) is True


def test_a_refused_event_sets_the_time_too():
    window = RateWindow(1, 10)
    window.allow(0)
    assert window.allow(9) is False
    with pytest.raises(ValueError):
        window.allow(8)


def test_wrong_windows():
    for limit, seconds in ((-1, 10), (1, 0), (1, -5)):
        with pytest.raises(ValueError):
            RateWindow(limit, seconds)


def test_parts_of_a_second():
    window = RateWindow(1, 0.5)
    assert [window.allow(now) for now in (0, 0.25, 0.5, 0.75, 1.0)] == [True, False, True, False, True]


def test_time_may_begin_below_zero():
    window = RateWindow(1, 10)
    assert window.allow(-5) is True
    assert window.allow(0) is False
    assert window.allow(5) is True
