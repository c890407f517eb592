"""Runs pytest over the given tests and reports every step over the channel, each line with a nonce.

The order comes over standard input, which is closed before any code under test runs: ``nonce``, ``root``, ``paths``
(folders for the import path), ``tests`` (files), ``only`` (node ids, or null for all), ``limit_s`` (a test),
``conftest`` (whether one came with the tests), and ``code`` (the files under test).
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

CHANNEL = 3
_LONGEST = 6000
_GRACE_S = 1.0
_LEFT = 70
"""The code asked for the end in the ordinary way, before the tests were over: no announced end, and no success."""
_OPTIONS = ("-q", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:warnings", "-p", "no:doctest",
            "-p", "no:junitxml", "-p", "no:pastebin", "-p", "no:stepwise", "--tb=short", "--color=no",
            "--import-mode=prepend", "-c", os.devnull)  # fmt: skip


class OverTime(BaseException):
    """The test took longer than it may. Not an ``Exception``, so that a test that catches those does not catch it."""


def reporter(nonce: str) -> Callable[..., None]:
    """Return the function that writes one event. It holds what it needs, whatever the tested code replaces."""
    write, encode, clock = os.write, json.JSONEncoder().encode, time.monotonic
    count = 0

    def report(kind: str, **more: Any) -> None:
        nonlocal count
        count += 1
        left = f"{nonce} {encode({'n': count, 'kind': kind, 'at': clock(), **more})}\n".encode()
        while left:
            left = left[write(CHANNEL, left) :]

    return report


_FUNCTION = pytest.Function
"""As it was before any code under test could put another one in its place."""


class Recorder:
    """The plugin: what is collected, when each test starts and ends, and how."""

    def __init__(self, report: Callable[..., None], order: dict[str, Any]) -> None:
        self.report = report
        self.limit_s = float(order["limit_s"])
        self.only = order["only"] and set(order["only"])
        self.root = os.path.realpath(order["root"]) + os.sep
        self.raised: dict[str, bool] = {}

    def pytest_collectreport(self, report: Any) -> None:
        """Tell of a file that could not be imported."""
        if report.outcome == "failed":
            self.report("unreadable", file=report.nodeid, text=_tail(report.longreprtext))
        elif report.outcome == "skipped":
            self.report("passed_over", file=report.nodeid, why=_skip_reason(report) or "no reason given")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Tell which tests there are; on a second visit keep those that are left."""
        self.report("collected", ids=[item.nodeid for item in items])
        if self.only is not None:
            items[:] = [item for item in items if item.nodeid in self.only]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        """Tell of start and end, and end a test that takes too long."""
        self.report("start", id=item.nodeid)
        # Two clocks: a signal that the test sees as an exception, and a thread of C for code that never lets go.
        signal.signal(signal.SIGALRM, _over)
        signal.setitimer(signal.ITIMER_REAL, self.limit_s, 0.2)
        faulthandler.dump_traceback_later(self.limit_s + _GRACE_S, exit=True, file=2)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            faulthandler.cancel_dump_traceback_later()
            plain = type(item) is _FUNCTION
            self.report("end", id=item.nodeid, raised=self.raised.get(item.nodeid), plain=plain)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: Any) -> Iterator[None]:
        """See for ourselves whether the function raised: the report that follows can be forged."""
        try:
            result = yield
        except BaseException:
            self.raised[pyfuncitem.nodeid] = True
            raise
        self.raised[pyfuncitem.nodeid] = False
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """Note which error it was, and the last of the given files that it came through; meanwhile the clock rests."""
        left_s, interval_s = signal.getitimer(signal.ITIMER_REAL)
        signal.setitimer(signal.ITIMER_REAL, 0)
        report = yield
        if call.excinfo is not None:
            report.error = call.excinfo.type.__name__
            passed = [(str(entry.path), entry.lineno + 1) for entry in call.excinfo.traceback]
            inner = [[path.removeprefix(self.root), line] for path, line in passed if path.startswith(self.root)]
            report.place = getattr(report, "place", None) or (inner[-1] if inner else None)
        if interval_s and call.when != "teardown":
            signal.setitimer(signal.ITIMER_REAL, max(left_s, 0.01), interval_s)
        return report

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Tell how setup, call and teardown ended."""
        crash = getattr(report.longrepr, "reprcrash", None)
        self.report(
            "phase",
            id=report.nodeid,
            when=report.when,
            outcome=report.outcome,
            xfail=hasattr(report, "wasxfail"),
            seconds=report.duration,
            message=None if crash is None else str(crash.message)[:_LONGEST],
            why=_skip_reason(report),
            error=getattr(report, "error", None),
            place=getattr(report, "place", None),
            text=_tail(report.longreprtext) if report.outcome == "failed" else None,
        )


def _over(*_: object) -> None:
    raise OverTime("took too long")


def _tail(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST // 2]}\n…\n{text[-_LONGEST // 2:]}"


def _skip_reason(report: Any) -> str | None:
    if hasattr(report, "wasxfail"):
        return str(report.wasxfail)[:300]
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])[:300]
    return None


def _show_files(root: str) -> None:
    """Let relative paths of the tests find their data: the working directory shows what lies in the root."""
    for name in os.listdir(root):
        try:
            os.symlink(os.path.join(os.path.abspath(root), name), name)
        except FileExistsError:
            continue


def read_order() -> dict[str, Any]:
    """Return the order from standard input, and close that before any code under test runs."""
    order: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    quiet = os.open(os.devnull, os.O_RDONLY)
    os.dup2(quiet, 0)
    return order


def run_tests(order: dict[str, Any], report: Callable[..., None], *plugins: object) -> int:
    """Let pytest run the tests of an order and return its exit code."""
    root = os.path.realpath(order["root"])
    options = [*_OPTIONS, f"--rootdir={root}", f"--confcutdir={root}", *([] if order["conftest"] else ["--noconftest"])]
    files = [os.path.join(root, test) for test in order["tests"]]
    return int(pytest.main([*options, *files], [Recorder(report, order), *plugins]))


def end(report: Callable[..., None], code: int) -> None:
    """Announce the exit code and end with it."""
    report("finish", code=code)
    sys.stdout.flush()
    os._exit(code)  # nothing that the tested code left for later runs after this


def _control(order: dict[str, Any], report: Callable[..., None], root: str) -> object:
    """Return the plugin of the control run. Our own package is forgotten again: the code may have one of that name."""
    sys.path.insert(0, os.path.join(os.environ["COUNCIL_FILES"], "lib"))
    from council.validation.inside import control, stub

    del sys.path[0]
    for name in [name for name in sys.modules if name.partition(".")[0] == "council"]:
        del sys.modules[name]
    return control.Control(report, stub.Swapped(root, order["code"]))


def main() -> None:
    """Read the order, run the tests, report the end, and end."""
    order = read_order()
    report = reporter(order.pop("nonce"))
    root = os.path.realpath(order["root"])
    control = _control(order, report, root)
    _show_files(root)
    sys.path[:0] = [os.path.join(root, path) for path in order["paths"]]
    report("begin")
    try:
        code = run_tests(order, report, control)
    except SystemExit:
        os._exit(_LEFT)
    end(report, code)


if __name__ == "__main__":
    main()
