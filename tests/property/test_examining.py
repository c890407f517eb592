"""The laws of cross-examination: what no answer of any seat can do, whoever gives it and in whatever order."""

from __future__ import annotations

import asyncio
import json
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from council.consensus import DEFAULT
from council.evidence import weigh_seats
from council.models.fakes import ScriptedClient
from council.policies import Policy, Voting
from council.protocols import Docket
from council.reviewing import Bar, cross_examine
from council.reviewing.examining import seconds_of, weighed
from council.settings import Settings
from council.templating import Templates
from council.types.consensus import Decision
from council.types.evidence import Evidence, EvidenceState
from council.types.examinations import Answer, CrossExamination, Ruling, Second
from council.types.findings import Finding, Severity
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.types.submission import Submission

ORDER = (Decision.APPROVED, Decision.TIED, Decision.CHANGES_REQUESTED, Decision.REJECTED)
SEATS = ("a", "b", "c", "d", "e")
TEMPLATES = Templates()
SUBMISSION = Submission.from_text("def f():\n    return 1\n", task="f returns 1.")
few = settings(max_examples=60, deadline=None)
many = settings(max_examples=300, deadline=None)


@st.composite
def calls(draw: st.DrawFn) -> tuple[CrossExamination, ...]:
    """Any answers of any seats, as a compromised one could give them: also on its own claim, and on what it was not asked."""
    made = []
    for name in draw(st.lists(st.sampled_from(SEATS), max_size=7)):
        ids = tuple(draw(st.lists(st.sampled_from([f"{s}-1" for s in SEATS]), max_size=3, unique=True)))
        said = draw(
            st.lists(st.tuples(st.sampled_from([f"{s}-1" for s in SEATS]), st.sampled_from(list(Answer))), max_size=4)
        )
        made.append(
            CrossExamination(
                seat=name,
                round=draw(st.integers(1, 3)),
                question=(),
                finding_ids=ids,
                outcome=draw(st.sampled_from([ReviewOutcome.ANSWERED, *ReviewOutcome])),
                rulings=tuple(Ruling(finding_id=i, answer=a) for i, a in said),
            )
        )
    return tuple(made)


evidences = st.lists(st.sampled_from(list(EvidenceState)), min_size=1, max_size=5).map(
    lambda states: tuple(Evidence(finding_id=f"{SEATS[n]}-1", state=state) for n, state in enumerate(states))
)


@many
@given(evidences, calls())
def test_only_what_was_reproduced_moves(evidence: tuple[Evidence, ...], answered: tuple[CrossExamination, ...]) -> None:
    """A refuted claim never blocks again, an upheld one never falls, an unproved one proves nothing by being liked."""
    for before, after in zip(evidence, weighed(evidence, answered, weigh_seats), strict=True):
        if before.state in (EvidenceState.REPRODUCED, EvidenceState.DISPUTED):
            assert after.state in (EvidenceState.REPRODUCED, EvidenceState.DISPUTED, EvidenceState.UPHELD)
        else:
            assert after.state is before.state
        assert before.finding_id.partition("-")[0] not in (*after.confirmed_by, *after.denied_by), "its own judge"


@many
@given(calls())
def test_a_minority_can_dispute_nothing(answered: tuple[CrossExamination, ...]) -> None:
    """Denied is only what most of those that were asked deny; silent ones count as asked."""
    (run,) = weighed((Evidence(finding_id="a-1", state=EvidenceState.REPRODUCED),), answered, weigh_seats)
    asked = {call.seat for call in answered if "a-1" in call.finding_ids}
    denying = {
        call.seat
        for call in answered
        if call.outcome is ReviewOutcome.ANSWERED
        and "a-1" in call.finding_ids
        and any(r.finding_id == "a-1" and r.answer is Answer.NOT_ASKED for r in call.rulings)
    }
    assert run.state is not EvidenceState.DISPUTED or 2 * len(denying) > len(asked - {"a"})


