"""Checks many files at once: the tools that only look see them together, tests run for each file alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence

from council.auditing import Tree, TreeFile
from council.audits.surroundings import find_tests, is_test, needed
from council.policies import Criterion, Policy
from council.protocols import Sandbox
from council.settings import Settings
from council.text import one_line, plural, printable
from council.types.audits import AuditStep
from council.types.checks import CheckOutcome, CheckResult, TestOutcome, ValidationReport
from council.types.findings import Finding
from council.types.submission import SourceFile, Submission
from council.validation import run_checks
from council.validation.results import summarise

Listener = Callable[[AuditStep], None]
_TOGETHER = 40
"""Files that one run of a tool sees."""
_AT_ONCE = 3
"""Test runs under way at the same time."""
_CLEAN = {"syntax": "parses", "formatting": "as black writes it"}
_MISSING = re.compile(r"No module named '([\w.]+)'")

__all__ = ["find_tests", "validate_file", "validate_files"]


async def validate_files(
    tree: Tree,
    files: Sequence[TreeFile],
    policy: Policy,
    sandbox: Sandbox,
    *,
    settings: Settings,
    on_event: Listener,
) -> Mapping[str, ValidationReport]:
    """Return a report for each Python file, by its path. Raises ``SandboxError`` when nothing could be executed."""
    python = [file for file in files if file.path.endswith((".py", ".pyi"))]
    work = _Work(tree, policy, sandbox, settings, on_event, len(python))
    await work.look(python)
    await work.test(python)
    return {file.path: work.report(file.path) for file in python}


async def validate_file(
    tree: Tree, file: TreeFile, policy: Policy, sandbox: Sandbox, *, settings: Settings
) -> ValidationReport:
    """Return the report of one file, as it stands in the tree."""
    reports = await validate_files(tree, [file], policy, sandbox, settings=settings, on_event=lambda step: None)
    return reports[file.path]


class _Work:
    """The results so far, by path and check."""

    def __init__(
        self, tree: Tree, policy: Policy, sandbox: Sandbox, settings: Settings, tell: Listener, total: int
    ) -> None:
        self.tree = tree
        self.policy = policy
        self.sandbox = sandbox
        self.settings = settings
        self.tell = tell
        self.total = total
        self.results: dict[str, dict[str, CheckResult]] = {}
        self.looked = self.tested = 0

    def report(self, path: str) -> ValidationReport:
        """Return what is known of one file, in the policy's order."""
        known = self.results.get(path, {})
        checks = tuple(known[c.check] for c in self.policy.criteria if c.check in known)
        return ValidationReport(checks=checks, sandbox=self.sandbox.info, policy=self.policy.id)

    async def look(self, files: Sequence[TreeFile]) -> None:
        """Run every check that runs none of the code, over many files at a time."""
        criteria = tuple(c for c in self.policy.criteria if c.check not in ("tests", "examples"))
        for first in range(0, len(files), _TOGETHER):
            batch = files[first : first + _TOGETHER]
            broken = await self._parse(batch, criteria)
            await self._together([file for file in batch if file.path not in broken], criteria)
            for file in batch:
                if file.path in broken:
                    await self._alone(file, criteria)
            self.looked += len(batch)
            self.tell(AuditStep(stage="checked", done=self.looked, total=self.total))

    async def test(self, files: Sequence[TreeFile]) -> None:
        """Run the tests of each file, several files at once."""
        criterion = self.policy.criterion("tests")
        if criterion is None:
            return
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(file: TreeFile) -> None:
            async with places:
                await self._test(file, criterion)
            self.tested += 1
            self.tell(AuditStep(stage="tested", done=self.tested, total=self.total, path=file.path))

        try:
            async with asyncio.TaskGroup() as group:
                for file in files:
                    group.create_task(one(file))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _parse(self, files: Sequence[TreeFile], criteria: tuple[Criterion, ...]) -> set[str]:
        """Return the files that do not parse: beside one of them no other tool would answer."""
        syntax = [c for c in criteria if c.check == "syntax"]
        if not syntax:
            return set()
        report = await self._run(_submission(files), tuple(syntax))
        check = report.checks[0]
        if check.outcome not in (CheckOutcome.PASSED, CheckOutcome.FAILED):
            return {file.path for file in files}
        named = _names(files)
        return {path for path, name in named.items() if any(_is_in(finding, name) for finding in check.findings)}

    async def _together(self, files: Sequence[TreeFile], criteria: tuple[Criterion, ...]) -> None:
        if not files:
            return
        report = await self._run(_submission(files), criteria)
        if any(check.outcome not in (CheckOutcome.PASSED, CheckOutcome.FAILED) for check in report.checks):
            for file in files:  # one of them made a tool fail: alone it does that to itself only
                await self._alone(file, criteria)
            return
        for path, name in _names(files).items():
            for check, criterion in zip(report.checks, criteria, strict=True):
                self._keep(path, _part(check, criterion, name, path))

    async def _alone(self, file: TreeFile, criteria: tuple[Criterion, ...]) -> None:
        name = _names([file])[file.path]
        report = await self._run(_submission([file]), criteria)
        for check in report.checks:
            self._keep(file.path, check.but(findings=_renamed(check.findings, name, file.path)))

    async def _test(self, file: TreeFile, criterion: Criterion) -> None:
        tests = tuple(t for path in find_tests(self.tree, file.path) if (t := self.tree.file(path)) is not None)
        support = needed(self.tree, (file.path, *(test.path for test in tests))) if tests else ()
        beside = tuple(f for f in support if is_test(f.path))
        code = (file, *(f for f in support if not is_test(f.path)))
        submission = Submission(files=_sources(code), tests=_sources((*tests, *beside)))
        report = await self._run(submission, (criterion,))
        self._keep(file.path, _honest(report.checks[0], self.tree))

    async def _run(self, submission: Submission, criteria: tuple[Criterion, ...]) -> ValidationReport:
        asked = self.policy.but(criteria=criteria)
        return await run_checks(submission, asked, self.sandbox, settings=self.settings)

    def _keep(self, path: str, check: CheckResult) -> None:
        self.results.setdefault(path, {})[check.name] = check


