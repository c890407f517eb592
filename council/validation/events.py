"""Reads what a test session reported, and believes it only as far as its parts agree."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

from council.protocols import Run
from council.text import clip, one_line
from council.types.base import Record
from council.types.checks import TestOutcome, TestResult
from council.types.findings import Location


class Visit(Record):
    """One session of pytest, as its events tell it."""

    collected: tuple[str, ...] | None = None
    """Node ids in order; ``None`` when the session never came that far."""
    results: tuple[TestResult, ...] = ()
    """Tests whose end was seen."""
    interrupted: str | None = None
    """The test during which the interpreter ended."""
    stopped_by: Literal["code", "time", "memory"] = "code"
    """What ended it: the code itself, the clock, or the limit on memory."""
    passed_over: tuple[tuple[str, str], ...] = ()
    """Test files that skip themselves, with their reason."""
    unreadable: tuple[tuple[str, str], ...] = ()
    """Test files that could not be imported, with the text of the failure."""
    finished: int | None = None
    """The exit code pytest announced."""
    contradictions: tuple[str, ...] = ()
    """What an honest session cannot do."""
    idle: tuple[str, ...] = ()
    """Tests that pass as well against a stub of the code whose functions raise."""
    apart: bool | None = None
    """Whether tests and code ran in two processes; ``False``: these tests cannot, and nothing was run."""
    not_apart: str | None = None
    """Why they cannot."""


_PYTESTS = re.compile(r"E  |>|[^\s:]+:\d+: |[-=_ ]{3,}|\s+[^\s:#]|\[…|In the code:")
"""How lines begin that pytest writes: errors, places, rules, and code, which is indented."""


class _Reader:
    def __init__(self) -> None:
        self.collected: tuple[str, ...] | None = None
        self.running: str | None = None
        self.began_at = 0.0
        self.started_at = 0.0
        self.last_at = 0.0
        self.phases: list[dict[str, Any]] = []
        self.results: dict[str, TestResult] = {}
        self.unreadable: list[tuple[str, str]] = []
        self.passed_over: list[tuple[str, str]] = []
        self.finished: int | None = None
        self.idle: tuple[str, ...] = ()
        self.apart: bool | None = None
        self.not_apart: str | None = None
        self.wrong: list[str] = []

    def read(self, event: dict[str, Any]) -> None:
        self.last_at = float(event.get("at", self.last_at))
        if self.finished is not None:
            self.wrong.append("something was reported after the end")
        handler = getattr(self, f"_on_{event.get('kind')}", None)
        if handler is None:
            self.wrong.append("an unknown event was reported")
        else:
            handler(event)

    def _on_begin(self, event: dict[str, Any]) -> None:
        self.began_at = self.last_at
        if event["n"] != 1:
            self.wrong.append("the session began twice")

    def _on_apart(self, event: dict[str, Any]) -> None:
        self.apart = bool(event["ok"])
        self.not_apart = None if self.apart else one_line(str(event["why"]), 160)

    def _on_collected(self, event: dict[str, Any]) -> None:
        if self.collected is not None:
            self.wrong.append("tests were collected twice")
        self.collected = tuple(str(name) for name in event["ids"])

    def _on_unreadable(self, event: dict[str, Any]) -> None:
        self.unreadable.append((str(event["file"]), str(event["text"])))

    def _on_passed_over(self, event: dict[str, Any]) -> None:
        self.passed_over.append((str(event["file"]), str(event["why"])))

    def _on_start(self, event: dict[str, Any]) -> None:
        name = str(event["id"])
        if self.running is not None or name in self.results:
            self.wrong.append(f"{name} started out of turn")
        if self.collected is None or name not in self.collected:
            self.wrong.append(f"{name} started and was never collected")
        self.running, self.started_at, self.phases = name, self.last_at, []

    def _on_phase(self, event: dict[str, Any]) -> None:
        if event["id"] != self.running:
            self.wrong.append(f"{event['id']} was reported while it did not run")
        self.phases.append(event)

    def _on_end(self, event: dict[str, Any]) -> None:
        name = str(event["id"])
        if name != self.running:
            self.wrong.append(f"{name} ended and had not started")
        result = _result(name, self.phases, self.last_at - self.started_at)
        if result.outcome is TestOutcome.PASSED and event["raised"] is True:
            self.wrong.append(f"{name} raised and was reported as passed")
        if result.outcome is TestOutcome.PASSED and event["plain"] is True and event["raised"] is None:
            self.wrong.append(f"{name} was reported as passed and was never called")
        self.results[name] = result
        self.running = None

    def _on_control(self, event: dict[str, Any]) -> None:
        if self.running is not None:
            self.wrong.append("the control run began during a test")
        self.idle = tuple(str(name) for name in event["idle"])

    def _on_finish(self, event: dict[str, Any]) -> None:
        self.finished = int(event["code"])


def read_events(run: Run, nonce: str, limit_s: float) -> Visit:
    """Read the channel of a run. Lines without the nonce, out of order or after the end are contradictions."""
    reader = _Reader()
    lines = run.channel.split(b"\n")
    for number, line in enumerate(lines[:-1], 1):  # a last line without its end was cut off
        head, _, text = line.partition(b" ")
        event = _decoded(text) if head == nonce.encode() else None
        if event is None or event.get("n") != number:
            reader.wrong.append("a line on the channel is not the session's own")
            continue
        try:
            reader.read(event)
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
            reader.wrong.append("an event lacks its parts")
    if reader.finished is not None and run.exit_code != reader.finished and not run.timed_out:
        reader.wrong.append(f"exit code {run.exit_code}, announced was {reader.finished}")
    _weigh(reader)
    return Visit(
        collected=reader.collected,
        results=tuple(reader.results.values()),
        interrupted=reader.running,
        stopped_by=_stopper(run, reader, limit_s),
        idle=tuple(name for name in reader.idle if name in reader.results),
        passed_over=tuple(reader.passed_over),
        unreadable=tuple(reader.unreadable),
        finished=reader.finished,
        contradictions=tuple(dict.fromkeys(reader.wrong)),
        apart=reader.apart,
        not_apart=reader.not_apart,
    )


def _weigh(reader: _Reader) -> None:
    """pytest's own exit code must agree with what the tests reported: 0 only when nothing failed."""
    bad = [r for r in reader.results.values() if r.outcome in (TestOutcome.FAILED, TestOutcome.ERROR)]
    bad += [r for r in reader.results.values() if r.outcome is TestOutcome.TIMED_OUT]
    if reader.finished == 0 and (bad or reader.unreadable):
        reader.wrong.append("pytest announced success although tests failed")


