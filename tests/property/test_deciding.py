"""The laws of deciding, each on thousands of random dockets."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from council._version import __version__
from council.consensus import DEFAULT
from council.policies import Criterion, Policy, Voting
from council.protocols import Docket
from council.rehearings import replay_session
from council.types.base import now
from council.types.checks import CheckOutcome, CheckResult, SandboxInfo, ValidationReport
from council.types.consensus import Consensus, Decision, Evidence, EvidenceState
from council.types.evidence import FixOutcome, FixTrial
from council.types.examinations import Answer, CrossExamination, Ruling, Second
from council.types.findings import Finding, Location, Severity
from council.types.reviews import Ballot, BallotFlag, Review, ReviewOutcome, Seat, Verdict
from council.types.session import Session
from council.types.submission import Submission

ORDER = {
    Decision.REJECTED: 0,
    Decision.CHANGES_REQUESTED: 1,
    Decision.BLOCKED: 2,
    Decision.NO_QUORUM: 2,
    Decision.TIED: 3,
    Decision.APPROVED: 4,
}
SILENT = [outcome for outcome in ReviewOutcome if outcome is not ReviewOutcome.ANSWERED]
OPINIONS = [Verdict.APPROVE, Verdict.REQUEST_CHANGES, Verdict.REJECT]
MESSAGES = [
    "an update leaves the key at its old place",
    "updating a key does not move it to the newest place",
    "holds one item more than its capacity",
    "SQL injection through the name",
    "",
]
RANGES = {Decision.REJECTED: (0, 4), Decision.CHANGES_REQUESTED: (0, 5.99), Decision.APPROVED: (6, 10)}
some = settings(max_examples=150, deadline=None)
few = settings(max_examples=60, deadline=None)


def seat(name: str) -> Seat:
    return Seat(name=name, model=f"openai/{name}", provider="openai")


def answered(
    name: str, verdict: Verdict, findings: tuple[Finding, ...] = (), confidence: float | None = None
) -> Review:
    ballot = Ballot(verdict=verdict, findings=findings, confidence=confidence)
    return Review(seat=seat(name), outcome=ReviewOutcome.ANSWERED, ballot=ballot)


def silent(name: str, outcome: ReviewOutcome = ReviewOutcome.TIMED_OUT) -> Review:
    return Review(seat=seat(name), outcome=outcome, reason="no answer")


def obeyed(review: Review) -> Review:
    """The same seat, had it obeyed the material."""
    alarm = Finding(id=f"{review.seat.name}-obeyed", source=review.seat.name, severity=Severity.HIGH, message="steered")
    lost = {"outcome": ReviewOutcome.OBEYED, "ballot": None, "withdrawn": review.ballot, "alarm": alarm}
    return review.model_copy(update=lost)


@st.composite
def a_finding(draw: st.DrawFn, name: str, number: int) -> Finding:
    line = draw(st.one_of(st.none(), st.integers(1, 12)))
    path = draw(st.sampled_from(["a.py", "b.py", None]))
    return Finding(
        id=f"{name}-{number}",
        source=name,
        severity=draw(st.sampled_from(list(Severity))),
        message=draw(st.sampled_from(MESSAGES)),
        location=None if path is None else Location(path=path, line=line),
    )


@st.composite
def a_review(draw: st.DrawFn, name: str) -> Review:
    if draw(st.integers(0, 3)) == 0:
        return silent(name, draw(st.sampled_from(SILENT)))
    findings = tuple(draw(a_finding(name, n)) for n in range(1, 1 + draw(st.integers(0, 3))))
    confidence = draw(st.one_of(st.none(), st.floats(0, 1)))
    review = answered(name, draw(st.sampled_from(list(Verdict))), findings, confidence)
    return obeyed(review) if draw(st.integers(0, 5)) == 0 else review


@st.composite
def panels(draw: st.DrawFn, most: int = 7) -> tuple[Review, ...]:
    return tuple([draw(a_review(f"s{n}")) for n in range(draw(st.integers(0, most)))])


votings = st.builds(
    Voting,
    quorum=st.integers(1, 4),
    approve_share=st.sampled_from([0.0, 0.5, 0.66, 1.0]),
    block_at=st.sampled_from([Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM]),
    block_share=st.sampled_from([0.0, 0.34, 0.5, 1.0]),
)


@st.composite
def reports(draw: st.DrawFn) -> ValidationReport | None:
    if draw(st.integers(0, 5)) == 0:
        return None
    names = draw(st.lists(st.sampled_from(["syntax", "tests", "lint"]), unique=True))
    outcomes = st.sampled_from([*CheckOutcome, *[CheckOutcome.PASSED] * 8])
    return report({name: draw(outcomes) for name in names})


def report(outcomes: dict[str, CheckOutcome], required: bool = True) -> ValidationReport:
    checks = tuple(
        CheckResult(name=name, tool=name, outcome=outcome, required=required, summary=f"{name} {outcome.value}")
        for name, outcome in outcomes.items()
    )
    return ValidationReport(checks=checks, sandbox=SandboxInfo(backend="none"), policy="p")


@st.composite
def dockets(draw: st.DrawFn, *, checks: bool = True, proofs: bool = True, most: int = 7) -> Docket:
    reviews = draw(panels(most))
    ids = [f.id for r in reviews if r.ballot is not None for f in r.ballot.findings]
    chosen = draw(st.lists(st.sampled_from(ids), unique=True)) if ids and proofs else []
    evidence = tuple(Evidence(finding_id=i, state=draw(st.sampled_from(list(EvidenceState)))) for i in chosen)
    criteria = (
        (
            Criterion(check="syntax", block_at=Severity.INFO),
            Criterion(check="tests", required="if_given"),
            Criterion(check="lint", on_fail="changes_requested"),
        )
        if checks
        else ()
    )
    policy = Policy(id="p", title="P", voting=draw(votings), criteria=criteria)
    seats = [r.seat.name for r in reviews if r.ballot is not None]
    pairs = st.builds(Second, finding_id=st.sampled_from(ids), seat=st.sampled_from(seats)) if ids else st.nothing()
    return Docket(
        reviews=reviews,
        report=draw(reports()) if checks else None,
        evidence=evidence,
        seconds=tuple(draw(st.lists(pairs, max_size=5, unique=True))) if ids else (),
        policy=policy,
    )


def decide(docket: Docket) -> Consensus:
    return DEFAULT.aggregate(docket)


def with_reviews(docket: Docket, reviews: tuple[Review, ...]) -> Docket:
    return docket.model_copy(update={"reviews": reviews})


# 1. the floor


@some
@given(dockets(), st.sampled_from(["syntax", "tests", "lint"]))
def test_a_failed_required_check_caps_decision_and_score(docket: Docket, name: str) -> None:
    others = {c.name: c.outcome for c in docket.report.checks} if docket.report else {}
    verdict = decide(docket.model_copy(update={"report": report({**others, name: CheckOutcome.FAILED})}))
    if name == "lint":
        assert verdict.decision in (Decision.REJECTED, Decision.CHANGES_REQUESTED)
    else:
        assert verdict.decision is Decision.REJECTED
    assert verdict.floor is not None and ORDER[verdict.floor] >= ORDER[verdict.decision]
    assert verdict.score is None or verdict.score <= (4 if verdict.decision is Decision.REJECTED else 5.9)


@some
@given(dockets())
def test_the_printed_score_never_contradicts_the_printed_decision(docket: Docket) -> None:
    verdict = decide(docket)
    if verdict.score is None:
        assert verdict.interval is None
        return
    assert verdict.interval is not None
    low, high = RANGES.get(verdict.decision, (0, 5.99))
    assert low <= verdict.interval[0] <= verdict.score <= verdict.interval[1] <= high


@some
@given(dockets())
def test_nothing_is_approved_over_a_check_that_did_not_pass(docket: Docket) -> None:
    verdict = decide(docket)
    if verdict.decision is Decision.APPROVED:
        assert docket.report is not None
        assert not docket.report.failed and not docket.report.broken
        assert {"syntax", "lint"} <= {check.name for check in docket.report.checks}


# 2. proof beats votes


@some
@given(dockets(), st.data())
def test_proof_beats_votes(docket: Docket, data: st.DataObject) -> None:
    findings = [f for r in docket.reviews if r.ballot is not None for f in r.ballot.findings]
    assume(findings)
    finding = data.draw(st.sampled_from(findings))
    state = data.draw(st.sampled_from([EvidenceState.UPHELD, EvidenceState.REPRODUCED]))
    verdict = decide(docket.model_copy(update={"evidence": (Evidence(finding_id=finding.id, state=state),)}))
    if state is EvidenceState.UPHELD:
        grave = finding.severity in (Severity.CRITICAL, Severity.HIGH, Severity.UNKNOWN)
        allowed = {Decision.REJECTED} if grave else {Decision.REJECTED, Decision.CHANGES_REQUESTED}
        assert verdict.decision in allowed
    else:
        assert ORDER[verdict.decision] <= ORDER[Decision.CHANGES_REQUESTED] or not verdict.quorum.met


NOT_PROVED = [s for s in EvidenceState if s not in (EvidenceState.UPHELD, EvidenceState.REPRODUCED)]


@some
@given(dockets(proofs=False), st.data())
def test_what_is_not_proved_never_makes_a_decision_worse(docket: Docket, data: st.DataObject) -> None:
    findings = [f for r in docket.reviews if r.ballot is not None for f in r.ballot.findings]
    assume(findings)
    finding = data.draw(st.sampled_from(findings))
    state = data.draw(st.sampled_from(NOT_PROVED))
    before, after = decide(docket), decide(
        docket.model_copy(update={"evidence": (Evidence(finding_id=finding.id, state=state),)})
    )
    assert ORDER[after.decision] >= ORDER[before.decision]


@given(st.integers(2, 5), st.sampled_from([Verdict.REJECT, Verdict.REQUEST_CHANGES]))
def test_a_vote_whose_claims_are_all_refuted_cannot_block_alone(approvals: int, verdict: Verdict) -> None:
    finding = Finding(id="x-1", source="x", severity=Severity.CRITICAL, message="wrong")
    reviews = (answered("x", verdict, (finding,)), *(answered(f"a{n}", Verdict.APPROVE) for n in range(approvals)))
    evidence = (Evidence(finding_id="x-1", state=EvidenceState.REFUTED),)
    voting = Voting(quorum=3, block_share=0.0)
    policy = Policy(id="p", title="P", voting=voting)
    open_case = decide(Docket(reviews=reviews, policy=policy))
    refuted = decide(Docket(reviews=reviews, policy=policy, evidence=evidence))
    assert open_case.decision is Decision.CHANGES_REQUESTED and refuted.decision is Decision.APPROVED
    assert refuted.concerns[0].members == (finding,)


@given(st.integers(2, 6), st.sampled_from([s for s in Severity if s.rank >= Severity.HIGH.rank]))
def test_an_upheld_claim_outweighs_any_majority(approvals: int, severity: Severity) -> None:
    finding = Finding(id="x-1", source="x", severity=severity, message="wrong")
    reviews = (
        answered("x", Verdict.REQUEST_CHANGES, (finding,)),
        *(answered(f"a{n}", Verdict.APPROVE) for n in range(approvals)),
    )
    policy = Policy(id="p", title="P", voting=Voting(quorum=1))

    def decided(state: EvidenceState) -> Decision:
        return decide(
            Docket(reviews=reviews, policy=policy, evidence=(Evidence(finding_id="x-1", state=state),))
        ).decision

    assert decided(EvidenceState.UPHELD) is Decision.REJECTED
    assert decided(EvidenceState.REPRODUCED) is Decision.CHANGES_REQUESTED
    assert decided(EvidenceState.DISPUTED) is Decision.APPROVED
    for state in (EvidenceState.FLAKY, EvidenceState.UNRUNNABLE, EvidenceState.NOT_ATTEMPTED):
        assert decided(state) is Decision.APPROVED  # an opinion of one, as if nothing had been run


@some
@given(dockets(), st.data())
def test_stronger_evidence_never_makes_a_decision_better(docket: Docket, data: st.DataObject) -> None:
    """From refuted over disputed and opinion to reproduced and upheld, each step leaves the decision or makes it worse."""
    findings = [f for r in docket.reviews if r.ballot is not None for f in r.ballot.findings]
    assume(findings)
    finding = data.draw(st.sampled_from(findings))
    others = tuple(e for e in docket.evidence if e.finding_id != finding.id)

    def decided(state: EvidenceState) -> int:
        evidence = (*others, Evidence(finding_id=finding.id, state=state))
        return ORDER[decide(docket.model_copy(update={"evidence": evidence})).decision]

    steps = [
        EvidenceState.REFUTED,
        EvidenceState.DISPUTED,
        EvidenceState.NOT_ATTEMPTED,
        EvidenceState.REPRODUCED,
        EvidenceState.UPHELD,
    ]
    ranks = [decided(state) for state in steps]
    assert ranks == sorted(ranks, reverse=True)
    assert decided(EvidenceState.FLAKY) == decided(EvidenceState.UNRUNNABLE) == decided(EvidenceState.NOT_ATTEMPTED)


@some
@given(dockets(), st.data())
def test_who_seconds_a_finding_never_helps_the_code_and_proves_nothing(docket: Docket, data: st.DataObject) -> None:
    """A further voice for a finding can at most ask for changes, and none is heard for one that running has refuted."""
    told = [f for r in docket.reviews if r.ballot is not None for f in r.ballot.findings]
    assume(told)
    finding, name = data.draw(st.sampled_from(told)), data.draw(st.sampled_from(docket.reviews)).seat.name
    more = (*docket.seconds, Second(finding_id=finding.id, seat=name))
    before, after = decide(docket), decide(docket.model_copy(update={"seconds": more}))
    assert after.decision is before.decision or after.decision is Decision.CHANGES_REQUESTED
    assert ORDER[after.decision] <= ORDER[before.decision]
    if any(e.finding_id == finding.id and e.state is EvidenceState.REFUTED for e in docket.evidence):
        strongest = {e.state for e in docket.evidence if e.finding_id == finding.id}
        assert strongest != {EvidenceState.REFUTED} or after.decision is before.decision


@some
@given(dockets(proofs=False), st.sampled_from(list(EvidenceState)))
def test_evidence_about_a_finding_that_no_ballot_holds_never_helps(docket: Docket, state: EvidenceState) -> None:
    before = decide(docket)
    after = decide(docket.model_copy(update={"evidence": (Evidence(finding_id="nobody-1", state=state),)}))
    assert ORDER[after.decision] <= ORDER[before.decision]


# 3. quorum, 4. abstentions


@some
@given(dockets())
def test_quorum_counts_seats_invited_and_without_it_there_is_no_score(docket: Docket) -> None:
    verdict = decide(docket)
    opinions = [r for r in docket.reviews if r.ballot is not None and r.ballot.verdict is not Verdict.ABSTAIN]
    assert verdict.quorum.heard == len(opinions) and verdict.quorum.invited == len(docket.reviews)
    assert verdict.quorum.met == (len(opinions) >= docket.policy.voting.quorum)
    if not verdict.quorum.met:
        assert verdict.score is None and verdict.interval is None
        assert verdict.decision in (Decision.NO_QUORUM, Decision.CHANGES_REQUESTED, Decision.REJECTED)
        assert verdict.decision is Decision.NO_QUORUM or verdict.floor is not None


@few
@given(dockets())
def test_without_ballots_nothing_is_approved(docket: Docket) -> None:
    mute = tuple(silent(r.seat.name) if r.ballot is not None else r for r in docket.reviews)
    assert decide(with_reviews(docket, mute)).decision is not Decision.APPROVED


@some
@given(dockets(proofs=False), st.data())
def test_an_abstention_is_the_same_as_no_answer_and_is_named(docket: Docket, data: st.DataObject) -> None:
    assume(docket.reviews)
    which = data.draw(st.integers(0, len(docket.reviews) - 1))
    name = docket.reviews[which].seat.name

    def put(review: Review) -> Consensus:
        return decide(with_reviews(docket, (*docket.reviews[:which], review, *docket.reviews[which + 1 :])))

    abstained = put(answered(name, Verdict.ABSTAIN))
    for outcome in SILENT:
        unheard = put(silent(name, outcome))
        assert (unheard.decision, unheard.score) == (abstained.decision, abstained.score)
        assert any(sentence.startswith(f"{name}: ") for sentence in unheard.degraded)
        assert unheard.votes[outcome.value] >= 1
    assert f"{name}: abstained" in abstained.degraded


# a seat that obeyed the material


@settings(max_examples=600, deadline=None)
@given(dockets(), st.data())
def test_losing_a_vote_never_helps_the_code(docket: Docket, data: st.DataObject) -> None:
    heard = [r.seat.name for r in docket.reviews if r.ballot is not None]
    assume(heard)
    losers = data.draw(st.sets(st.sampled_from(heard), min_size=1))
    counted = tuple(r if r.withdrawn is None else answered(r.seat.name, Verdict.ABSTAIN) for r in docket.reviews)
    before = decide(with_reviews(docket, counted))
    after = decide(with_reviews(docket, tuple(obeyed(r) if r.seat.name in losers else r for r in counted)))
    assert after.decision is not Decision.APPROVED or before.decision is Decision.APPROVED
    assert ORDER[after.decision] <= ORDER[before.decision] or not after.quorum.met
    kept = tuple(silent(r.seat.name) if r.seat.name in losers else r for r in counted)
    theirs = {f.id for r in counted if r.seat.name in losers and r.ballot is not None for f in r.ballot.findings}
    rest = tuple(proof for proof in docket.evidence if proof.finding_id not in theirs)
    unasked = decide(docket.model_copy(update={"reviews": kept, "evidence": rest}))
    assert ORDER[after.decision] <= ORDER[unasked.decision]


@some
@given(dockets())
def test_a_seat_that_obeyed_was_invited_and_is_not_heard_and_is_named(docket: Docket) -> None:
    lost = [r.seat.name for r in docket.reviews if r.outcome is ReviewOutcome.OBEYED]
    assume(lost)
    verdict = decide(docket)
    assert verdict.quorum.invited == len(docket.reviews)
    assert verdict.votes["obeyed"] == len(lost)
    assert all(any(s.startswith(f"{name}: ") for s in verdict.degraded) for name in lost)
    assert not {one.seat for one in verdict.dissent} & set(lost)


@few
@given(st.integers(3, 6), st.sampled_from(OPINIONS))
def test_one_lost_vote_is_no_veto(approvals: int, verdict: Verdict) -> None:
    reviews = (*(answered(f"a{n}", Verdict.APPROVE) for n in range(approvals)), obeyed(answered("x", verdict)))
    decided = decide(Docket(reviews=reviews, policy=Policy(id="p", title="P", voting=Voting(quorum=3))))
    assert decided.decision is Decision.APPROVED and decided.decided


def test_a_lost_vote_that_would_have_turned_the_decision_is_told() -> None:
    reviews = (
        *(answered(f"a{n}", Verdict.APPROVE) for n in range(2)),
        answered("b", Verdict.REJECT),
        obeyed(answered("x", Verdict.REJECT)),
    )
    decided = decide(Docket(reviews=reviews, policy=Policy(id="p", title="P", voting=Voting(quorum=3))))
    assert decided.decision is Decision.TIED and "obeyed the material" in decided.reasons[0]


@some
@given(dockets(checks=False, proofs=False), st.data())
def test_what_a_lost_vote_has_proved_holds(docket: Docket, data: st.DataObject) -> None:
    lost = [f for r in docket.reviews if r.withdrawn is not None for f in r.withdrawn.findings]
    assume(lost)
    finding = data.draw(st.sampled_from(lost))
    proof = (Evidence(finding_id=finding.id, state=EvidenceState.UPHELD),)
    verdict = decide(docket.model_copy(update={"evidence": proof}))
    grave = finding.severity.rank >= Severity.HIGH.rank
    assert verdict.decision is Decision.REJECTED if grave else ORDER[verdict.decision] <= 1


# three compromised seats of seven


@settings(max_examples=300, deadline=None)
@given(st.data(), votings)
def test_three_compromised_seats_of_seven_never_flip_an_upheld_finding(data: st.DataObject, voting: Voting) -> None:
    honest = tuple(data.draw(a_review(f"s{n}")) for n in range(4))
    bought = tuple(data.draw(a_review(f"s{n}")) for n in range(4, 7))
    proved = Finding(
        id="s0-99", source="s0", severity=data.draw(st.sampled_from(list(Severity))), message="it is wrong"
    )
    first = answered("s0", data.draw(st.sampled_from(list(Verdict))), (proved,))
    claims = [f.id for r in bought if r.ballot is not None for f in r.ballot.findings]
    evidence = (
        Evidence(finding_id=proved.id, state=EvidenceState.UPHELD),
        *(Evidence(finding_id=i, state=data.draw(st.sampled_from(list(EvidenceState)))) for i in claims),
    )
    reviews = tuple(data.draw(st.permutations((first, *honest[1:], *bought))))
    verdict = decide(Docket(reviews=reviews, evidence=evidence, policy=Policy(id="p", title="P", voting=voting)))
    grave = proved.severity.rank >= Severity.HIGH.rank
    assert verdict.decision is Decision.REJECTED if grave else ORDER[verdict.decision] <= 1
    assert verdict.score is None or verdict.score <= (4 if grave else 5.9)
    assert any(proved in concern.members for concern in verdict.concerns)


@settings(max_examples=300, deadline=None)
@given(st.data(), votings)
def test_three_compromised_seats_of_seven_lift_no_floor_and_turn_no_majority(
    data: st.DataObject, voting: Voting
) -> None:
    voting = voting.but(quorum=4)
    against = tuple(answered(f"s{n}", Verdict.REJECT) for n in range(4))
    bought = tuple(data.draw(a_review(f"s{n}")) for n in range(4, 7))
    reviews = tuple(data.draw(st.permutations((*against, *bought))))
    policy = Policy(id="p", title="P", voting=voting, criteria=(Criterion(check="syntax"),))
    broken = report({"syntax": CheckOutcome.FAILED})
    assert decide(Docket(reviews=reviews, report=broken, policy=policy)).decision is Decision.REJECTED
    whole = report({"syntax": CheckOutcome.PASSED})
    assert decide(Docket(reviews=reviews, report=whole, policy=policy)).decision is Decision.REJECTED


# 5. the score


@some
@given(dockets(), st.randoms(use_true_random=False))
def test_the_order_of_seats_findings_and_evidence_decides_nothing(docket: Docket, random: Random) -> None:
    assert decide(shuffled(docket, random)) == decide(docket)


def shuffled(docket: Docket, random: Random) -> Docket:
    def mixed(items: tuple) -> tuple:
        return tuple(random.sample(items, len(items)))

    def turned(ballot: Ballot | None) -> Ballot | None:
        return None if ballot is None else ballot.but(findings=mixed(ballot.findings))

    reviews = tuple(r.but(ballot=turned(r.ballot), withdrawn=turned(r.withdrawn)) for r in docket.reviews)
    rest = {"evidence": mixed(docket.evidence), "seconds": mixed(docket.seconds)}
    return docket.model_copy(update={"reviews": mixed(reviews), **rest})


def test_three_thousand_random_panels_do_not_depend_on_order() -> None:
    random = Random(20261123)
    for _ in range(3000):
        reviews = tuple(_random_review(f"s{n}", random) for n in range(random.randint(1, 7)))
        told = [f.id for r in reviews if r.ballot is not None for f in r.ballot.findings]
        proved = random.sample(told, random.randint(0, len(told)))
        evidence = tuple(_random_evidence(finding_id, random) for finding_id in proved)
        policy = Policy(id="p", title="P", voting=Voting(quorum=random.randint(1, 4)))
        asked = random.sample(told, random.randint(0, len(told)))
        seconds = tuple(Second(finding_id=one, seat=random.choice(reviews).seat.name) for one in asked)
        docket = Docket(reviews=reviews, policy=policy, evidence=evidence, seconds=seconds)
        assert decide(shuffled(docket, random)) == decide(docket)


def _random_evidence(finding_id: str, random: Random) -> Evidence:
    """Return a piece of evidence with all that may stand in it."""
    trial = FixTrial(outcome=random.choice(list(FixOutcome)), reason=random.choice(["holds", "breaks test_one"]))
    return Evidence(
        finding_id=finding_id,
        state=random.choice(list(EvidenceState)),
        reason=random.choice([None, "fails in 5 of 5 runs", "passes in 5 of 5 runs"]),
        output=random.choice([None, "E   assert 3 == 2"]),
        runs=5,
        failed=random.randint(0, 5),
        confirmed_by=tuple(random.sample(["b", "test_one", "task:7"], random.randint(0, 3))),
        fix=random.choice([None, trial]),
    )


def _random_review(name: str, random: Random) -> Review:
    if random.random() < 0.2:
        return silent(name, random.choice(SILENT))
    findings = tuple(
        Finding(
            id=f"{name}-{n}",
            source=name,
            severity=random.choice(list(Severity)),
            message=random.choice(MESSAGES),
            location=Location(path="a.py", line=random.randint(1, 9)),
        )
        for n in range(1, 1 + random.randint(0, 2))
    )
    return answered(name, random.choice(list(Verdict)), findings, random.random())


@some
@given(dockets(), st.permutations([f"s{n}" for n in range(7)]))
def test_names_and_confidence_weigh_nothing(docket: Docket, names: list[str]) -> None:
    def renamed(review: Review) -> Review:
        new = names[int(review.seat.name[1:])]

        def of(ballot: Ballot | None) -> Ballot | None:
            findings = () if ballot is None else tuple(f.but(source=new) for f in ballot.findings)
            return None if ballot is None else ballot.but(findings=findings, confidence=None)

        alarm = None if review.alarm is None else review.alarm.but(source=new)
        return review.but(seat=seat(new), ballot=of(review.ballot), withdrawn=of(review.withdrawn), alarm=alarm)

    seconds = tuple(one.but(seat=names[int(one.seat[1:])]) for one in docket.seconds)
    others = with_reviews(docket, tuple(renamed(r) for r in docket.reviews))
    before, after = decide(docket), decide(others.model_copy(update={"seconds": seconds}))
    for field in ("decision", "score", "interval", "agreement", "quorum", "votes", "decided", "floor"):
        assert getattr(before, field) == getattr(after, field)
    assert [(c.title, c.severity, c.location, len(c.seats)) for c in before.concerns] == [
        (c.title, c.severity, c.location, len(c.seats)) for c in after.concerns
    ]


@settings(max_examples=400, deadline=None)
@given(dockets(), st.data())
def test_a_worse_ballot_never_makes_decision_or_score_better(docket: Docket, data: st.DataObject) -> None:
    opinions = [n for n, r in enumerate(docket.reviews) if r.ballot is not None and r.ballot.verdict in OPINIONS]
    assume(opinions)
    which = data.draw(st.sampled_from(opinions))
    review = docket.reviews[which]
    assert review.ballot is not None
    worse_words = OPINIONS[OPINIONS.index(review.ballot.verdict) :]
    more = tuple(data.draw(a_finding(review.seat.name, n)) for n in range(10, 10 + data.draw(st.integers(0, 2))))
    ballot = review.ballot.but(
        verdict=data.draw(st.sampled_from(worse_words)), findings=(*review.ballot.findings, *more)
    )
    reviews = (*docket.reviews[:which], review.but(ballot=ballot), *docket.reviews[which + 1 :])
    before, after = decide(docket), decide(with_reviews(docket, reviews))
    assert ORDER[after.decision] <= ORDER[before.decision]
    assert (before.score is None) == (after.score is None)
    assert before.score is None or after.score is None or after.score <= before.score


@few
@given(dockets(proofs=False, checks=False), st.integers(1, 9))
def test_unanimity_holds_the_ends_and_opposition_the_middle(docket: Docket, size: int) -> None:
    verdict = decide(docket)
    policy = Policy(id="p", title="P", voting=Voting(quorum=1))

    def unanimous(*words: Verdict) -> Consensus:
        reviews = tuple(answered(f"s{n}", words[n % len(words)]) for n in range(size * len(words)))
        return decide(Docket(reviews=reviews, policy=policy))

    best, worst = unanimous(Verdict.APPROVE), unanimous(Verdict.REJECT)
    split = unanimous(Verdict.APPROVE, Verdict.REJECT)
    assert (best.score, worst.score, split.score) == (10, 0, 5)
    assert split.decision is Decision.TIED and split.agreement == 0
    assert {c.agreement for c in (best, worst, unanimous(Verdict.REQUEST_CHANGES))} == ({1} if size > 1 else {None})
    assert verdict.score is None or 0 <= verdict.score <= 10


@some
@given(dockets())
def test_agreement_is_full_only_for_like_verdicts(docket: Docket) -> None:
    verdict = decide(docket)
    kinds = [verdict.votes[word] for word in ("approve", "request_changes", "reject") if verdict.votes[word]]
    if sum(kinds) < 2:
        assert verdict.agreement is None
    else:
        assert verdict.agreement is not None
        assert (verdict.agreement == 1) == (len(kinds) == 1) and 0 <= verdict.agreement <= 1


# 6. contradictions


@some
@given(dockets(proofs=False), st.data())
def test_an_approval_with_a_critical_finding_counts_as_a_request(docket: Docket, data: st.DataObject) -> None:
    assume(docket.reviews)
    which = data.draw(st.integers(0, len(docket.reviews) - 1))
    name = docket.reviews[which].seat.name
    finding = data.draw(a_finding(name, 1)).but(severity=Severity.CRITICAL)

    def put(verdict: Verdict, *flags: BallotFlag) -> Consensus:
        ballot = Ballot(verdict=verdict, findings=(finding,), flags=flags)
        review = Review(seat=seat(name), outcome=ReviewOutcome.ANSWERED, ballot=ballot)
        return decide(with_reviews(docket, (*docket.reviews[:which], review, *docket.reviews[which + 1 :])))

    asked = put(Verdict.REQUEST_CHANGES)
    for contradicted in (put(Verdict.APPROVE), put(Verdict.APPROVE, BallotFlag.CONTRADICTION)):
        assert (contradicted.decision, contradicted.score) == (asked.decision, asked.score)
        assert contradicted.votes == asked.votes
        assert any(r.startswith(f"{name} approves and lists a critical finding") for r in contradicted.reasons)


# 7. decided or not


def completions(docket: Docket) -> set[Decision]:
    """Every decision that ballots of the missing seats could lead to, by trying all: the slow and sure way."""
    missing = [n for n, r in enumerate(docket.reviews) if r.missing]
    told = [f for r in docket.reviews for b in (r.ballot, r.withdrawn) if b is not None for f in b.findings]
    grave = [Finding(id="", source="", severity=Severity.CRITICAL, message="some other defect")]
    grave += [f.but(severity=Severity.CRITICAL) for f in told[:2]]
    found = set()
    for words in product([None, *OPINIONS], repeat=len(missing)):
        for claim in (None, *grave):
            reviews = list(docket.reviews)
            for place, word in zip(missing, words, strict=True):
                if word is not None:
                    name = reviews[place].seat.name
                    claims = () if claim is None else (claim.but(id=f"{name}-1", source=name),)
                    reviews[place] = answered(name, word, claims)
            found.add(decide(with_reviews(docket, tuple(reviews))).decision)
    return found


@settings(max_examples=60, deadline=None)
@given(dockets(most=5))
def test_decided_means_that_no_completion_changes_the_decision(docket: Docket) -> None:
    assume(2 * sum(r.missing for r in docket.reviews) <= 6)
    verdict, possible = decide(docket), completions(docket)
    if verdict.decided:
        assert possible == {verdict.decision}


@settings(max_examples=60, deadline=None)
@given(dockets(most=5))
def test_undecided_means_that_some_completion_changes_it(docket: Docket) -> None:
    assume(2 * sum(r.missing for r in docket.reviews) <= 6)

    def plain(ballot: Ballot | None) -> Ballot | None:
        return None if ballot is None else ballot.but(findings=())

    bare = tuple(r.but(ballot=plain(r.ballot), withdrawn=plain(r.withdrawn)) for r in docket.reviews)
    docket = docket.model_copy(update={"reviews": bare, "evidence": ()})
    verdict = decide(docket)
    assert verdict.decided == (completions(docket) == {verdict.decision})


# 8. ties


@given(st.integers(1, 5), st.sampled_from([Verdict.REJECT, Verdict.REQUEST_CHANGES]), st.booleans())
def test_an_even_split_is_a_tie_whoever_comes_first(half: int, other: Verdict, first: bool) -> None:
    words = [Verdict.APPROVE, other] if first else [other, Verdict.APPROVE]
    reviews = tuple(answered(f"s{n}", words[n % 2]) for n in range(2 * half))
    verdict = decide(Docket(reviews=reviews, policy=Policy(id="p", title="P", voting=Voting(quorum=1))))
    assert verdict.decision is Decision.TIED and verdict.decision.exit_code == 3
    assert verdict.dissent == ()


# 9. merging


@some
@given(dockets())
def test_every_finding_is_a_member_of_exactly_one_concern(docket: Docket) -> None:
    told = sorted(
        [f.id for r in docket.reviews if r.ballot is not None for f in r.ballot.findings]
        + [r.alarm.id for r in docket.reviews if r.alarm is not None]
    )
    concerns = decide(docket).concerns
    assert sorted(f.id for c in concerns for f in c.members) == told
    assert [c.id for c in concerns] == [str(n) for n in range(1, len(concerns) + 1)]
    for concern in concerns:
        assert concern.seats == tuple(sorted({f.source for f in concern.members}))
        assert concern.of_seats == sum(r.ballot is not None or r.alarm is not None for r in docket.reviews)


# 10. unknown fails closed


@some
@given(dockets(), st.sampled_from([o for o in CheckOutcome if o is not CheckOutcome.PASSED]), st.booleans())
def test_a_required_check_without_a_pass_is_never_approved(
    docket: Docket, outcome: CheckOutcome, required: bool
) -> None:
    broken = report({"syntax": outcome, "lint": CheckOutcome.PASSED}, required)
    assert decide(docket.model_copy(update={"report": broken})).decision is not Decision.APPROVED
    absent = report({"lint": CheckOutcome.PASSED}, required)
    assert decide(docket.model_copy(update={"report": absent})).decision is not Decision.APPROVED


@pytest.mark.parametrize("verdict", OPINIONS)
@given(st.integers(3, 6))
def test_an_unknown_severity_weighs_like_high(verdict: Verdict, size: int) -> None:
    def panel(severity: Severity) -> Consensus:
        told = [(Finding(id=f"s{n}-1", source=f"s{n}", severity=severity, message="it is wrong"),) for n in range(size)]
        reviews = tuple(answered(f"s{n}", verdict, told[n]) for n in range(size))
        voting = Voting(block_at=Severity.HIGH)
        return decide(Docket(reviews=reviews, policy=Policy(id="p", title="P", voting=voting)))

    unknown, high, info = panel(Severity.UNKNOWN), panel(Severity.HIGH), panel(Severity.INFO)
    assert (unknown.decision, unknown.score) == (high.decision, high.score)
    assert verdict is not Verdict.APPROVE or (unknown.decision, info.decision) == (
        Decision.CHANGES_REQUESTED,
        Decision.APPROVED,
    )


# Who wrote the code has no vote


@some
@given(dockets(), st.data())
def test_a_recused_seat_lowers_and_lifts_nothing(docket: Docket, data: st.DataObject) -> None:
    """It decides like a seat that never answers: invited, not heard. Only it will not change its mind."""
    assume(docket.reviews)
    at = data.draw(st.integers(0, len(docket.reviews) - 1))

    def without_ballot(outcome: ReviewOutcome) -> Consensus:
        mine = silent(docket.reviews[at].seat.name, outcome)
        return decide(with_reviews(docket, (*docket.reviews[:at], mine, *docket.reviews[at + 1 :])))

    recused, late = without_ballot(ReviewOutcome.RECUSED), without_ballot(ReviewOutcome.TIMED_OUT)
    assert (recused.decision, recused.score, recused.quorum) == (late.decision, late.score, late.quorum)
    assert recused.quorum.invited == len(docket.reviews)
    assert recused.decided or not late.decided, "no answer of its own is left to come"
    assert any(sentence.startswith(f"{docket.reviews[at].seat.name}: ") for sentence in recused.degraded)


@some
@given(panels(), votings)
def test_nothing_is_approved_by_authors_alone(reviews: tuple[Review, ...], voting: Voting) -> None:
    recused = tuple(silent(review.seat.name, ReviewOutcome.RECUSED) for review in reviews)
    decided = decide(Docket(reviews=recused, policy=Policy(id="p", title="P", voting=voting)))
    assert (decided.decision, decided.score, decided.decided) == (Decision.NO_QUORUM, None, True)


# A kept session decided again


def _said(second: Second) -> CrossExamination:
    ruling = Ruling(finding_id=second.finding_id, answer=Answer.ASKED)
    return CrossExamination(
        seat=second.seat,
        question=(),
        finding_ids=(second.finding_id,),
        outcome=ReviewOutcome.ANSWERED,
        rulings=(ruling,),
    )


@some
@given(dockets())
def test_a_replay_without_a_change_decides_the_same(docket: Docket) -> None:
    """Whatever was decided is decided again from what is kept, and only the time of it is new."""
    before = Session(
        session_id="7f3k0a9xzq",
        created_at=now(),
        council_version=__version__,
        policy=docket.policy.id,
        policy_record=docket.policy.model_dump(mode="json"),
        seats=tuple(review.seat for review in docket.reviews),
        submission=Submission.from_text("x = 1"),
        validation=docket.report,
        reviews=docket.reviews,
        evidence=docket.evidence,
        examinations=tuple(map(_said, docket.seconds)),
        consensus=decide(docket),
    )
    again = replay_session(before)
    assert again.consensus == before.consensus
    assert again.revision is not None and again.revision.changes == ()
    assert replay_session(again).consensus == before.consensus
