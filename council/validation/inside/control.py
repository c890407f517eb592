"""The control run: the tests that passed run again against a stub of the code, where every call raises.

A test that passes then as well proves nothing about the code. Tests that only look at names or data are left out, for
a stub has those too.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest
from _pytest.runner import runtestprotocol

_BUDGET_S = 1.0
"""What all control runs of a session may take together; tests that are left then are not judged."""
_GRACE_S = 1.0


class NotWritten(BaseException):
    """What each function of the stub raises. Not an ``Exception``, and of no name that a test could expect."""


class Stub(Protocol):
    """Takes the place of the code while it is switched on, and counts what the tests want of it."""

    attempts: int
    """Calls, which all raised."""
    looks: int
    """Names and data, which a stub has as well."""

    def switch(self, on: bool) -> None:
        """Let every function raise, or let the code answer again."""

    def early(self, item: Any) -> bool:
        """Whether the test's module had used the code before any test began."""


class Control:
    """The plugin: remembers what passed, and repeats it when everything else is done."""

    def __init__(self, report: Callable[..., None], stub: Stub) -> None:
        self._report = report
        self._stub = stub
        self._phases: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Remember how setup, call and teardown ended."""
        kept = "xfail" if hasattr(report, "wasxfail") else report.outcome
        self._phases.setdefault(report.nodeid, []).append(kept)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: Any) -> Iterator[None]:
        """After the last test, run those that passed against the stub and tell which of them still pass."""
        result = yield
        passed = [item for item in session.items if self._phases.get(item.nodeid) == ["passed"] * 3]
        code = 1 if session.testsfailed else 0
        watch = threading.Timer(_BUDGET_S + _GRACE_S, self._give_up, [code])
        watch.daemon = True
        watch.start()
        idle = self._idle(passed) if passed else []
        watch.cancel()
        self._report("control", idle=idle)
        return result

    def _idle(self, items: list[Any]) -> list[str]:
        until = time.monotonic() + _BUDGET_S
        idle = []
        signal.signal(signal.SIGALRM, _late)
        self._stub.switch(True)
        try:
            for item in items:
                left = until - time.monotonic()
                if left <= 0:
                    break
                signal.setitimer(signal.ITIMER_REAL, left, 0.2)
                if self._proves_nothing(item):
                    idle.append(item.nodeid)
        except NotWritten:
            pass  # out of a wait of pytest's own: those that are left are not judged
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._stub.switch(False)
        return idle

    def _proves_nothing(self, item: Any) -> bool:
        self._stub.attempts = self._stub.looks = 0
        reports = runtestprotocol(item, log=False, nextitem=None)
        if [report.outcome for report in reports] != ["passed"] * 3:
            return False
        return self._stub.attempts > 0 or not (self._stub.looks or self._stub.early(item))

    def _give_up(self, code: int) -> None:
        """End the session as it stands: the tests are done, and one of them does not end against the stub."""
        self._report("finish", code=code)
        os._exit(code)


def _late(*_: object) -> None:
    raise NotWritten("took too long")
