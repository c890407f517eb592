"""A sandbox for the evidence stage, and a sitting of scripted seats over a submission."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from council.errors import SandboxError
from council.evidence import prove_claims
from council.protocols import Sandbox
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.checks import CheckResult
from council.types.evidence import Evidence
from council.types.findings import Finding
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.types.submission import Submission
from council.validation import run_tests

Prove = Callable[..., dict[str, Evidence]]
SETTINGS = Settings(store=False, test_timeout_s=1.5, counterexample_runs=2, counterexamples=50)


def review(seat: str, *findings: Finding) -> Review:
    """Return what a scripted seat says that rejects for these findings."""
    ballot = Ballot(verdict=Verdict.REJECT, findings=findings)
    return Review(
        seat=Seat(name=seat, model=f"a/{seat}", provider="a"), outcome=ReviewOutcome.ANSWERED, ballot=ballot
    )


@pytest.fixture(scope="session")
def box() -> Sandbox:
    """The sandbox of this machine."""
    try:
        return open_sandbox(SETTINGS)
    except SandboxError as error:
        pytest.skip(f"no sandbox here: {error}")


@pytest.fixture
def prove(box: Sandbox) -> Prove:
    """Run the claims of some findings and return the evidence by the finding's id."""

    def run_all(submission: Submission, *findings: Finding, settings: Settings = SETTINGS) -> dict[str, Evidence]:
        async def run(one: Submission) -> CheckResult:
            return await run_tests(one, box, settings=settings)

        seats = sorted({finding.source for finding in findings})
        reviews = [review(seat, *(f for f in findings if f.source == seat)) for seat in seats]
        found = asyncio.run(prove_claims(submission, reviews, run=run, settings=settings))
        return {evidence.finding_id: evidence for evidence in found}

    return run_all
