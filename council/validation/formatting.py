"""black as a check: where it would change something. The code itself stays as it is."""

from __future__ import annotations

import json
from typing import Any

from council.policies import Criterion
from council.protocols import Sandbox
from council.settings import Settings
from council.text import one_line, plural
from council.types.checks import CheckOutcome, CheckResult
from council.types.findings import Finding, Location, Severity
from council.types.submission import Submission
from council.validation.results import ROOT, Tool, as_files, library, program, python_files, retold, tool_job

TOOL = Tool(name="formatting", program="black", distribution="black")
LINE_LENGTH = 88


class FormattingCheck:
    """Compares the submission with black's own layout of it."""

    name = "formatting"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def run(self, submission: Submission, criterion: Criterion, sandbox: Sandbox) -> CheckResult:
        """Return one finding for each place black would change, and for each comment that asks it not to."""
        files = python_files(submission)
        if not files:
            return TOOL.result(criterion, CheckOutcome.UNAVAILABLE, "there is no Python in this submission")
        if TOOL.version is None:
            return TOOL.result(criterion, CheckOutcome.UNAVAILABLE, "black is not installed")
        asked = json.dumps({"files": [file.path for file in files], "line_length": LINE_LENGTH}).encode()
        job = tool_job(
            self.settings,
            ("council/layout.py", ROOT),
            (*as_files(files), program("layout"), *library(("marks",))),
            stdin=asked,
        )
        run = await sandbox.run(job)
        try:
            seen: Any = json.loads(run.stdout) if run.exit_code == 0 else None
        except ValueError:
            seen = None
        if not isinstance(seen, dict) or set(seen) != {file.path for file in files}:
            return TOOL.broken(criterion, run)
        problem = next((f"{path}: {entry['problem']}" for path, entry in seen.items() if entry["problem"]), None)
        if problem is not None:
            return TOOL.broken(criterion, run, why=one_line(f"black failed on {problem}", 160))
        findings = [finding for path, entry in seen.items() for finding in _findings(path, entry)]
        result = TOOL.judged(criterion, findings, "as black writes it", run)
        return retold(result, summary=_summary(result)) if findings else result


def _summary(result: CheckResult) -> str:
    """Return ``1 place``, and how often a comment asks black to look away."""
    silenced = sum(finding.suppressed_by is not None for finding in result.findings)
    places = len(result.findings) - silenced
    told = [plural(places, "place")] if places else []
    told += [plural(silenced, "place") + " where a comment switches it off"] if silenced else []
    return ", ".join(told)


def _findings(path: str, entry: dict[str, Any]) -> list[Finding]:
    found = [
        _finding(path, "the layout differs from black's", line, line + count - 1) for line, count in entry["places"]
    ]
    for line, comment in entry["suppressions"]:
        silenced = _finding(path, "a comment switches black off from here", line, line)
        found.append(silenced.but(suppressed_by=one_line(comment, 40)))
    return found


def _finding(path: str, message: str, line: int, last: int) -> Finding:
    return Finding(
        id="black",
        source="formatting",
        severity=Severity.INFO,
        message=message,
        rule="black",
        location=Location(path=path, line=line, end_line=last if last > line else None),
    )
