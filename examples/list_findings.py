"""List what the tools find in the files named on the command line, the gravest first. No model is asked."""

import asyncio
import sys

import council
from council import CheckOutcome, CheckResult, Finding, Location, Submission, ValidationReport

RISKY = "import os\nimport subprocess\n\n\ndef run(command):\n    return subprocess.run(command, shell=True)\n"


def place(location: Location | None) -> str:
    """Say where something is; a tool may not know."""
    return "somewhere" if location is None else str(location)


def gravest_first(report: ValidationReport) -> list[Finding]:
    """Sort the findings of all checks by severity."""
    found = [finding for check in report.checks for finding in check.findings]
    return sorted(found, key=lambda finding: -finding.severity.rank)


def unanswered(report: ValidationReport) -> list[CheckResult]:
    """Return the checks that gave no answer: one that did not run has not passed."""
    return [check for check in report.checks if check.outcome not in (CheckOutcome.PASSED, CheckOutcome.FAILED)]


async def main() -> int:
    report = await council.validate(sys.argv[1:] or Submission.from_text(RISKY))
    for finding in gravest_first(report):
        print(f"{finding.severity.value:8} {place(finding.location)}  {finding.message}")
    for check in unanswered(report):
        print(f"{check.name}: {check.summary}")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
