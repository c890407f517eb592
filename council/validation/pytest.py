"""pytest, believed only about tests that were known before and seen to start and to end."""

from __future__ import annotations

import asyncio
import json
import secrets
from pathlib import PurePosixPath

from council.policies import Criterion
from council.protocols import Job, Run, Sandbox
from council.settings import Settings
from council.text import one_line, plural
from council.types.checks import CheckOutcome, CheckResult, TestOutcome, TestResult
from council.types.findings import Finding, Severity
from council.types.submission import SourceFile, Submission
from council.validation import events
from council.validation.events import Visit
from council.validation.results import ROOT, Tool, as_files, blocks, library, limits, program, retold, tool_job

TOOL = Tool(name="tests", program="pytest", distribution="pytest")
_APART = ("codec", "wire", "serving", "proxies", "memory", "session", "control")
"""Programs of ours that two processes share when tests and code run apart."""
_VISITS = 4
"""How often the tests that are left are taken up again after the code ended the interpreter."""
_ENDED_EARLY = "the code ended the interpreter before the tests did"
_ENDED = {
    "code": _ENDED_EARLY,
    "time": "the time was over before it was its turn",
    "memory": "the memory was used up before it was its turn",
}


class TestsCheck:
    """Runs the tests that came with a submission."""

    __test__ = False
    name = "tests"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def run(self, submission: Submission, criterion: Criterion, sandbox: Sandbox) -> CheckResult:
        """Return every test with its outcome. A test that was not seen to pass has not passed."""
        if not submission.tests:
            return TOOL.result(criterion, CheckOutcome.SKIPPED, "no tests were given")
        if TOOL.version is None:
            return TOOL.result(criterion, CheckOutcome.UNAVAILABLE, "pytest is not installed")
        laid = Layout(submission)
        async with asyncio.TaskGroup() as group:
            planning = group.create_task(self._plan(laid, sandbox))
            visiting = group.create_task(self._visit_somehow(laid, sandbox))
        plan, (visits, last, duration_s) = planning.result(), visiting.result()
        if last.timed_out and not visits[0].collected:
            return TOOL.broken(criterion, last)
        return _judge(criterion, _Docket(plan, visits, last, duration_s))

    async def _visit_somehow(self, laid: Layout, sandbox: Sandbox) -> tuple[list[Visit], Run, float]:
        """Run the tests in a process of their own where that is wanted and they can, else beside the code."""
        if self.settings.tests_apart and laid.modules:
            found = await self._visit_all(laid, sandbox, apart=True)
            if found[0][0].apart is not False:
                return found
        return await self._visit_all(laid, sandbox, apart=False)

    async def _plan(self, laid: Layout, sandbox: Sandbox) -> dict[str, list[str]] | None:
        """Return the tests that each file must have, read from its text: none of it is run for that."""
        asked = json.dumps({"files": [], "tests": list(laid.tests)}).encode()
        files = (*as_files(laid.test_files), program("parse"))
        run = await sandbox.run(tool_job(self.settings, ("council/parse.py", ROOT), files, stdin=asked))
        try:
            known = json.loads(run.stdout)["tests"] if run.exit_code == 0 else None
        except (ValueError, KeyError, TypeError):
            return None
        return known if isinstance(known, dict) else None

    async def _visit_all(self, laid: Layout, sandbox: Sandbox, *, apart: bool) -> tuple[list[Visit], Run, float]:
        """Run the tests; when the interpreter ends during one, take up those that are left without it."""
        visits: list[Visit] = []
        left: list[str] | None = None
        spent_s = 0.0
        while True:
            nonce = secrets.token_hex(16)
            order = order_of(laid, nonce, left, self.settings)
            run = await sandbox.run(self._job_apart(laid, order) if apart else self._job(laid, order, spent_s))
            spent_s += run.duration_s
            visit = events.read_events(run, nonce, self.settings.test_limit_s)
            visits.append(visit)
            left = _left(visits)
            enough = len(visits) == _VISITS or spent_s > 0.8 * self.settings.check_timeout_s
            if visit.interrupted is None or visit.contradictions or not left or enough:
                return visits, run, spent_s

    def _job_apart(self, laid: Layout, order: dict[str, object]) -> Job:
        """The texts of the tests go in by standard input; on disk they are empty, so the code has nothing to read."""
        tests = {file.path: file.text for file in laid.test_files}
        blank = tuple(file.but(text="") if file.path in tests else file for file in laid.files)
        return Job(
            argv=("{python}", "council/apart.py", ROOT, json.dumps(laid.import_paths)),
            files=(*as_files(blank), program("apart"), *library(_APART)),
            stdin=json.dumps({**order, "sources": tests, "modules": laid.modules}).encode(),
            limits=limits(self.settings),
            channel=True,
        )

    def _job(self, laid: Layout, order: dict[str, object], spent_s: float) -> Job:
        whole = limits(self.settings)
        return Job(
            argv=("{python}", "council/session.py"),
            files=(*as_files(laid.files), program("session"), *library(("control", "stub"))),
            stdin=json.dumps(order).encode(),
            limits=whole.but(wall_s=max(1.0, whole.wall_s - spent_s)),
            channel=True,
        )


