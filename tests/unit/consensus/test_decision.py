"""Decisions people met: the field's wrong verdicts, and what the screens show."""

from __future__ import annotations

import pytest

from council.consensus import DEFAULT
from council.consensus.degraded import same_model
from council.policies import Policy, Voting, load_policy
from council.protocols import Aggregator, Docket
from council.types.checks import CheckOutcome, CheckResult, SandboxInfo, ValidationReport
from council.types.consensus import Consensus, Decision, Evidence, EvidenceState
from council.types.findings import Finding, Location, Severity
from council.types.reviews import Ballot, BallotFlag, Review, ReviewOutcome, Seat, Verdict

PASS, FAIL = CheckOutcome.PASSED, CheckOutcome.FAILED
APPROVE, CHANGES, REJECT, ABSTAIN = Verdict.APPROVE, Verdict.REQUEST_CHANGES, Verdict.REJECT, Verdict.ABSTAIN
TEAM = load_policy("python-team")
OPEN = Policy(id="open", title="Open")


def finding(
    seat: str, severity: str = "critical", message: str = "an update leaves the key", line: int = 21
) -> Finding:
    place = Location(path="cache.py", line=line)
    return Finding(id=f"{seat}-{line}", source=seat, severity=Severity(severity), message=message, location=place)


def ballot(seat: str, verdict: Verdict, *findings: Finding, **fields: object) -> Review:
    given = Ballot(verdict=verdict, findings=findings, **fields)
    return Review(seat=_seat(seat), outcome=ReviewOutcome.ANSWERED, ballot=given)


def gone(
    seat: str, outcome: ReviewOutcome = ReviewOutcome.TIMED_OUT, reason: str | None = "no answer in 30 s"
) -> Review:
    return Review(seat=_seat(seat), outcome=outcome, reason=reason)


def _seat(name: str) -> Seat:
    return Seat(name=name, model=f"openai/{name}", provider="openai")


def checks(missing: tuple[str, ...] = (), **outcomes: CheckOutcome) -> ValidationReport:
    found = {"syntax": PASS, "tests": PASS, "security": PASS, "lint": PASS, **outcomes}
    results = tuple(
        CheckResult(name=name, tool=name, outcome=outcome, required=True, summary="3 of 5 tests failed")
        for name, outcome in found.items()
    )
    return ValidationReport(checks=results, sandbox=SandboxInfo(backend="landlock", missing=missing), policy="p")


def decide(*reviews: Review, policy: Policy = OPEN, report: ValidationReport | None = None, **states: str) -> Consensus:
    evidence = tuple(
        Evidence(finding_id=name.replace("_", "-"), state=EvidenceState(state)) for name, state in states.items()
    )
    return DEFAULT.aggregate(Docket(reviews=reviews, report=report, evidence=evidence, policy=policy))


def test_it_fits_the_seam() -> None:
    assert isinstance(DEFAULT, Aggregator)


# the field


def test_unanimity_is_full_agreement_and_opposition_none() -> None:
    for verdict in (APPROVE, CHANGES, REJECT):
        assert decide(*(ballot(f"s{n}", verdict) for n in range(4))).agreement == 1
    split = decide(ballot("a", APPROVE), ballot("b", REJECT), ballot("c", APPROVE), ballot("d", REJECT))
    assert split.agreement == 0 and split.decision is Decision.TIED and split.score == 5


def test_a_lone_survivor_is_no_consensus() -> None:
    result = decide(ballot("a", REJECT, finding("a")), gone("b"), gone("c"), gone("d"))
    assert result.decision is Decision.NO_QUORUM and result.score is None and result.decision.exit_code == 3
    assert result.concerns[0].seats == ("a",) and result.concerns[0].of_seats == 1
    assert result.reasons == ("1 of 4 seats were heard, 3 are needed",) and not result.decided
    assert result.votes == {"approve": 0, "request_changes": 0, "reject": 1, "abstain": 0, "timed_out": 3}


