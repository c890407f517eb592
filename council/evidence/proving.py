"""The evidence stage: every counterexample of a sitting is run against the submission, and its fix is tried.

A counterexample is believed only with its controls: it is one test, screened for what makes a test worthless; it ends
alike in every run; against a stub of the code it fails because the code was called. A fix is run as well: its
counterexample must pass, and no test or example that passed before may fail.
"""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Awaitable, Callable, Iterable

from council.evidence.claims import TEST_FILE, Claim, Flawed, read_claim
from council.evidence.confirming import Expectations, confirm_by_material
from council.evidence.fixing import FixDesk, mended_by
from council.evidence.outcomes import Shown, is_lost, read_outcome
from council.evidence.screening import screen
from council.evidence.standing import confirm
from council.evidence.stubs import ERROR, stub_of
from council.settings import Settings
from council.text import one_line, plural
from council.types.base import Record
from council.types.checks import CheckResult, TestOutcome, ValidationReport
from council.types.events import ClaimRun
from council.types.evidence import Evidence, EvidenceKind, EvidenceState, Flaw
from council.types.findings import Finding
from council.types.reviews import Review
from council.types.submission import SourceFile, Submission

RunTests = Callable[[Submission], Awaitable[CheckResult]]
"""Runs the tests of a submission in the sandbox, as the check of that name does: handed in, for rooms know no rooms."""
_SHOWN = (EvidenceState.REPRODUCED, EvidenceState.UPHELD, EvidenceState.DISPUTED)
_AT_ONCE = 2
"""Counterexamples under way at the same time."""
_AGAIN, _AGAIN_IN_ALL = 2, 8
"""How often a run that was lost is repeated, and how often in a whole sitting: the code itself may be to blame."""


async def prove_claims(
    submission: Submission,
    reviews: Iterable[Review],
    *,
    run: RunTests,
    settings: Settings,
    report: ValidationReport | None = None,
    on_event: Callable[[ClaimRun], None] | None = None,
) -> tuple[Evidence, ...]:
    """Return what running showed, one piece of evidence a finding that carries a counterexample, in their order.

    Args:
        run: runs a submission's tests in the sandbox.
        report: the checks of the submission; its tests and examples are what a fix must not break.
        on_event: hears of each counterexample that is done.

    The gravest ``settings.counterexamples`` different counterexamples are run; equal ones are run once. Raises
    ``SandboxError`` when nothing could be executed.
    """
    claims = [f for review in reviews if review.ballot is not None for f in review.ballot.findings if f.counterexample]
    if not claims:
        return ()
    insistent = _insistent(run)
    desk = _Desk(submission, insistent, settings, FixDesk(submission, insistent, report))
    done = 0

    def tell(evidence: Evidence) -> None:
        nonlocal done
        done += 1
        if on_event is not None:
            on_event(ClaimRun(evidence=evidence, number=done, of=len(claims)))

    places = asyncio.Semaphore(_AT_ONCE)
    groups = _groups(claims, submission)
    try:
        async with asyncio.TaskGroup() as tasks:
            for rank, group in enumerate(groups):
                tasks.create_task(_prove_group(desk, group, rank < settings.counterexamples, places, tell))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return _in_order(claims, desk, submission)


def _insistent(run: RunTests) -> RunTests:
    """Return a runner that repeats a run which was lost: it shows nothing, and must not count as one that ended so."""
    left = _AGAIN_IN_ALL

    async def insist(submission: Submission) -> CheckResult:
        nonlocal left
        result = await run(submission)
        for _ in range(_AGAIN):
            if left == 0 or not is_lost(result):
                break
            left -= 1
            result = await run(submission)
        return result

    return insist


class _Desk:
    """What all claims of one sitting share."""

    def __init__(self, submission: Submission, run: RunTests, settings: Settings, fixes: FixDesk) -> None:
        self.submission = submission
        self.run = run
        self.settings = settings
        self.fixes = fixes
        self.stub = stub_of(submission)
        self.expectations = Expectations.of(submission)
        self.found: dict[str, Evidence] = {}