def _part(check: CheckResult, criterion: Criterion, name: str, path: str) -> CheckResult:
    """Return what a check over many files says of one of them, judged as if it had been alone."""
    findings = _renamed(tuple(f for f in check.findings if _is_in(f, name)), name, path)
    limit = criterion.block_at
    blocks = limit is not None and any(finding.severity.rank >= limit.rank for finding in findings)
    part: CheckResult = check.but(
        outcome=CheckOutcome.FAILED if blocks else CheckOutcome.PASSED,
        findings=findings,
        summary=_summary(criterion, findings),
        duration_s=None,
    )
    return part


def _summary(criterion: Criterion, findings: tuple[Finding, ...]) -> str:
    if criterion.check == "syntax" and findings:
        return one_line(f"{findings[0].location}: {findings[0].message}", 120)
    if criterion.check == "formatting" and findings:
        return plural(len(findings), "place")
    return summarise(criterion, findings, _CLEAN.get(criterion.check, "nothing found"))


def _honest(check: CheckResult, tree: Tree) -> CheckResult:
    """Say of tests that lack a package of others that they could not be run: that is not the file's fault."""
    if check.outcome is not CheckOutcome.FAILED or any(t.outcome is TestOutcome.PASSED for t in check.tests):
        return check
    said = " ".join([check.detail or "", *(f"{test.reason or ''} {test.output or ''}" for test in check.tests)])
    roots = {part for file in tree.files for part in file.path.removesuffix(".py").split("/")}
    missing = sorted({name.split(".")[0] for name in _MISSING.findall(said)} - roots)
    if not missing:
        return check
    told: CheckResult = check.but(
        outcome=CheckOutcome.UNAVAILABLE, summary=one_line(f"they need {', '.join(missing)}, not installed here", 120)
    )
    return told


def _submission(files: Sequence[TreeFile]) -> Submission:
    named = _names(files)
    return Submission(files=tuple(SourceFile(path=named[file.path], text=file.text) for file in files))


def _sources(files: Sequence[TreeFile]) -> tuple[SourceFile, ...]:
    return tuple(SourceFile(path=file.path, text=file.text) for file in files if _is_plain(file.path))


def _names(files: Sequence[TreeFile]) -> dict[str, str]:
    """Return the name each file has while it is checked: its own, or a number where that has odd characters."""
    return {f.path: f.path if _is_plain(f.path) else f"file_{number}.py" for number, f in enumerate(files)}


def _is_plain(path: str) -> bool:
    return printable(path) == path and not any(char in path for char in "\\\n\t:") and not path.startswith(("-", "/"))


def _is_in(finding: Finding, path: str) -> bool:
    return finding.location is not None and finding.location.path == path


def _renamed(findings: tuple[Finding, ...], name: str, path: str) -> tuple[Finding, ...]:
    if name == path:
        return findings
    return tuple(f if f.location is None else f.but(location=f.location.but(path=path)) for f in findings)