def _stopper(run: Run, reader: _Reader, limit_s: float) -> Literal["code", "time", "memory"]:
    if run.out_of_memory:
        return "memory"
    ran_s = run.duration_s - (reader.started_at - reader.began_at)
    return "time" if run.timed_out or (reader.running is not None and ran_s >= limit_s) else "code"


def _decoded(text: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _result(name: str, phases: list[dict[str, Any]], seconds: float) -> TestResult:
    """Put setup, call and teardown together. Passed is only what passed in all three."""
    by_phase = {phase["when"]: phase for phase in phases}
    failed = next((phase for phase in phases if phase["outcome"] == "failed"), None)
    call = by_phase.get("call")
    if failed is not None:
        message = failed["message"] or ""
        late = message.partition(":")[0].rpartition(".")[2] == "OverTime"
        kind = TestOutcome.FAILED if failed["when"] == "call" else TestOutcome.ERROR
        outcome = TestOutcome.TIMED_OUT if late else kind
        reason = f"no end in {seconds:.1f} s" if late else reason_of(message or failed["text"] or "")
        if failed["xfail"]:
            outcome, reason = TestOutcome.XPASSED, "passed, although it is marked as expected to fail"
        output = quoted(failed["text"]) if failed["text"] else None
        ended = _test(name, outcome, reason=reason, output=output, seconds=seconds)
        return ended.model_copy(update={"error": _error(failed), "place": _place(failed)})
    for phase in phases:
        if phase["outcome"] == "skipped":
            kind = TestOutcome.XFAILED if phase["xfail"] else TestOutcome.SKIPPED
            return _test(name, kind, reason=one_line(phase["why"] or kind.value, 160), seconds=seconds)
    if call is not None and call["xfail"]:
        reason = "passed, although it is marked as expected to fail"
        return _test(name, TestOutcome.XPASSED, reason=reason, seconds=seconds)
    whole = [by_phase.get(when, {}).get("outcome") for when in ("setup", "call", "teardown")]
    if whole != ["passed"] * 3:
        return _test(name, TestOutcome.MISSING, reason="it was never seen to run", seconds=seconds)
    return _test(name, TestOutcome.PASSED, seconds=seconds)


def _error(phase: dict[str, Any]) -> str | None:
    told = phase.get("error")
    return one_line(told, 80) if isinstance(told, str) else None


def _place(phase: dict[str, Any]) -> Location | None:
    """Return the last line of the given files that the exception came through, where the session could tell."""
    match phase.get("place"):
        case [str(path), int(line)] if line > 0:
            return Location(path=one_line(path, 300), line=line)
    return None


def _test(
    name: str,
    outcome: TestOutcome,
    *,
    reason: str | None = None,
    output: str | None = None,
    seconds: float | None = None,
) -> TestResult:
    return TestResult(
        name=spoken(name), node_id=one_line(name, 400), outcome=outcome, reason=reason, output=output,
        duration_s=seconds,
    )  # fmt: skip


def missing(name: str, reason: str, *, timed_out: bool = False, began: bool = True) -> TestResult:
    """Return the result of a test whose end was never seen, or not even its beginning."""
    found = _test(name, TestOutcome.TIMED_OUT if timed_out else TestOutcome.MISSING, reason=reason)
    return found.model_copy(update={"began": began})


def skipped(name: str, reason: str) -> TestResult:
    """Return the result of a test whose file skipped itself."""
    return _test(name, TestOutcome.SKIPPED, reason=one_line(reason, 160))


def unimportable(name: str, reason: str, output: str) -> TestResult:
    """Return the result of a test whose file could not be imported."""
    return _test(name, TestOutcome.ERROR, reason=reason, output=quoted(output))


def quoted(text: str) -> str:
    """Return pytest's text cut to a length, each line that a program could have put there behind pytest's own mark.

    >>> quoted("code.py:3: in f\\nE   ValueError: no\\napproved")
    'code.py:3: in f\\nE   ValueError: no\\nE   approved'
    """
    lines = clip(text).split("\n")
    return "\n".join(line if not line.strip() or _PYTESTS.match(line) else f"E   {line}" for line in lines)


def spoken(node_id: str) -> str:
    """Return the name of a test as people say it.

    >>> spoken("tests/test_cache.py::TestCache::test_one[3]")
    'TestCache::test_one[3]'
    """
    return one_line(node_id.partition("::")[2] or node_id, 160)


def reason_of(message: str) -> str:
    """Return why a test failed in one line, from the message of its exception.

    >>> reason_of("AssertionError: after 3 puts\\nassert 3 == 2")
    'assert 3 == 2, after 3 puts'
    """
    lines = [line.strip() for line in message.strip().splitlines() if line.strip()]
    if not lines:
        return "failed without a word"
    first = lines[0].removeprefix("AssertionError: ").removeprefix("Failed: ")
    asserted = next((line for line in lines[1:] if line.startswith("assert ")), None)
    missing = next((line[2:] for line in lines if line.startswith("E ") and "fixture" in line), None)
    if missing is not None:
        return one_line(missing, 160)
    told = f"{asserted}, {first}" if asserted is not None and not first.startswith("assert ") else first
    return one_line(told, 160)