class _Group(Record):
    """Findings that carry the same counterexample."""

    findings: tuple[Finding, ...]
    claim: Claim | Flawed


def _groups(claims: list[Finding], submission: Submission) -> list[_Group]:
    """Return the claims by their counterexample, the gravest first; the order of seats decides nothing."""
    found: dict[str, list[tuple[Finding, Claim | Flawed]]] = {}
    for finding in claims:
        claim = read_claim(finding, submission)
        key = claim.text if isinstance(claim, Claim) else finding.counterexample or ""
        found.setdefault(key, []).append((finding, claim))
    ordered = sorted(found.items(), key=lambda item: (-max(f.severity.rank for f, _ in item[1]), item[0]))
    return [
        _Group(findings=tuple(sorted((f for f, _ in pairs), key=lambda f: f.id)), claim=pairs[0][1])
        for _, pairs in ordered
    ]


async def _prove_group(
    desk: _Desk, group: _Group, wanted: bool, places: asyncio.Semaphore, tell: Callable[[Evidence], None]
) -> None:
    first = group.findings[0]
    if not wanted:
        reason = f"not run: counterexamples = {desk.settings.counterexamples} is the most of one sitting"
        state = EvidenceState.NOT_ATTEMPTED
        shown = Evidence(finding_id=first.id, state=state, flaw=Flaw.TOO_MANY, reason=reason)
    else:
        async with places:
            shown = await _prove(desk, first, group.claim)
    for finding in group.findings:
        evidence: Evidence = shown.but(finding_id=finding.id)
        refuted = evidence.state is EvidenceState.REFUTED
        if finding.fix and (refuted or evidence.state in _SHOWN):
            async with places:
                trial = await desk.fixes.try_fix(finding, group.claim, refuted=refuted)
            evidence = evidence.but(fix=trial)
            mended = mended_by(trial, desk.fixes)
            if mended and evidence.state is EvidenceState.REPRODUCED:
                said = f"{evidence.reason}; its fix, in one place, also mends {mended[0]}"
                evidence = confirm(evidence, by=mended, reason=said)
        desk.found[finding.id] = evidence
        tell(evidence)


async def _prove(desk: _Desk, finding: Finding, claim: Claim | Flawed) -> Evidence:
    """Return what running one counterexample shows, before anybody confirms what it expects."""
    if isinstance(claim, Flawed):
        return _unproved(finding, claim)
    flawed = screen(claim)
    if flawed is not None:
        return _unproved(finding, flawed, claim)
    tests = (SourceFile(path=TEST_FILE, text=claim.text),)
    with_claim: Submission = desk.submission.but(tests=tests)
    first = read_outcome(await desk.run(with_claim), claim, desk.submission)
    if first.flawed is not None:
        return _unproved(finding, first.flawed, claim)
    if not first.passed:
        missed = await _reaches(desk, claim, first)
        if missed is not None:
            return _unproved(finding, missed, claim)
    shown = [first]
    for _ in range(desk.settings.counterexample_runs - 1):
        if not first.passed and first.actual == "no end" and len(shown) >= 2:
            break  # each takes as long as a test may: two are enough to see that it does not end
        shown.append(read_outcome(await desk.run(with_claim), claim, desk.submission))
    return _judged(desk, finding, claim, shown)


async def _reaches(desk: _Desk, claim: Claim, first: Shown) -> Flawed | None:
    """Return why a failure has nothing to do with the code: against a stub it does not fail because that was called."""
    result = await desk.run(desk.stub.but(tests=(SourceFile(path=TEST_FILE, text=claim.text),)))
    errors = [test.error for test in result.tests]
    if ERROR in errors or any(ERROR in (test.reason or "") for test in result.tests):
        return None
    lost = any(test.outcome is TestOutcome.ERROR for test in result.tests) or not result.tests
    if lost or first.crash or _reads_data(claim):
        return None  # the code runs at import, or has only data that the test reads: there is no stub of that
    return Flawed(flaw=Flaw.VACUOUS, reason="it fails as well when nothing of the code is run")


