"""The check ``examples``: what task and docstrings say of some inputs is run. It needs no model and no key."""

from __future__ import annotations

from council.examples import EXAMPLES_FILE, Told, gather_examples, tests_of
from council.policies import Criterion
from council.protocols import Sandbox
from council.settings import Settings
from council.text import one_line, plural
from council.types.checks import CheckOutcome, CheckResult, TestOutcome, TestResult
from council.types.submission import SourceFile, Submission
from council.validation.pytest import TestsCheck
from council.validation.results import Tool, retold

TOOL = Tool(name="examples", program="examples")


class ExamplesCheck:
    """Runs the examples of task and docstrings as tests."""

    name = "examples"

    def __init__(self, settings: Settings) -> None:
        self._tests = TestsCheck(settings)

    async def run(self, submission: Submission, criterion: Criterion, sandbox: Sandbox) -> CheckResult:
        """Return each example as a test, by the line that says it. One that was not seen to hold has not held."""
        told = gather_examples(submission)
        if not told:
            return TOOL.result(criterion, CheckOutcome.SKIPPED, "task and docstrings give no example that can be read")
        tests: list[TestResult] = []
        last: CheckResult | None = None
        for module in dict.fromkeys(one.module for one in told):
            own = [one for one in told if one.module == module]
            file = SourceFile(path=EXAMPLES_FILE, text=tests_of(own, module))
            last = await self._tests.run(submission.but(tests=(file,)), Criterion(check="tests"), sandbox)
            if len(last.tests) != len(own):
                return _unanswered(criterion, last)
            tests += [_retold(one, test) for one, test in zip(own, last.tests, strict=True)]
        return _judged(criterion, told, tests, last)


def _retold(told: Told, test: TestResult) -> TestResult:
    """Return a test's result in the words of the example: what is said where, and what the code gives."""
    changes: dict[str, object] = {"name": one_line(told.place, 160)}
    if test.outcome is not TestOutcome.PASSED:
        changes["reason"] = one_line(f"says {one_line(told.promise, 160)}; {_given(test)}", 300)
    return TestResult.model_validate({**dict(test), **changes})


def _given(test: TestResult) -> str:
    reason = test.reason or "it failed"
    if test.error == "AssertionError" and reason.startswith("assert ") and " == " in reason:
        return f"the code gives {one_line(reason.removeprefix('assert ').partition(' == ')[0], 80)}"
    if test.outcome is TestOutcome.TIMED_OUT:
        return f"the code does not end: {reason}"
    return f"the code raises {one_line(reason, 100)}"


def _judged(
    criterion: Criterion, told: tuple[Told, ...], tests: list[TestResult], last: CheckResult | None
) -> CheckResult:
    order = [one for module in dict.fromkeys(one.module for one in told) for one in told if one.module == module]
    failed = [(one, test) for one, test in zip(order, tests, strict=True) if test.outcome is not TestOutcome.PASSED]
    share = 1 - len(failed) / len(tests)
    outcome = CheckOutcome.PASSED if share >= criterion.min_pass_rate else CheckOutcome.FAILED
    said = f"{plural(len(tests), 'example')} hold" if len(tests) > 1 else "1 example holds"
    if failed:
        count = f"{len(failed)} of {len(tests)} examples do not hold" if len(tests) > 1 else "the example does not hold"
        said = f"{count}: {failed[0][1].name} {failed[0][1].reason}"
    result = TOOL.result(criterion, outcome, one_line(said, 200), tests=tuple(tests))
    return result if last is None else retold(result, apart=last.apart, duration_s=last.duration_s)


def _unanswered(criterion: Criterion, last: CheckResult) -> CheckResult:
    """Return what is left where the examples could not be run one by one: the code does not import, or ends early."""
    broken = last.outcome in (CheckOutcome.CRASHED, CheckOutcome.TIMED_OUT, CheckOutcome.UNAVAILABLE)
    outcome = last.outcome if broken else CheckOutcome.FAILED
    return TOOL.result(criterion, outcome, one_line(f"the examples could not be run: {last.summary}", 200))