def test_confidence_neither_wins_nor_loses() -> None:
    sure = [ballot(f"x{n}", ABSTAIN, confidence=1.0) for n in range(2)]
    unsure = [ballot(f"a{n}", APPROVE, confidence=0.5) for n in range(3)]
    assert decide(*sure, *unsure).decision is Decision.APPROVED


def test_two_sure_approvals_do_not_outshout_a_proved_critical_finding() -> None:
    panel = (
        ballot("a", APPROVE, confidence=0.95),
        ballot("b", APPROVE, confidence=0.95),
        ballot("c", REJECT, finding("c"), confidence=0.9),
    )
    assert decide(*panel).decision is Decision.APPROVED  # an opinion is one vote …
    assert decide(*panel).concerns[0].severity is Severity.CRITICAL  # … and is shown
    assert decide(*panel, c_21="reproduced").decision is Decision.CHANGES_REQUESTED
    proved = decide(*panel, c_21="upheld")
    assert proved.decision is Decision.REJECTED and proved.score is not None and proved.score <= 4
    assert proved.reasons[0] == "upheld: an update leaves the key (cache.py:21)"
    assert [d.seat for d in proved.dissent] == ["a", "b"]


def test_every_seat_failing_is_not_a_green_gate() -> None:
    result = decide(
        *(gone(f"s{n}", ReviewOutcome.FAILED, "401: wrong key") for n in range(4)), policy=TEAM, report=checks()
    )
    assert result.decision is Decision.NO_QUORUM and result.decision.exit_code == 3
    assert result.degraded[0] == "s0: 401: wrong key"


def test_a_declared_threshold_is_read() -> None:
    panel = [ballot(f"a{n}", APPROVE) for n in range(3)] + [ballot("b", CHANGES), ballot("c", CHANGES)]

    def under(**voting: object) -> Decision:
        return decide(*panel, policy=Policy(id="p", title="P", voting=Voting(**voting))).decision

    assert under() is Decision.APPROVED
    assert under(approve_share=0.6) is Decision.TIED and under(approve_share=0.59) is Decision.APPROVED
    assert under(quorum=6) is Decision.NO_QUORUM
    assert (
        decide(
            ballot("a", APPROVE), policy=Policy(id="p", title="P", voting=Voting(quorum=1, approve_share=1.0))
        ).decision
        is Decision.APPROVED
    )


def test_a_concern_that_half_the_seats_share_prevents_an_approval() -> None:
    voting = Voting(block_at=Severity.HIGH)
    policy = Policy(id="p", title="P", voting=voting)
    told = [ballot(f"s{n}", APPROVE, finding(f"s{n}", "high")) for n in range(2)]
    quiet = [ballot(f"q{n}", APPROVE) for n in range(2)]
    shared = decide(*told, *quiet, policy=policy)
    assert shared.decision is Decision.CHANGES_REQUESTED
    assert shared.reasons[0] == "2 of 4 heard seats share a concern of severity high or worse"
    apart = [told[0], ballot("s1", APPROVE, finding("s1", "high", "SQL injection", 2))]
    assert decide(*apart, *quiet, policy=policy).decision is Decision.APPROVED
    assert decide(*told, *quiet, policy=policy, s0_21="disputed", s1_21="disputed").decision is Decision.APPROVED
    assert decide(*told, *quiet, policy=policy, s0_21="flaky").decision is Decision.CHANGES_REQUESTED


# checks


def test_failed_tests_beat_unanimous_approval() -> None:
    result = decide(
        *(ballot(f"s{n}", APPROVE, analysis="Looks right. Ship it.") for n in range(4)),
        policy=TEAM,
        report=checks(tests=FAIL),
    )
    assert result.decision is Decision.REJECTED and result.floor is Decision.REJECTED
    assert result.score == 4 and result.interval == (4, 4) and result.decided
    assert result.reasons == ("tests: 3 of 5 tests failed", "all 4 heard seats approve")
    assert result.dissent[0].reason == "Looks right."


def test_lint_asks_for_changes_only() -> None:
    panel = [ballot(f"s{n}", APPROVE) for n in range(3)]
    assert decide(*panel, policy=TEAM, report=checks(lint=FAIL)).decision is Decision.CHANGES_REQUESTED


