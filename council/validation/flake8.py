"""flake8, with council's own settings and deaf to the submission's: a comment cannot silence it."""

from __future__ import annotations

import re

from council.policies import Criterion
from council.protocols import Run, Sandbox
from council.settings import Settings
from council.text import one_line
from council.types.checks import CheckOutcome, CheckResult
from council.types.findings import Finding, Location, Severity
from council.types.submission import Submission
from council.validation.looking import Looked, look_job, read_looked, silenced_by, suppressions
from council.validation.results import ROOT, Tool, python_files

TOOL = Tool(name="lint", program="flake8", distribution="flake8")
_OPTIONS = (
    *("--isolated", "--disable-noqa", "--jobs=1", "--max-line-length=88", "--extend-ignore=E203,E701,E704"),
    "--exclude=/nothing/is/left/out",  # by default folders such as .tox, and the code names its folders itself
)
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
            look_job(self.settings, "lint", ("flake8", *_OPTIONS, "--", *paths), tuple(files.values()))
        )
        looked = read_looked(run)
        findings = None if looked is None else _read(run, looked)
        if looked is None or findings is None:
            return TOOL.broken(criterion, run)
        unread = set(files) - {_path(name) for name in looked.read or ()}
        if unread:
            return TOOL.broken(criterion, run, why=one_line(f"flake8 did not read {', '.join(sorted(unread))}", 160))
        findings += suppressions(looked, "flake8", "lint", findings)
        return TOOL.judged(criterion, findings, "nothing found", run)


def _read(run: Run, looked: Looked) -> list[Finding] | None:
    """Return the findings, or ``None`` when code, output and error stream do not agree that flake8 did its work."""
    if run.exit_code not in (0, 1) or run.truncated or run.stderr.strip():
        return None
    lines = run.stdout.decode("utf-8", "replace").splitlines()
    matches = [match for match in map(_LINE.match, lines) if match]
    if (run.exit_code == 1) != bool(matches) or len(matches) != len([line for line in lines if line.strip()]):
        return None
    return [_finding(match, looked) for match in matches]


def _path(name: str) -> str:
    """Return a path of ours from the way flake8 writes it."""
    return name.removeprefix("./").removeprefix(f"{ROOT}/")


def _finding(match: re.Match[str], looked: Looked) -> Finding:
    path = _path(match["path"])
    line = max(int(match["line"]), 1)
    return Finding(
        id="flake8",
        source="lint",
        severity=severity_of(match["rule"]),
        message=one_line(match["text"]),
        rule=match["rule"],
        location=Location(path=path, line=line),
        suppressed_by=silenced_by(looked, path, line),
    )


def severity_of(rule: str) -> Severity:
    """Return how much a flake8 code weighs: what breaks when it runs is high, what is merely unused or ugly is low."""
    if rule in _UNUSED or not rule.startswith(("F", "E9")):
        return Severity.LOW
    return Severity.HIGH if rule.startswith(("E9", "F5", "F6", "F7", "F8")) else Severity.MEDIUM
