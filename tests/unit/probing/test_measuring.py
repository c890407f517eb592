"""Measuring the tests within a time, with the running of tests handed in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from council.errors import SandboxError
from council.probing import probe_tests
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.checks import CheckOutcome, CheckResult
from council.types.events import ChangeTried
from council.types.probe import Probe
from council.types.submission import Submission
from council.validation import Reach

CODE = "def f(x):\n    if x > 3:\n        return x + 1\n    return 0\n"
SUBMISSION = Submission.from_text(CODE, tests="def test(): ...")
REACH = Reach(lines=4, missed={"submission.py": (3,)}, branches=2, taken=1)


def result(outcome: CheckOutcome) -> CheckResult:
    return CheckResult(name="tests", tool="pytest", outcome=outcome, required=True, summary="")


def probed(
    run: Callable[[Submission], Awaitable[CheckResult]],
    *,
    submission: Submission = SUBMISSION,
    reach: Reach | None = REACH,
    budget_s: float = 60.0,
    on_event: Callable[[ChangeTried], None] | None = None,
) -> Probe:
    work = probe_tests(submission, open_sandbox(Settings()), reach=reach, run=run, budget_s=budget_s, on_event=on_event)
    return asyncio.run(work)


async def notices_all(changed: Submission) -> CheckResult:
    return result(CheckOutcome.FAILED)


def test_what_the_tests_pass_with_is_shown_with_its_line_and_the_rest_is_counted() -> None:
    heard: list[ChangeTried] = []

    async def run(changed: Submission) -> CheckResult:
        assert changed.tests == SUBMISSION.tests and changed.files != SUBMISSION.files
        return result(CheckOutcome.PASSED if "x >= 3" in changed.files[0].text else CheckOutcome.FAILED)

    found = probed(run, on_event=heard.append)
    (survivor,) = found.survived
    assert (survivor.line, survivor.kind) == (2, "comparison")
    assert (survivor.before, survivor.after) == ("    if x > 3:", "    if x >= 3:")
    assert found.killed == found.reached - 1 and found.found > found.reached  # line 3 is not reached, so not tried
    assert (found.line_share, found.branch_share, found.unreached) == (0.75, 0.5, (("submission.py", 3),))
    assert heard[-1] == ChangeTried(tried=found.reached, of=found.reached, survived=1) and found.reason is None


def test_a_run_that_gave_no_answer_is_neither_noticed_nor_not() -> None:
    async def run(changed: Submission) -> CheckResult:
        return result(CheckOutcome.CRASHED)

    found = probed(run)
    assert found.tried == 0 and found.noticed_share is None and found.reached > 0


def test_the_time_ends_it_and_what_was_under_way_is_let_go() -> None:
    let_go = []

    async def run(changed: Submission) -> CheckResult:
        if "x + 2" in changed.files[0].text or "x - 1" in changed.files[0].text:
            return result(CheckOutcome.FAILED)
        try:
            await asyncio.Event().wait()
        finally:
            let_go.append(changed)
        raise AssertionError

    found = probed(run, reach=None, budget_s=2.0)
    assert len(let_go) == 2 and not found.survived
    assert found.reason == "which lines the tests reach could not be measured" and found.reached == found.found
    assert probed(notices_all, budget_s=0).tried == 0


@pytest.mark.parametrize(("code", "reason"), [("def (", "could not be read"), ("import os\n", "nothing that could be")])
def test_code_without_anything_to_change_says_so(code: str, reason: str) -> None:
    found = probed(notices_all, submission=Submission.from_text(code, tests="def test(): ..."))
    assert found.reason is not None and reason in found.reason and found.noticed_share is None


def test_without_a_sandbox_it_is_one_error_and_not_a_group() -> None:
    async def run(changed: Submission) -> CheckResult:
        raise SandboxError("no sandbox")

    with pytest.raises(SandboxError):
        probed(run)
