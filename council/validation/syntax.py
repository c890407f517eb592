"""Does it parse? Asked of the interpreter itself, without running a line."""

from __future__ import annotations

import json

from council.policies import Criterion
from council.protocols import Sandbox
from council.settings import Settings
from council.text import one_line
from council.types.checks import CheckOutcome, CheckResult
from council.types.findings import Finding, Location, Severity
from council.types.submission import Submission
from council.validation.results import ROOT, Tool, as_files, program, python_files, retold, tool_job

TOOL = Tool(name="syntax", program="python")


class SyntaxCheck:
    """Compiles every file of the submission."""

    name = "syntax"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def run(self, submission: Submission, criterion: Criterion, sandbox: Sandbox) -> CheckResult:
        """Return a failed result for each file that does not parse, or is not UTF-8 by its own word."""
        files = python_files(submission)
        if not files:
            return TOOL.result(criterion, CheckOutcome.UNAVAILABLE, "there is no Python in this submission")
        asked = json.dumps({"files": [file.path for file in files], "tests": []}).encode()
        job = tool_job(self.settings, ("council/parse.py", ROOT), (*as_files(files), program("parse")), stdin=asked)
        run = await sandbox.run(job)
        try:
            seen = json.loads(run.stdout)["files"] if run.exit_code == 0 else None
        except (ValueError, KeyError):
            seen = None
        if not isinstance(seen, dict) or set(seen) != {file.path for file in files}:
            return TOOL.broken(criterion, run, why=None if run.exit_code else "the parser gave no answer")
        findings = [_finding(path, *problem) for path, problem in seen.items() if problem is not None]
        result = TOOL.judged(criterion, findings, "parses", run)
        if not findings:
            return result
        first = result.findings[0]
        return retold(result, summary=one_line(f"{first.location}: {first.message}", 120))


def _finding(path: str, line: int | None, message: str) -> Finding:
    return Finding(
        id="python",
        source="syntax",
        severity=Severity.CRITICAL,
        message=one_line(message),
        rule="syntax",
        location=Location(path=path, line=line if line and line > 0 else None),
    )