class Layout:
    """Where submission and tests lie beside each other, and which files pytest is given."""

    def __init__(self, submission: Submission) -> None:
        code = {file.path: file for file in submission.files if PurePosixPath(file.path).name != "conftest.py"}
        own = [file for file in submission.tests if code.get(file.path) == file]
        beside = [file for file in submission.tests if file.path not in code]
        clashing = [file for file in submission.tests if file.path in code and file not in own]
        moved = [file.but(path=f"tests_given/{file.path}") for file in clashing]
        self.test_files: tuple[SourceFile, ...] = (*own, *beside, *moved)
        self.files: tuple[SourceFile, ...] = (*code.values(), *beside, *moved)
        self.tests = _test_modules(self.test_files)
        self.code = sorted(set(code) - {file.path for file in self.test_files})
        self.has_conftest = any(PurePosixPath(file.path).name == "conftest.py" for file in self.test_files)
        self.import_paths = _import_paths(tuple(code))
        alone = len(self.tests) == len(self.test_files) and not own
        self.modules = _module_names(tuple(code), self.import_paths) if alone else []
        """Names of the code's modules; none where tests and code cannot be told apart file by file."""


def order_of(laid: Layout, nonce: str, only: list[str] | None, settings: Settings) -> dict[str, object]:
    """Return what a program that runs the tests has to know."""
    return {
        "nonce": nonce,
        "root": ROOT,
        "paths": laid.import_paths,
        "tests": laid.tests,
        "only": only,
        "limit_s": settings.test_limit_s,
        "conftest": laid.has_conftest,
        "code": laid.code,
    }


def _test_modules(files: tuple[SourceFile, ...]) -> list[str]:
    """Return the files named like tests, or all of them where none is: they were given as tests."""
    paths = [file.path for file in files if file.path.endswith(".py")]
    named = [p for p in paths if PurePosixPath(p).name.startswith("test_") or p.endswith("_test.py")]
    other = [p for p in paths if PurePosixPath(p).name not in ("conftest.py", "__init__.py")]
    return sorted(named or other)


def _import_paths(paths: tuple[str, ...]) -> list[str]:
    """Return the root and each folder that holds modules without being a package, such as ``src``."""
    packages = {str(PurePosixPath(path).parent) for path in paths if PurePosixPath(path).name == "__init__.py"}
    found = {""}
    for path in paths:
        folder = PurePosixPath(path).parent
        while str(folder) in packages and str(folder) != ".":
            folder = folder.parent
        found.add("" if str(folder) == "." else str(folder))
    return sorted(found)


