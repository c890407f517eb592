"""flake8, with council's own settings and deaf to the submission's: a comment cannot silence it."""

from __future__ import annotations

import re

from council.policies import Criterion
from council.protocols import Run, Sandbox
from council.settings import Settings
from council.text import one_line
from council.types.checks import CheckOutcome, CheckResult
from council.types.findings import Finding, Location, Severity
from council.types.submission import SourceFile, Submission
from council.validation.results import ROOT, Tool, as_files, python_files, suppression, tool_job

TOOL = Tool(name="lint", program="flake8", distribution="flake8")
_OPTIONS = ("--isolated", "--disable-noqa", "--jobs=1", "--max-line-length=88", "--extend-ignore=E203,E701,E704")
_LINE = re.compile(r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<rule>[A-Z]+\d+) (?P<text>.*)$")
_UNUSED = ("F401", "F841", "F811", "F541", "F504", "F522", "F523")
"""Odd, and harmless when the code runs."""


class LintCheck:
    """Runs flake8 over the submission, never over its tests."""

    name = "lint"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def run(self, submission: Submission, criterion: Criterion, sandbox: Sandbox) -> CheckResult:
        """Return errors (undefined names, broken syntax) and warnings (style, what is unused)."""
        files = {file.path: file for file in python_files(submission)}
        if not files:
            return TOOL.result(criterion, CheckOutcome.UNAVAILABLE, "there is no Python in this submission")
        if TOOL.version is None:
            return TOOL.result(criterion, CheckOutcome.UNAVAILABLE, "flake8 is not installed")
        paths = [f"{ROOT}/{path}" for path in files]
        run = await sandbox.run(
            tool_job(self.settings, ("-m", "flake8", *_OPTIONS, "--", *paths), as_files(tuple(files.values())))
        )
        findings = _read(run, files)
        if findings is None:
            return TOOL.broken(criterion, run)
        return TOOL.judged(criterion, findings, "nothing found", run)


def _read(run: Run, files: dict[str, SourceFile]) -> list[Finding] | None:
    """Return the findings, or ``None`` when code, output and error stream do not agree that flake8 did its work."""
    if run.exit_code not in (0, 1) or run.truncated or run.stderr.strip():
        return None
    lines = run.stdout.decode("utf-8", "replace").splitlines()
    matches = [match for match in map(_LINE.match, lines) if match]
    if (run.exit_code == 1) != bool(matches) or len(matches) != len([line for line in lines if line.strip()]):
        return None
    return [_finding(match, files) for match in matches]


def _finding(match: re.Match[str], files: dict[str, SourceFile]) -> Finding:
    path = match["path"].removeprefix(f"{ROOT}/")
    line = max(int(match["line"]), 1)
    return Finding(
        id="flake8",
        source="lint",
        severity=severity_of(match["rule"]),
        message=one_line(match["text"]),
        rule=match["rule"],
        location=Location(path=path, line=line),
        suppressed_by=suppression(files.get(path), line),
    )


def severity_of(rule: str) -> Severity:
    """Return how much a flake8 code weighs: what breaks when it runs is high, what is merely unused or ugly is low."""
    if rule in _UNUSED or not rule.startswith(("F", "E9")):
        return Severity.LOW
    return Severity.HIGH if rule.startswith(("E9", "F5", "F6", "F7", "F8")) else Severity.MEDIUM
