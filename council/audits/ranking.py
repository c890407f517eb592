"""How risky a file is: a sum of parts, each of which is said. 0 is no risk that anybody knows of, 100 is the most.

=====================  ========  ===============================================================
part                   at most   how
=====================  ========  ===============================================================
failed tests           40        25, and 15 times the share that failed
no tests                5        nobody has tested it, or its tests could not be run
checks that block      20        10 for each required check that failed; 20 when the syntax check fails
upheld findings        15        5 for each that an earlier sitting upheld over this code
status of the model    15        banned 15, discouraged 8
lines                   5        1 for each 100
age                     5        1 for each 73 days since the oldest trace: who knows what relies on it
=====================  ========  ===============================================================
"""

from __future__ import annotations

from council.audits.surroundings import is_test
from council.text import plural
from council.types.audits import AuditedFile
from council.types.checks import CheckOutcome, CheckResult, TestOutcome, ValidationReport

RISK = {"tests": 40.0, "untested": 5.0, "checks": 20.0, "upheld": 15.0, "status": 15.0, "lines": 5.0, "age": 5.0}
"""The most that each part can add; the sum of the first, and of all but the second, is 100."""
_STATUS = {"banned": 15.0, "discouraged": 8.0}
Part = tuple[float, str]


def rank_file(file: AuditedFile) -> AuditedFile:
    """Return the file with its risk and the parts of it, the weightiest first."""
    parts = [*_of_tests(file), *_of_checks(file.report), *_of_history(file)]
    parts = sorted((part for part in parts if round(part[0], 1) > 0), key=lambda part: (-part[0], part[1]))
    ranked: AuditedFile = file.but(
        risk=round(min(100.0, sum(weight for weight, _ in parts)), 1),
        because=tuple(f"{words} (+{weight:.3g})" for weight, words in parts),
    )
    return ranked


def _of_tests(file: AuditedFile) -> list[Part]:
    tests = file.report.check("tests") if file.report else None
    if tests is None:
        return []
    if tests.outcome is CheckOutcome.FAILED and not tests.tests:
        return [(RISK["tests"], tests.summary)]
    if tests.outcome is CheckOutcome.FAILED:
        failed = _failed(tests)
        return [(25 + 15 * failed / len(tests.tests), f"{failed} of {plural(len(tests.tests), 'test')} failed")]
    if tests.outcome is CheckOutcome.SKIPPED:
        return [] if file.tests or is_test(file.path) else [(RISK["untested"], "no tests were found for it")]
    if tests.outcome is CheckOutcome.PASSED:
        return []
    return [(RISK["untested"], f"its tests could not be run: {tests.summary}")]


def _failed(check: CheckResult) -> int:
    return sum(test.outcome not in (TestOutcome.PASSED, TestOutcome.SKIPPED) for test in check.tests)


def _of_checks(report: ValidationReport | None) -> list[Part]:
    failed = [check for check in (report.failed if report else ()) if check.name != "tests"]
    if any(check.name == "syntax" for check in failed):
        return [(RISK["checks"], "the syntax check fails")]
    words = ", ".join(f"{check.name}: {check.summary}" for check in failed)
    return [(min(RISK["checks"], 10.0 * len(failed)), words)] if failed else []


def _of_history(file: AuditedFile) -> list[Part]:
    parts = [(_STATUS.get(file.status, 0.0), f"the model is {file.status}")]
    if file.upheld:
        parts.append((min(RISK["upheld"], 5.0 * file.upheld), f"{plural(file.upheld, 'finding')} upheld earlier"))
    if file.report is not None:
        parts.append((min(RISK["lines"], file.lines / 100), plural(file.lines, "line")))
    if file.age_days is not None:
        parts.append((min(RISK["age"], file.age_days / 73), f"{plural(file.age_days, 'day')} old"))
    return parts