def _module_names(paths: tuple[str, ...], roots: list[str]) -> list[str]:
    """Return the names under which the files can be imported."""
    found = set()
    for path in (PurePosixPath(path) for path in paths if path.endswith(".py")):
        for root in roots:
            if path.is_relative_to(root or "."):
                parts = path.relative_to(root or ".").with_suffix("").parts
                parts = parts[:-1] if parts[-1] == "__init__" else parts
                found |= {".".join(parts[: count + 1]) for count in range(len(parts))}
    return sorted(found)


def _left(visits: list[Visit]) -> list[str]:
    """Return the tests that nobody has seen to end, without those that ended the interpreter."""
    known = visits[0].collected or ()
    seen = {result.node_id for visit in visits for result in visit.results}
    seen |= {visit.interrupted for visit in visits if visit.interrupted is not None}
    return [name for name in known if name not in seen]


class _Docket:
    """Everything known about the tests of one submission after all visits."""

    def __init__(self, plan: dict[str, list[str]] | None, visits: list[Visit], last: Run, duration_s: float) -> None:
        self.plan = plan
        self.visits = visits
        self.last = last
        self.duration_s = duration_s
        self.collected = visits[0].collected or ()
        self.unreadable = {file: text for visit in visits for file, text in visit.unreadable}
        self.passed_over = {file: why for visit in visits for file, why in visit.passed_over}
        self.wrong = [line for visit in visits for line in visit.contradictions]
        self.done = [*self.wrong, *_ended_well(visits, last)]
        """All that was done to the session: what contradicts itself, and an end that looks like success."""
        self.idle = [name for visit in visits for name in visit.idle]

    def tests(self) -> tuple[TestResult, ...]:
        """Return every test known from the text or from the collection, in that order of files and lines."""
        seen = {result.node_id: result for visit in self.visits for result in visit.results}
        stopped = {visit.interrupted: visit for visit in self.visits if visit.interrupted is not None}
        found = []
        for name in self.collected:
            if name in seen:
                found.append(seen[name])
            elif name in stopped:
                found.append(_stopped(name, stopped[name]))
            else:
                found.append(self._unseen(name))
        return (*found, *self._never_collected())

    def _never_collected(self) -> list[TestResult]:
        bare = {name.partition("[")[0] for name in self.collected}
        found = []
        for path, names in sorted((self.plan or {}).items()):
            failure = self.unreadable.get(path)
            for name in names:
                node_id = f"{path}::{name}"
                if node_id in bare:
                    continue
                if path in self.passed_over:
                    found.append(events.skipped(node_id, self.passed_over[path]))
                elif failure is not None:
                    found.append(events.unimportable(node_id, import_problem(failure), failure))
                else:
                    found.append(self._unseen(node_id))
        return found

    def _unseen(self, name: str) -> TestResult:
        """Return the result of a test that nobody saw: the code ended it all, or it has nothing to do with the code."""
        ended = self.visits[-1].finished is None and self.visits[-1].stopped_by == "code"
        return events.missing(name, self._why_missing(), began=ended)

    def _why_missing(self) -> str:
        final = self.visits[-1]
        if final.finished is not None and final.collected is not None:
            return "pytest did not collect it"
        return _ENDED[final.stopped_by]


def _stopped(name: str, visit: Visit) -> TestResult:
    """Return the result of the test during which the interpreter ended."""
    reasons = {
        "code": "the code ended the interpreter during this test",
        "time": "it never came to an end",
        "memory": "it used more memory than it may",
    }
    return events.missing(name, reasons[visit.stopped_by], timed_out=visit.stopped_by == "time")


def import_problem(text: str) -> str:
    """Return why a test file could not be imported, in one line, from pytest's text."""
    told = [line[1:].strip() for line in text.splitlines() if line.startswith("E ")]
    return one_line(told[-1] if told else text.strip().splitlines()[-1] if text.strip() else "no reason given", 160)


