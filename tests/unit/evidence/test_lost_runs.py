"""A run that came to nothing shows nothing: it is repeated, a few times, and never counted as a failure of the code."""

from __future__ import annotations

import asyncio

import pytest

from council.evidence import prove_claims
from council.evidence.claims import read_claim
from council.evidence.outcomes import is_lost, read_outcome
from council.evidence.stubs import ERROR
from council.settings import Settings
from council.types.checks import CheckOutcome, CheckResult, TestOutcome, TestResult
from council.types.evidence import Evidence, EvidenceState, Flaw
from council.types.findings import Finding, Location, Severity
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.types.submission import Submission

SUBMISSION = Submission.from_text("def f(x):\n    return x\n", path="cache.py")
ONE = "def test_a(): assert f(0) == 8"
LOOPING = "def test_a():\n    while f(0) == 0:\n        f(1)\n    assert f(0) == 1\n"


def finding(name: str, text: str = ONE) -> Finding:
    return Finding(id=name, source="a", severity=Severity.HIGH, message=name, counterexample=text)


def result(outcome: CheckOutcome, *tests: TestResult) -> CheckResult:
    return CheckResult(name="tests", tool="pytest", outcome=outcome, required=True, summary="told", tests=tests)


def ended(outcome: TestOutcome, **more: object) -> TestResult:
    return TestResult(name="test_a", node_id="test_claim.py::test_a", outcome=outcome, reason="told", **more)  # type: ignore[arg-type]


FAILED = result(
    CheckOutcome.FAILED,
    ended(TestOutcome.FAILED, error="AssertionError", place=Location(path="test_counterexample.py", line=2)),
)
STARVED = result(CheckOutcome.FAILED, ended(TestOutcome.MISSING, began=False))
SILENT = result(CheckOutcome.TIMED_OUT)
BROKEN = result(CheckOutcome.CRASHED)


class Script:
    """Says in order which runs are lost, and how; the last answer holds for ever."""

    def __init__(self, *lost: CheckResult | None) -> None:
        self.lost = lost
        self.given = 0

    def next(self) -> CheckResult | None:
        self.given += 1
        return self.lost[min(self.given, len(self.lost)) - 1]


STUBBED = result(CheckOutcome.FAILED, ended(TestOutcome.FAILED, error=ERROR))


def proved(runs: Script, *findings: Finding) -> dict[str, Evidence]:
    async def run(submission: Submission) -> CheckResult:
        return runs.next() or (FAILED if submission.files == SUBMISSION.files else STUBBED)

    ballot = Ballot(verdict=Verdict.REJECT, findings=findings)
    review = Review(
        seat=Seat(name="a", model="a/a", provider="a"), outcome=ReviewOutcome.ANSWERED, ballot=ballot
    )  # fmt: skip
    settings = Settings(store=False, counterexample_runs=5, counterexamples=50)
    found = asyncio.run(prove_claims(SUBMISSION, [review], run=run, settings=settings))
    return {evidence.finding_id: evidence for evidence in found}


@pytest.mark.parametrize("lost", [STARVED, SILENT, BROKEN])
def test_a_lost_run_is_repeated_and_not_counted(lost: CheckResult) -> None:
    assert is_lost(lost) and not is_lost(FAILED)
    # The first run, the control against a stub, and the third run are lost on the way.
    script = Script(lost, None, lost, None, None, lost, lost, None)
    steady = proved(Script(None), finding("1"))["1"]
    assert steady.state is EvidenceState.REPRODUCED and steady.runs == 5
    assert proved(script, finding("1"))["1"] == steady


def test_who_is_lost_for_ever_proves_nothing_and_costs_little() -> None:
    script = Script(STARVED)
    found = proved(script, *(finding(str(n), f"def test_a(): assert f(0) == {n}") for n in range(1, 21)))
    assert {evidence.state for evidence in found.values()} == {EvidenceState.UNRUNNABLE}
    assert {evidence.flaw for evidence in found.values()} == {Flaw.NO_TEST}
    assert script.given == 20 + 8  # one for each, and the repeats of a whole sitting


def test_a_loop_of_the_tests_own_is_never_the_codes_crash() -> None:
    """Ended from outside, nobody knows in which line: then any loop of the test may be the one."""
    claim = read_claim(finding("1", LOOPING), SUBMISSION)
    plain = read_claim(finding("2"), SUBMISSION)
    outside = result(CheckOutcome.FAILED, ended(TestOutcome.TIMED_OUT))
    inside = result(
        CheckOutcome.FAILED, ended(TestOutcome.TIMED_OUT, place=Location(path="test_counterexample.py", line=3))
    )
    assert not read_outcome(outside, claim, SUBMISSION).crash  # type: ignore[arg-type]
    shown = [read_outcome(one, claim, SUBMISSION).kind for one in (outside, inside)]  # type: ignore[arg-type]
    assert shown[0] == shown[1]
    assert read_outcome(outside, plain, SUBMISSION).crash  # type: ignore[arg-type]
