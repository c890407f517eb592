"""A kept session decided again: the same ballots, checks and evidence, and only what is asked for changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from council.consensus import DEFAULT
from council.errors import PolicyError, UsageError
from council.policies import Criterion, Policy, Voting, load_policy
from council.protocols import Docket
from council.rehearings import policy_of, replay_session
from council.store import open_store
from council.types.base import now
from council.types.checks import CheckOutcome, CheckResult, SandboxInfo, TestOutcome, TestResult, ValidationReport
from council.types.consensus import Decision
from council.types.findings import Finding, Severity
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.types.session import Session, SessionKind, SessionState
from council.types.submission import Submission

A, B, C = (Seat(name=name, model=f"openai/{name}", provider="openai") for name in "abc")
VOTES = Policy(id="votes", title="Votes")
GRAVE = Finding(id="c-1", source="c", severity=Severity.HIGH, message="returns 1")


def review(seat: Seat, verdict: Verdict, *findings: Finding, cost_usd: float | None = 0.5) -> Review:
    ballot = Ballot(verdict=verdict, findings=findings)
    return Review(seat=seat, outcome=ReviewOutcome.ANSWERED, ballot=ballot, cost_usd=cost_usd, attempts=1)


def report(*checks: CheckResult) -> ValidationReport:
    return ValidationReport(checks=checks, sandbox=SandboxInfo(backend="none"), policy="votes")


def check(name: str, *findings: Finding, outcome: CheckOutcome = CheckOutcome.PASSED, tests: str = "") -> CheckResult:
    results = tuple(
        TestResult(name=f"t{n}", node_id=f"t{n}", outcome=TestOutcome.PASSED if mark == "." else TestOutcome.FAILED)
        for n, mark in enumerate(tests)
    )
    failed = tests.count("F")
    summary = f"{failed} of {len(tests)} tests failed" if failed else "fine"
    return CheckResult(
        name=name, tool=name, outcome=outcome, required=True, summary=summary, findings=findings, tests=results
    )


def session(
    *reviews: Review, policy: Policy = VOTES, checks: ValidationReport | None = None, **more: object
) -> Session:
    whole = Session(
        session_id="7f3k0a9xzq",
        created_at=now(),
        council_version="0.1.0",
        policy=policy.id,
        policy_record=policy.model_dump(mode="json"),
        seats=(A, B, C),
        submission=Submission.from_text("def one(): return 1\n"),
        validation=checks,
        reviews=reviews,
        consensus=DEFAULT.aggregate(Docket(reviews=reviews, report=checks, policy=policy)),
    )
    changed: Session = whole.but(**more)
    return changed


SPLIT = (review(A, Verdict.APPROVE), review(B, Verdict.APPROVE), review(C, Verdict.REQUEST_CHANGES, GRAVE))


def test_without_a_change_it_decides_the_same_and_costs_nothing() -> None:
    before = session(*SPLIT)
    again = replay_session(before)
    assert again.consensus == before.consensus
    assert (again.session_id != before.session_id, again.replayed_from) == (True, before.session_id)
    assert again.revision is not None and again.revision.changes == ()
    assert again.cost.usd == 0 and again.state is SessionState.FINISHED
    assert all(r.recorded_at for r in again.reviews)


@pytest.mark.parametrize(
    ("changes", "decision", "told"),
    [
        ({"quorum": 4}, Decision.NO_QUORUM, "voting.quorum 3 → 4"),
        ({"approve_share": 0.7}, Decision.TIED, "voting.approve_share 0.5 → 0.7"),
        ({"block_at": "high", "block_share": 0.3}, Decision.CHANGES_REQUESTED, "voting.block_at critical → high"),
        ({"voting": {"quorum": 4}}, Decision.NO_QUORUM, "voting.quorum 3 → 4"),
        ({"checks_only": True}, Decision.BLOCKED, "checks_only false → true"),
    ],
)
def test_what_decides_can_be_changed_and_is_named(changes: dict, decision: Decision, told: str) -> None:
    before = session(*SPLIT)
    assert before.consensus is not None and before.consensus.decision is Decision.APPROVED
    again = replay_session(before, changes=changes)
    assert again.consensus is not None and again.consensus.decision is decision
    assert again.revision is not None and told in again.revision.changes
    assert again.revision.decision is Decision.APPROVED and again.revision.score == before.consensus.score


def test_the_policy_is_the_one_of_then_whatever_its_file_says_now(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('title = "Mine"\n[voting]\nquorum = 9\n')
    before = session(*SPLIT, policy=Policy(id="mine", title="Mine"))
    assert policy_of(before, (tmp_path,)).voting.quorum == 3
    assert policy_of(before.but(policy_record=None), (tmp_path,)).voting.quorum == 3, "three named seats"
    with pytest.raises(PolicyError, match="session 7f3k0a9xzq was decided by gone"):
        policy_of(before.but(policy_record=None, policy="gone"))
    unreadable = before.but(policy_record={"id": "mine", "title": "Mine", "from_the_future": 1})
    assert policy_of(unreadable, (tmp_path,)).title == "Mine"


def test_another_policy_counts_by_the_quorum_of_the_same_seats(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text('title = "Two"\n[voting]\nquorum = 5\n')
    again = replay_session(session(*SPLIT), policy="two", folders=(tmp_path,))
    assert again.consensus is not None and again.consensus.quorum.needed == 3, "hand-picked seats, as in a sitting"
    assert again.revision is not None and again.revision.changes[0] == "policy votes → two"
    again = replay_session(session(*SPLIT, panel="local"), policy="two", folders=(tmp_path,))
    assert again.consensus is not None and again.consensus.quorum.needed == 2, "the panel's own"
    gone = replay_session(session(*SPLIT, panel="gone"), policy="two", folders=(tmp_path,))
    assert gone.revision is not None and "panel gone is not here any more" in gone.revision.undone[0]


def test_checks_are_judged_again_by_what_they_found() -> None:
    lint = Finding(id="flake8-1", source="lint", severity=Severity.MEDIUM, message="unused")
    strict = Policy(id="s", title="S", criteria=(Criterion(check="lint", block_at=Severity.MEDIUM),))
    loose = {"criteria": {"lint": {"block_at": "high"}}}
    failed = report(check("lint", lint, outcome=CheckOutcome.FAILED))
    before = session(*SPLIT, policy=strict, checks=failed)
    again = replay_session(before, changes=loose)
    assert (before.consensus.decision, again.consensus.decision) == (Decision.REJECTED, Decision.APPROVED)  # type: ignore[union-attr]
    assert again.validation is not None and again.validation.checks[0].outcome is CheckOutcome.PASSED
    assert before.validation == failed, "the old session stays as it is"


@pytest.mark.parametrize(
    ("tests", "summary", "rate", "passes"),
    [
        ("..F.F", None, 0.6, True),
        ("..F.F", None, 0.7, False),
        ("..F.F", "the report of the tests contradicts itself: 2", 0.1, False),
        ("", "cache.py cannot be imported", 0.1, False),
    ],
)
def test_tests_are_judged_again_by_their_rate_alone(tests: str, summary: str | None, rate: float, passes: bool) -> None:
    policy = Policy(id="s", title="S", criteria=(Criterion(check="tests"),))
    ran = check("tests", outcome=CheckOutcome.FAILED, tests=tests)
    ran = ran if summary is None else ran.but(summary=summary)
    again = replay_session(
        session(*SPLIT, policy=policy, checks=report(ran)), changes={"criteria": {"tests": {"min_pass_rate": rate}}}
    )
    assert again.validation is not None and again.validation.checks[0].passed is passes


def test_tampering_blocks_under_every_policy() -> None:
    forged = Finding(id="t-1", source="tests", severity=Severity.CRITICAL, message="tampered", rule="tampering")
    policy = Policy(id="s", title="S", criteria=(Criterion(check="tests", block_at=Severity.HIGH),))
    ran = report(check("tests", forged, outcome=CheckOutcome.FAILED, tests="F"))
    for changes in ({"criteria": {"tests": {"required": "never", "block_at": "critical"}}},):
        again = replay_session(session(*SPLIT, policy=policy, checks=ran), changes=changes)
        assert again.consensus is not None and again.consensus.decision is Decision.REJECTED


def test_a_check_that_was_not_run_is_said_and_blocks() -> None:
    again = replay_session(session(*SPLIT, checks=report()), policy="base")
    assert again.revision is not None and again.consensus is not None
    assert "syntax was not run in that sitting, and a replay runs nothing" in again.revision.undone
    assert again.consensus.decision is Decision.BLOCKED


def test_rules_the_seats_were_not_shown_are_said() -> None:
    from council.types.calls import Message

    asked = session(*SPLIT, prompt=(Message(role="system", content="Judge."),))
    again = replay_session(asked, policy="python-team")
    assert again.revision is not None and any("other rules were not shown" in s for s in again.revision.undone)
    assert replay_session(asked).revision.undone == ()  # type: ignore[union-attr]


def test_a_reply_that_could_not_be_read_is_read_again() -> None:
    text = '{"analysis": "", "findings": [], "verdict": "reject"}'
    lost = Review(
        seat=C, outcome=ReviewOutcome.UNREADABLE, reason="the reply holds no ballot", raw_text=text, attempts=1
    )
    again = replay_session(session(*SPLIT[:2], lost))
    assert again.reviews[2].ballot is not None and again.reviews[2].ballot.verdict is Verdict.REJECT
    assert again.revision is not None and again.revision.changes == (
        "c: its reply could not be read then, and can be now",
    )
    hopeless = replay_session(session(*SPLIT[:2], lost.but(raw_text="no")))
    assert hopeless.reviews[2].outcome is ReviewOutcome.UNREADABLE


def test_a_sitting_that_was_killed_is_decided_by_what_is_there() -> None:
    killed = session(*SPLIT[:2], state=SessionState.OPEN, consensus=None)
    again = replay_session(killed)
    assert [r.outcome.value for r in again.reviews] == ["answered", "answered", "failed"]
    assert again.consensus is not None and again.consensus.decision is Decision.NO_QUORUM
    assert again.revision is not None and again.revision.decision is None


def test_code_that_nobody_judged_has_nothing_to_decide() -> None:
    with pytest.raises(UsageError, match="nobody has judged it"):
        replay_session(session(kind=SessionKind.GENERATE))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"voting": {"quorumm": 2}}, r"unknown field 'voting.quorumm'. Did you mean quorum"),
        ({"block_at": "hig"}, "voting.block_at"),
        ({"criteria": {"tests": 3}}, "no field of a policy"),
        ({"criteria": {"nonsense": {"required": "never"}}}, "criteria"),
    ],
)
def test_a_wrong_change_is_one_sentence(changes: dict, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        replay_session(session(*SPLIT, policy=load_policy("base")), changes=changes)


def test_voting_fields_are_all_there() -> None:
    assert set(Voting.model_fields) >= {"quorum", "approve_share", "block_at", "block_share"}


def test_sessions_of_the_first_schema_can_be_replayed(tmp_path: Path) -> None:
    copy = tmp_path / "old.db"
    copy.write_bytes((Path(__file__).parents[2] / "data" / "store" / "schema1.db").read_bytes())
    store = open_store(str(copy))
    try:
        kept = [store.read_session(entry.session_id) for entry in store.list_sessions()]
        sittings = [old for old in kept if old.kind is SessionKind.REVIEW]
        assert sittings
        for old in sittings:
            again = replay_session(old)
            assert again.consensus is not None and again.revision is not None
            store.open_session(again)
            assert store.read_session(again.session_id) == again
    finally:
        store.close()