@pytest.mark.parametrize("outcome", [o for o in CheckOutcome if o not in (PASS, FAIL)])
def test_a_check_without_an_answer_blocks_an_approval_but_no_rejection(outcome: CheckOutcome) -> None:
    broken = checks(security=outcome)
    approved = decide(*(ballot(f"s{n}", APPROVE) for n in range(3)), policy=TEAM, report=broken)
    rejected = decide(*(ballot(f"s{n}", REJECT) for n in range(3)), policy=TEAM, report=broken)
    assert approved.decision is Decision.BLOCKED and approved.decision.exit_code == 3
    assert approved.reasons[0].startswith("security: no answer (") and rejected.decision is Decision.REJECTED


def test_without_any_check_a_policy_that_asks_for_them_is_blocked() -> None:
    panel = [ballot(f"s{n}", APPROVE) for n in range(3)]
    assert decide(*panel, policy=TEAM).decision is Decision.BLOCKED
    assert decide(*panel, policy=OPEN).decision is Decision.APPROVED


def test_without_a_key_the_checks_still_reject() -> None:
    nobody = [gone(f"s{n}", ReviewOutcome.FAILED) for n in range(4)]
    assert decide(*nobody, policy=TEAM, report=checks(tests=FAIL)).decision is Decision.REJECTED
    assert decide(*nobody, policy=TEAM, report=checks(lint=FAIL)).decision is Decision.CHANGES_REQUESTED
    assert decide(*nobody, policy=TEAM, report=checks(tests=FAIL)).score is None
    assert decide(*nobody, policy=TEAM, report=checks()).decision is Decision.NO_QUORUM


def test_checks_only_lets_the_checks_decide_and_says_so() -> None:
    policy = load_policy("checks-only")
    good = decide(policy=policy, report=checks())
    assert good.decision is Decision.APPROVED and good.checks_only and good.score is None and good.decided
    assert good.degraded[0] == "the checks alone decided: nobody has judged what they do not cover"
    assert good.reasons == ("4 of 4 required checks passed",) and good.quorum.met and good.quorum.needed == 0
    assert decide(policy=policy, report=checks(tests=FAIL)).decision is Decision.REJECTED
    assert decide(policy=policy, report=checks(tests=CheckOutcome.SKIPPED)).decision is Decision.BLOCKED
    assert decide(policy=policy).decision is Decision.BLOCKED
    empty = ValidationReport(checks=(), sandbox=SandboxInfo(backend="none"), policy="p")
    assert decide(policy=Policy(id="p", title="P", checks_only=True), report=empty).decision is Decision.BLOCKED
    assert decide(ballot("a", APPROVE), policy=policy, report=checks(tests=FAIL)).decision is Decision.REJECTED


# votes


@pytest.mark.parametrize(
    ("words", "decision"),
    [
        ("aaa", Decision.APPROVED),
        ("aac", Decision.APPROVED),
        ("aaar", Decision.APPROVED),
        ("acr", Decision.CHANGES_REQUESTED),
        ("arr", Decision.REJECTED),
        ("ccr", Decision.CHANGES_REQUESTED),
        ("ccrr", Decision.CHANGES_REQUESTED),
        ("crrr", Decision.REJECTED),
        ("aacr", Decision.TIED),
        ("aacc", Decision.TIED),
        ("aarr", Decision.TIED),
        ("aaarrr-", Decision.TIED),
        ("aa-", Decision.NO_QUORUM),
        ("---", Decision.NO_QUORUM),
        ("", Decision.NO_QUORUM),
    ],
)
def test_what_votes_alone_decide(words: str, decision: Decision) -> None:
    kinds = {"a": APPROVE, "c": CHANGES, "r": REJECT, "-": ABSTAIN}
    result = decide(*(ballot(f"s{n}", kinds[word]) for n, word in enumerate(words)))
    assert result.decision is decision
    assert sum(result.votes.values()) == len(words)


