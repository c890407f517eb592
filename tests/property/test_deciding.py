"""The laws of deciding, each on thousands of random dockets."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from council.consensus import DEFAULT
from council.policies import Criterion, Policy, Voting
from council.protocols import Docket
from council.types.checks import CheckOutcome, CheckResult, SandboxInfo, ValidationReport
from council.types.consensus import Consensus, Decision, Evidence, EvidenceState
from council.types.findings import Finding, Location, Severity
from council.types.reviews import Ballot, BallotFlag, Review, ReviewOutcome, Seat, Verdict

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
    return answered(name, draw(st.sampled_from(list(Verdict))), findings, confidence)


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
    return Docket(reviews=reviews, report=draw(reports()) if checks else None, evidence=evidence, policy=policy)


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


# 5. the score


@some
@given(dockets(), st.randoms(use_true_random=False))
def test_the_order_of_seats_findings_and_evidence_decides_nothing(docket: Docket, random: Random) -> None:
    assert decide(shuffled(docket, random)) == decide(docket)


def shuffled(docket: Docket, random: Random) -> Docket:
    def mixed(items: tuple) -> tuple:
        return tuple(random.sample(items, len(items)))

    reviews = tuple(
        r if r.ballot is None else r.but(ballot=r.ballot.but(findings=mixed(r.ballot.findings))) for r in docket.reviews
    )
    return docket.model_copy(update={"reviews": mixed(reviews), "evidence": mixed(docket.evidence)})


def test_three_thousand_random_panels_do_not_depend_on_order() -> None:
    random = Random(20261123)
    for _ in range(3000):
        reviews = tuple(_random_review(f"s{n}", random) for n in range(random.randint(1, 7)))
        docket = Docket(reviews=reviews, policy=Policy(id="p", title="P", voting=Voting(quorum=random.randint(1, 4))))
        assert decide(shuffled(docket, random)) == decide(docket)


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
        if review.ballot is None:
            return review.but(seat=seat(new))
        findings = tuple(f.but(source=new) for f in review.ballot.findings)
        return review.but(seat=seat(new), ballot=review.ballot.but(findings=findings, confidence=None))

    before, after = decide(docket), decide(with_reviews(docket, tuple(renamed(r) for r in docket.reviews)))
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
    missing = [n for n, r in enumerate(docket.reviews) if r.ballot is None]
    told = [f for r in docket.reviews if r.ballot is not None for f in r.ballot.findings]
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
    assume(2 * sum(r.ballot is None for r in docket.reviews) <= 6)
    verdict, possible = decide(docket), completions(docket)
    if verdict.decided:
        assert possible == {verdict.decision}


@settings(max_examples=60, deadline=None)
@given(dockets(most=5))
def test_undecided_means_that_some_completion_changes_it(docket: Docket) -> None:
    assume(2 * sum(r.ballot is None for r in docket.reviews) <= 6)
    bare = tuple(r if r.ballot is None else r.but(ballot=r.ballot.but(findings=())) for r in docket.reviews)
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
    told = sorted(f.id for r in docket.reviews if r.ballot is not None for f in r.ballot.findings)
    concerns = decide(docket).concerns
    assert sorted(f.id for c in concerns for f in c.members) == told
    assert [c.id for c in concerns] == [str(n) for n in range(1, len(concerns) + 1)]
    for concern in concerns:
        assert concern.seats == tuple(sorted({f.source for f in concern.members}))
        assert concern.of_seats == sum(r.ballot is not None for r in docket.reviews)


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
