"""bandit, deaf to ``nosec``, and believed only about files that it says it has read."""

from __future__ import annotations

import json
from typing import Any

from council.policies import Criterion
from council.protocols import Run, Sandbox
from council.settings import Settings
from council.text import one_line
from council.types.checks import CheckOutcome, CheckResult
from council.types.findings import Finding, Location, Severity
from council.types.submission import SourceFile, Submission
from council.validation.looking import Looked, deceptions, look_job, read_looked, silenced_by, suppressions
from council.validation.results import ROOT, Tool, blocks, number, python_files, retold

TOOL = Tool(name="security", program="bandit", distribution="bandit")
_OPTIONS = ("--format", "json", "--quiet", "--ignore-nosec", "--exit-zero", "--exclude", "*/nothing/is/left/out/*")
"""By default bandit leaves out folders such as ``.tox``: the code names its folders itself."""


class SecurityCheck:
    """Runs bandit over the submission, never over its tests."""

    name = "security"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def run(self, submission: Submission, criterion: Criterion, sandbox: Sandbox) -> CheckResult:
        """Return what bandit found. A file it could not read makes the result crashed, unless it failed anyway."""
        files = {file.path: file for file in python_files(submission)}
        if not files:
            return TOOL.result(criterion, CheckOutcome.UNAVAILABLE, "there is no Python in this submission")
        if TOOL.version is None:
            return TOOL.result(criterion, CheckOutcome.UNAVAILABLE, "bandit is not installed")
        paths = [f"{ROOT}/{path}" for path in files]
        run = await sandbox.run(
            look_job(self.settings, "security", ("bandit", *_OPTIONS, *paths), tuple(files.values()))
        )
        report, looked = _report(run), read_looked(run)
        if report is None or looked is None:
            return TOOL.broken(criterion, run)
        findings = [_finding(entry, looked) for entry in report["results"]]
        findings += [*suppressions(looked, "bandit", "security", findings), *deceptions(looked, "bandit")]
        unread = _unread(report, files)
        if unread and not blocks(criterion, number("bandit", findings)):
            broken = TOOL.broken(criterion, run, why=f"bandit could not read {', '.join(unread)}")
            return retold(broken, findings=number("bandit", findings))
        result = TOOL.judged(criterion, findings, "nothing found", run)
        return retold(result, summary=_summary(result, criterion)) if findings else result


def _report(run: Run) -> dict[str, Any] | None:
    if run.exit_code != 0 or run.truncated:
        return None
    try:
        report = json.loads(run.stdout)
    except ValueError:
        return None
    shape = isinstance(report, dict) and all(key in report for key in ("results", "errors", "metrics"))
    return report if shape else None


def _unread(report: dict[str, Any], files: dict[str, SourceFile]) -> list[str]:
    """Return the files with an error, and those that bandit never mentions."""
    errors = {_path(entry.get("filename", "")) for entry in report["errors"]}
    seen = {_path(name) for name in report["metrics"]}
    return sorted(path for path in files if path in errors or path not in seen)


def _path(name: object) -> str:
    """Return a path of ours from the way bandit writes it."""
    return str(name).removeprefix("./").removeprefix(f"{ROOT}/")


def _finding(entry: dict[str, Any], looked: Looked) -> Finding:
    path = _path(entry["filename"])
    first = max(int(entry["line_number"]), 1)
    last = max([first, *entry.get("line_range", [])])
    return Finding(
        id="bandit",
        source="security",
        severity=Severity.read(entry["issue_severity"]),
        message=one_line(entry["issue_text"]),
        rule=entry["test_id"],
        location=Location(path=path, line=first, end_line=last if last > first else None),
        suppressed_by=silenced_by(looked, path, first, last),
    )


def _summary(result: CheckResult, criterion: Criterion) -> str:
    """Return ``nothing high; 1 low (B101)``: what blocks is said first, also when it is nothing."""
    counts: dict[str, list[str]] = {}
    for finding in sorted(result.findings, key=lambda f: -f.severity.rank):
        counts.setdefault(finding.severity.value, []).append(finding.rule or "")
    told = ", ".join(f"{len(rules)} {word} ({', '.join(sorted(set(rules))[:4])})" for word, rules in counts.items())
    if result.outcome is CheckOutcome.FAILED or criterion.block_at is None:
        return told
    return f"nothing {criterion.block_at.value}; {told}"
