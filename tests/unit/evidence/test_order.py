"""What is proved does not hang on the order in which seats, findings and files come."""

from __future__ import annotations

import asyncio
import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from council.evidence import prove_claims
from council.settings import Settings
from council.types.checks import CheckOutcome, CheckResult, TestOutcome, TestResult
from council.types.evidence import Evidence
from council.types.findings import Finding, Location, Severity
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.types.submission import SourceFile, Submission

CODE = SourceFile(path="cache.py", text="def f(x):\n    return x\n")
OTHER = SourceFile(path="other.py", text="def g(x):\n    return x\n")
SUBMISSION = Submission(files=(CODE, OTHER), task="f(1) == 5 and f(2) == 2")
SETTINGS = Settings(store=False, counterexamples=3, counterexample_runs=2)


async def run(submission: Submission) -> CheckResult:
    """Stand for the sandbox: ``f`` gives back what it is given, and the stub of it raises."""
    text = submission.tests[0].text
    call = re.search(r"f\((\d)\) == (\d)", text)
    name = re.search(r"def (test_\w+)", text)
    assert call is not None and name is not None
    stubbed = "CodeWasCalled" in submission.files[0].text + submission.files[1].text
    wrong = stubbed or call[1] != call[2]
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "assert" in row)
    test = TestResult(
        name=name[1],
        node_id=f"test_counterexample.py::{name[1]}",
        outcome=TestOutcome.FAILED if wrong else TestOutcome.PASSED,
        reason=f"assert {call[1]} == {call[2]}" if wrong else None,
        error="CodeWasCalled" if stubbed else "AssertionError" if wrong else None,
        place=None if stubbed or not wrong else Location(path="test_counterexample.py", line=line),
    )
    outcome = CheckOutcome.FAILED if wrong else CheckOutcome.PASSED
    return CheckResult(name="tests", tool="pytest", outcome=outcome, required=True, summary="", tests=(test,))


claims = st.builds(
    lambda a, b, severity, name: (f"def test_{name}():\n    assert f({a}) == {b}\n", severity),
    st.integers(1, 3), st.integers(1, 5), st.sampled_from(list(Severity)), st.sampled_from(["a", "b"]),
)  # fmt: skip


def panel(told: list[list[tuple[str, Severity]]]) -> list[Review]:
    reviews = []
    for number, said in enumerate(told):
        seat = Seat(name=f"s{number}", model=f"a/s{number}", provider="a")
        findings = tuple(
            Finding(id=f"s{number}-{n}", source=seat.name, severity=severity, message="wrong", counterexample=text)
            for n, (text, severity) in enumerate(said, 1)
        )
        ballot = Ballot(verdict=Verdict.REJECT, findings=findings)
        reviews.append(Review(seat=seat, outcome=ReviewOutcome.ANSWERED, ballot=ballot))
    return reviews


def proved(submission: Submission, reviews: list[Review]) -> dict[str, Evidence]:
    found = asyncio.run(prove_claims(submission, reviews, run=run, settings=SETTINGS))
    return {one.finding_id: one for one in found}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(claims, max_size=3), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_seats_findings_and_files_in_any_order(told: list[list[tuple[str, Severity]]], random: Random) -> None:
    reviews = panel(told)
    mixed = [
        review.but(ballot=review.ballot.but(findings=tuple(random.sample(review.ballot.findings, len(review.ballot.findings)))))
        for review in random.sample(reviews, len(reviews))
        if review.ballot is not None
    ]
    turned = SUBMISSION.but(files=(OTHER, CODE))
    assert proved(SUBMISSION, reviews) == proved(turned, mixed)
    assert set(proved(SUBMISSION, reviews)) == {f.id for r in reviews if r.ballot is not None for f in r.ballot.findings}