def test_decided_looks_at_the_seats_that_are_missing() -> None:
    three = [ballot(f"s{n}", APPROVE) for n in range(3)]
    assert decide(*three).decided and not decide(*three, gone("x"), gone("y"), gone("z")).decided
    assert decide(*(ballot(f"s{n}", REJECT) for n in range(3)), gone("x")).decided
    assert decide(gone("x"), gone("y")).decided  # two seats can never be three
    assert not decide(gone("x"), gone("y"), gone("z")).decided
    assert decide(*(gone(f"s{n}") for n in range(4)), policy=TEAM, report=checks(tests=FAIL)).decided
    assert not decide(*(gone(f"s{n}") for n in range(4)), policy=TEAM, report=checks(lint=FAIL)).decided


# what is said


def test_what_is_missing_is_named() -> None:
    panel = (
        ballot("b", ABSTAIN),
        ballot("a", ABSTAIN, flags=(BallotFlag.UNKNOWN_VERDICT,), quoted_verdict="perhaps\x1b[2J"),
        ballot("d", APPROVE, flags=(BallotFlag.FINDING_DROPPED,), unread=("5",)),
        ballot("e", APPROVE).but(served_model="e-mini"),
        ballot("f", APPROVE).but(served_model="f-2025-12-11"),
        gone("c", ReviewOutcome.OVER_BUDGET, None),
    )
    report = checks(missing=("network",), tests=CheckOutcome.SKIPPED)
    assert decide(*panel, policy=TEAM, report=report).degraded == (
        "a: 'perhaps\\x1b[2J' is no verdict, so it counts as an abstention",
        "b: abstained",
        "c: not asked: the budget is spent",
        "d: 1 finding could not be read",
        "e: answered by e-mini, which is not the model that was asked",
        "tests: not run (3 of 5 tests failed)",
        "sandbox landlock: without network",
    )


@pytest.mark.parametrize(
    ("asked", "served", "same"),
    [
        ("openai/gpt-5.2", "gpt-5.2-2025-12-11", True),
        ("anthropic/claude-sonnet-4-5", "claude-sonnet-4-5-20250929", True),
        ("gemini/gemini-4-argon", "models/gemini-4-argon", True),
        ("ollama_chat/smollm2", "smollm2:latest", True),
        ("openai/gpt-5.2", "gpt-5.2-mini", False),
        ("openai/gpt-5.2", "gpt-5.1", False),
        ("ollama_chat/qwen2.5-coder:1.5b", "qwen2.5-coder:0.5b", False),
        ("perplexity/sonar-pro", "sonar", False),
    ],
)
def test_which_names_mean_the_same_model(asked: str, served: str, same: bool) -> None:
    assert same_model(asked, served) is same


def test_the_headline_comes_first_and_dissent_has_its_reason() -> None:
    result = decide(
        ballot("a", REJECT, finding("a")),
        ballot("b", REJECT),
        ballot("c", APPROVE, analysis="It is fine.\nReally."),
        gone("d"),
    )
    assert result.reasons[0] == "2 of 3 heard seats reject, 1 approves"
    assert [(d.seat, d.verdict, d.reason) for d in result.dissent] == [("c", "approve", "It is fine.")]
    assert result.degraded[0] == "d: no answer in 30 s"


def test_a_finding_nobody_holds_but_evidence_upholds_is_grave() -> None:
    assert decide(*(ballot(f"s{n}", APPROVE) for n in range(3)), x_1="upheld").decision is Decision.REJECTED


def test_a_majority_that_rests_on_refuted_claims_rejects_nothing() -> None:
    panel = (ballot("a", APPROVE), ballot("b", REJECT, finding("b")), ballot("c", REJECT, finding("c")))
    assert decide(*panel).decision is Decision.REJECTED
    refuted = decide(*panel, b_21="refuted", c_21="refuted")
    assert refuted.decision is Decision.TIED and refuted.quorum.met and refuted.score is not None
    assert refuted.reasons[-1] == (
        "c: every claim it made was run and refuted, so its vote neither blocks nor approves"
    )
    half = decide(*panel, b_21="refuted")
    assert (
        half.decision is Decision.TIED and decide(*panel, b_21="refuted", c_21="upheld").decision is Decision.REJECTED
    )