def _reads_data(claim: Claim) -> bool:
    """Whether the test calls nothing of the code, and reads what the code defines."""
    called = {ast.unparse(n.func).split(".")[0].split("(")[0] for n in ast.walk(claim.tree) if isinstance(n, ast.Call)}
    return not called & claim.names


def _judged(desk: _Desk, finding: Finding, claim: Claim, shown: list[Shown]) -> Evidence:
    first, runs = shown[0], len(shown)
    failed = sum(not one.passed and one.flawed is None for one in shown)
    fields = {"finding_id": finding.id, "test": claim.test, "runs": runs, "failed": failed}
    if len({one.kind for one in shown}) > 1:
        endings = {one.kind: one_line(one.ending, 100) for one in shown}
        said = one_line(f"it does not end alike: {'; '.join(endings.values())}", 300)
        reason = f"fails in {failed} of {plural(runs, 'run')}: {said}"
        return Evidence(**fields, state=EvidenceState.FLAKY, flaw=Flaw.UNSTEADY, reason=reason, output=_output(shown))
    if first.passed:
        reason = f"passes in {runs} of {plural(runs, 'run')}: the code does what the claim expects"
        return Evidence(**fields, state=EvidenceState.REFUTED, reason=reason)
    reason = f"fails in {failed} of {plural(runs, 'run')}: {first.reason}"
    evidence = Evidence(
        **fields,
        state=EvidenceState.REPRODUCED,
        kind=EvidenceKind.CRASH if first.crash else EvidenceKind.COUNTEREXAMPLE,
        reason=one_line(reason, 300),
        output=_output(shown),
        expected=first.expected,
        actual=first.actual,
    )
    if first.crash:
        crashed: Evidence = evidence.but(state=EvidenceState.UPHELD)
        return crashed
    return confirm_by_material(evidence, claim, first.line, desk.expectations)


def _output(shown: list[Shown]) -> str | None:
    return next((one.output for one in shown if one.output), None)


def _unproved(finding: Finding, flawed: Flawed, claim: Claim | None = None) -> Evidence:
    chance = flawed.flaw is Flaw.CHANCE
    return Evidence(
        finding_id=finding.id,
        state=EvidenceState.FLAKY if chance else EvidenceState.UNRUNNABLE,
        flaw=flawed.flaw,
        reason=one_line(flawed.reason, 300),
        test=None if claim is None else claim.test,
    )


def _in_order(claims: list[Finding], desk: _Desk, submission: Submission) -> tuple[Evidence, ...]:
    """Return the evidence in the order of the findings, with the seats that found the same on their own."""
    keys = {finding.id: _expects(finding, desk, submission) for finding in claims}
    found = []
    for finding in claims:
        evidence = desk.found[finding.id]
        key = keys[finding.id]
        if evidence.state is EvidenceState.REPRODUCED and key is not None:
            others = sorted({f.source for f in claims if keys[f.id] == key and f.source != finding.source})
            if others:
                said = f"{evidence.reason}; {', '.join(others)} found the same independently"
                evidence = confirm(evidence, by=others, reason=said)
        found.append(evidence)
    return tuple(found)


def _expects(finding: Finding, desk: _Desk, submission: Submission) -> str | None:
    """Return a key of what a reproduced claim expects: equal keys expect the same, whoever wrote them."""
    evidence = desk.found[finding.id]
    claim = read_claim(finding, submission)
    if evidence.state is not EvidenceState.REPRODUCED or isinstance(claim, Flawed):
        return None
    return desk.expectations.key_of(claim)