def _judge(criterion: Criterion, docket: _Docket) -> CheckResult:
    tests = docket.tests()
    detail = docket.last.stderr.decode("utf-8", "replace").strip()[-2000:] or None
    if docket.plan is None:
        unlisted = TOOL.broken(criterion, docket.last, why="the tests could not be listed beforehand")
        return retold(unlisted, tests=tests)
    if not tests:
        return _nothing(criterion, docket, detail)
    passed = sum(test.outcome is TestOutcome.PASSED for test in tests)
    whole = passed == len(tests)
    agreed = not docket.wrong and (not whole or docket.visits[-1].finished == 0)
    enough = passed / len(tests) >= criterion.min_pass_rate and agreed and not docket.unreadable
    findings = _findings(docket)
    outcome = CheckOutcome.PASSED if enough and not blocks(criterion, findings) else CheckOutcome.FAILED
    result = TOOL.result(
        criterion,
        outcome,
        _summary(tests, docket),
        tests=tests,
        findings=findings,
        duration_s=docket.duration_s,
        detail=None if outcome is CheckOutcome.PASSED else detail,
        apart=docket.visits[0].apart or False,
    )
    # Whatever the policy says of tests: who works on the judge has not been judged, and nobody can approve that.
    return retold(result, required=True) if docket.done else result


def _ended_well(visits: list[Visit], last: Run) -> list[str]:
    """Return the lie of a session that ended as if all were well before its tests were over."""
    early = visits[-1].finished is None and visits[-1].stopped_by == "code" and not last.timed_out
    return (
        ["the code ended the interpreter with success before its tests were over"]
        if early and last.exit_code == 0
        else []
    )


def _nothing(criterion: Criterion, docket: _Docket, detail: str | None) -> CheckResult:
    """No test at all: a file that cannot be imported fails, an empty one has tested nothing."""
    duration_s = docket.duration_s
    if docket.unreadable:
        file, text = next(iter(docket.unreadable.items()))
        summary = one_line(f"{file} cannot be imported: {import_problem(text)}", 160)
        return TOOL.result(criterion, CheckOutcome.FAILED, summary, duration_s=duration_s, detail=text[:4000])
    if docket.visits[0].finished is None:
        return TOOL.result(criterion, CheckOutcome.FAILED, _ENDED_EARLY, duration_s=duration_s, detail=detail)
    summary = "no test was found in what was given as tests"
    return TOOL.result(criterion, CheckOutcome.UNAVAILABLE, summary, duration_s=duration_s, detail=detail)


def _summary(tests: tuple[TestResult, ...], docket: _Docket) -> str:
    failed = [test for test in tests if test.outcome is not TestOutcome.PASSED]
    if docket.wrong:
        return f"the report of the tests contradicts itself: {one_line(docket.wrong[0], 100)}"
    if docket.unreadable:
        file, text = next(iter(docket.unreadable.items()))
        return one_line(f"{file} cannot be imported: {import_problem(text)}", 160)
    if failed and all(test.outcome is TestOutcome.MISSING for test in tests):
        return f"{_ENDED[docket.visits[-1].stopped_by]}: none of {plural(len(tests), 'test')} was seen to end"
    if not failed:
        idle = len(set(docket.idle))
        return f"{plural(len(tests), 'test')} passed" + (f", {idle} of them proving nothing" if idle else "")
    return f"{len(failed)} of {plural(len(tests), 'test')} failed"


def _findings(docket: _Docket) -> tuple[Finding, ...]:
    """Return what was done to the session, then the tests that prove nothing."""
    forged = [
        Finding(
            id=f"tampering-{number}",
            source="tests",
            severity=Severity.CRITICAL,
            message=one_line(f"the test session was tampered with: {line}"),
            rule="tampering",
        )
        for number, line in enumerate(dict.fromkeys(docket.done), 1)
    ]
    vacuous = [
        Finding(
            id=f"vacuous-{number}",
            source="tests",
            severity=Severity.LOW,
            message=f"{events.spoken(name)} proves nothing: it passes as well when every function of the code raises",
            rule="vacuous",
        )
        for number, name in enumerate(dict.fromkeys(docket.idle), 1)
    ]
    return (*forged, *vacuous)