@many
@given(evidences, calls(), st.randoms(use_true_random=False))
def test_the_order_of_answers_and_claims_decides_nothing(
    evidence: tuple[Evidence, ...], answered: tuple[CrossExamination, ...], random: Random
) -> None:
    assume(len({(call.seat, call.round) for call in answered}) == len(answered))
    mixed, turned = list(answered), list(evidence)
    random.shuffle(mixed)
    random.shuffle(turned)
    one = {run.finding_id: run for run in weighed(evidence, answered, weigh_seats)}
    other = {run.finding_id: run for run in weighed(turned, mixed, weigh_seats)}
    assert one == other


@st.composite
def panels(draw: st.DrawFn) -> tuple[Review, ...]:
    made = []
    for name in SEATS[: draw(st.integers(2, 5))]:
        claim = Finding(
            id=f"{name}-1",
            source=name,
            severity=draw(st.sampled_from([Severity.CRITICAL, Severity.HIGH, Severity.LOW])),
            message=f"claim of {name}",
            counterexample="def test_x(): ...",
        )
        ballot = Ballot(
            verdict=draw(st.sampled_from([Verdict.APPROVE, Verdict.REQUEST_CHANGES, Verdict.REJECT])),
            findings=(claim,) if draw(st.booleans()) else (),
        )
        seat = Seat(name=name, model=f"openai/{name}", provider="openai")
        made.append(Review(seat=seat, outcome=ReviewOutcome.ANSWERED, ballot=ballot))
    return tuple(made)


@few
@given(panels(), evidences, st.integers(0, 3), st.integers(0, 8), st.randoms(use_true_random=False))
def test_calls_are_bounded_never_to_the_own_seat_and_blind_to_order(
    reviews: tuple[Review, ...], evidence: tuple[Evidence, ...], rounds: int, most: int, random: Random
) -> None:
    policy = Policy(id="p", title="P", voting=Voting(quorum=1))
    knobs = Settings(cross_examination_rounds=rounds, cross_examination_calls=most)
    script = {name: random.choice(list(Answer)).value for name in SEATS}

    def answer_of(name: str) -> str:
        rulings = [{"claim": n, "grounds": "g", "ruling": script[name]} for n in range(1, 6)]
        return json.dumps({"rulings": rulings})

    def examine(
        sitting: tuple[Review, ...], runs: tuple[Evidence, ...]
    ) -> tuple[dict[str, Evidence], tuple[CrossExamination, ...], Decision, Decision]:
        client = ScriptedClient({f"openai/{name}": answer_of(name) for name in SEATS})
        bar = Bar(client, SUBMISSION, knobs, TEMPLATES, turn_away=lambda seat, reply: None)

        def decides(found: tuple[Evidence, ...], seconds: tuple[Second, ...]) -> Decision:
            return DEFAULT.aggregate(
                Docket(reviews=sitting, evidence=found, seconds=seconds, policy=policy)
            ).decision  # fmt: skip

        found, held = asyncio.run(cross_examine(sitting, runs, bar, weigh=weigh_seats, decides=decides))
        assert len(client.calls) == len(held) <= min(most, rounds * len(sitting))
        return {run.finding_id: run for run in found}, held, decides(runs, ()), decides(found, seconds_of(held))

    found, held, before, after = examine(reviews, evidence)
    for call in held:
        assert all(not finding_id.startswith(f"{call.seat}-") for finding_id in call.finding_ids)
    if not any(run.state is EvidenceState.REPRODUCED for run in evidence):
        assert found == {run.finding_id: run for run in evidence}, "opinions run nothing"
        assert ORDER.index(after) >= ORDER.index(before), "and help nothing"
    turned = (tuple(reversed(reviews)), tuple(reversed(evidence)))
    again, once_more, _, decision = examine(*turned)
    assert (again, decision) == (found, after)
    assert {(c.seat, c.round): c.finding_ids for c in held} == {(c.seat, c.round): c.finding_ids for c in once_more}
