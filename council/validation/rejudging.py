"""What a report says under another policy: the tools are not run again, what they found is judged again."""

from __future__ import annotations

from council.policies import Criterion, Policy
from council.text import plural
from council.types.checks import CheckOutcome, CheckResult, TestOutcome, ValidationReport
from council.validation.results import blocks, retold, summarise

_ANSWERED = (CheckOutcome.PASSED, CheckOutcome.FAILED)


def judge_again(report: ValidationReport, policy: Policy) -> ValidationReport:
    """Return the report as a policy judges what the tools found. Checks that gave no answer stay without one.

    A check that the policy does not name stays as it was and no longer blocks; one that was not run is not there.
    """
    order = [criterion.check for criterion in policy.criteria]
    known = sorted(report.checks, key=lambda c: order.index(c.name) if c.name in order else len(order))
    again: ValidationReport = report.but(
        checks=tuple(_judged(check, policy.criterion(check.name)) for check in known), policy=policy.id
    )
    return again


def _judged(check: CheckResult, criterion: Criterion | None) -> CheckResult:
    tampered = any(finding.rule == "tampering" for finding in check.findings)
    if criterion is None:
        return retold(check, required=tampered)
    given = check.outcome is not CheckOutcome.SKIPPED
    required = criterion.required == "always" or (criterion.required == "if_given" and given)
    check = retold(check, required=required or tampered)
    if check.outcome not in _ANSWERED:
        return check
    failed = blocks(criterion, check.findings) or (_tests_fail(check, criterion) if check.name == "tests" else False)
    outcome = CheckOutcome.FAILED if failed else CheckOutcome.PASSED
    if outcome is check.outcome or not check.findings or check.tests:
        return retold(check, outcome=outcome)
    return retold(check, outcome=outcome, summary=summarise(criterion, check.findings, check.summary))


def _tests_fail(check: CheckResult, criterion: Criterion) -> bool:
    """Whether the tests fail by their rate; a run that failed for another reason stays failed."""
    if not check.tests:
        return check.outcome is CheckOutcome.FAILED
    failed = sum(test.outcome is not TestOutcome.PASSED for test in check.tests)
    counted = failed and check.summary == f"{failed} of {plural(len(check.tests), 'test')} failed"
    if check.outcome is CheckOutcome.FAILED and not counted:
        return True
    return 1 - failed / len(check.tests) < criterion.min_pass_rate
