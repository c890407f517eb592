"""What the number that says how sure a decision is promises, on thousands of random panels and labels."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from council.consensus import DEFAULT, PRIOR, case_of, count_effective, learn
from council.consensus.calibration import LEAST, MOST, trust_votes
from council.consensus.reliability import HEAVIEST, LIGHTEST, weigh_seats
from council.policies import Policy, Voting
from council.protocols import Docket
from council.types.consensus import Consensus, Decision, Ground
from council.types.labels import Case, Label, LabelOrigin, LabelWord, TrackRecord, Vote
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.types.session import Session
from council.types.submission import Submission

SOON = datetime(2026, 11, 25, tzinfo=UTC)
MODELS = ["openai/a", "anthropic/b", "gemini/c", "ollama_chat/d"]
OPINIONS = [Verdict.APPROVE, Verdict.REQUEST_CHANGES, Verdict.REJECT]
some = settings(max_examples=100, deadline=None)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    heard = draw(st.integers(0, 9))
    votes = tuple(Vote(model=draw(st.sampled_from(MODELS)), verdict=draw(st.sampled_from(list(Verdict))))
                  for _ in range(heard))  # fmt: skip
    return Case(
        decision=draw(st.sampled_from(list(Decision))),
        ground=draw(st.sampled_from([None, *Ground])),
        siding=draw(st.integers(0, heard)),
        heard=heard,
        votes=votes,
    )


@st.composite
def a_label(draw: st.DrawFn, number: int) -> Label:
    of_finding = draw(st.booleans())
    words = [LabelWord.REAL, LabelWord.FALSE] if of_finding else [LabelWord.GOOD, LabelWord.BAD]
    raised_by = Case(raised_by=draw(st.sampled_from(MODELS)))
    return Label(
        session_id=f"s{number}",
        finding_id="f-1" if of_finding else None,
        word=draw(st.sampled_from(words)),
        origin=draw(st.sampled_from(list(LabelOrigin))),
        labelled_at=SOON,
        case=raised_by if of_finding else draw(cases()),
    )


@st.composite
def some_labels(draw: st.DrawFn, most: int = 20) -> list[Label]:
    return [draw(a_label(number)) for number in range(draw(st.integers(0, most)))]


def panel(verdicts: list[Verdict], record: TrackRecord | None = None) -> Consensus:
    return DEFAULT.aggregate(docket(verdicts, record))


def docket(verdicts: list[Verdict], record: TrackRecord | None = None) -> Docket:
    reviews = []
    for number, verdict in enumerate(verdicts):
        model = MODELS[number % len(MODELS)]
        seat = Seat(name=f"s{number}", model=model, provider=model.split("/")[0])
        reviews.append(Review(seat=seat, outcome=ReviewOutcome.ANSWERED, ballot=Ballot(verdict=verdict)))
    return Docket(reviews=tuple(reviews), policy=Policy(id="p", title="P", voting=Voting(quorum=1)), record=record)


verdict_lists = st.lists(st.sampled_from(OPINIONS), min_size=1, max_size=9)


@some
@given(verdict_lists, some_labels())
def test_it_is_bounded_and_never_certain(verdicts: list[Verdict], labels: list[Label]) -> None:
    decided = panel(verdicts, learn(labels))
    judged = decided.decision in (Decision.APPROVED, Decision.CHANGES_REQUESTED, Decision.REJECTED)
    assert judged == (decided.confidence is not None) == (decided.ground is not None)
    assert decided.confidence is None or LEAST <= decided.confidence <= MOST
    assert decided.effective_seats is not None and 0 < decided.effective_seats <= len(verdicts)


@some
@given(verdict_lists, some_labels(), st.randoms(use_true_random=False))
def test_neither_the_order_of_seats_nor_of_labels_decides(
    verdicts: list[Verdict], labels: list[Label], random: Random
) -> None:
    record = learn(labels)
    assert learn(random.sample(labels, len(labels))) == record
    sitting = docket(verdicts, record)
    mixed = sitting.model_copy(update={"reviews": tuple(random.sample(sitting.reviews, len(sitting.reviews)))})
    assert DEFAULT.aggregate(mixed) == DEFAULT.aggregate(sitting)


@some
@given(some_labels(), st.integers(1, 12), st.data())
def test_more_agreement_is_never_less_sure(labels: list[Label], heard: int, data: st.DataObject) -> None:
    record = learn(labels)
    fewer = data.draw(st.integers(0, heard - 1))
    assert trust_votes(record, fewer, heard) <= trust_votes(record, fewer + 1, heard)
    assert trust_votes(PRIOR, fewer, heard) < trust_votes(PRIOR, fewer + 1, heard)


@given(st.integers(1, 500))
def test_no_panel_is_so_large_that_it_is_certain(heard: int) -> None:
    assert LEAST <= trust_votes(PRIOR, 0, heard) <= trust_votes(PRIOR, heard, heard) <= MOST


def test_without_labels_it_is_the_shipped_prior() -> None:
    assert learn([]) == PRIOR
    for verdicts in ([Verdict.APPROVE] * 4, [Verdict.REJECT] * 3, [Verdict.APPROVE, Verdict.APPROVE, Verdict.REJECT]):
        assert panel(verdicts) == panel(verdicts, PRIOR) == panel(verdicts, learn([]))
    assert PRIOR.reliability("a/b") == 0.8


@some
@given(st.integers(1, 12), st.data())
def test_without_labels_it_stays_close_to_plain_agreement(heard: int, data: st.DataObject) -> None:
    siding = data.draw(st.integers(heard // 2, heard))
    assert abs(trust_votes(PRIOR, siding, heard) - siding / heard) <= (0.06 if heard > 3 else 0.2)


@some
@given(some_labels(), st.data(), verdict_lists)
def test_one_label_moves_little(labels: list[Label], data: st.DataObject, verdicts: list[Verdict]) -> None:
    more = data.draw(a_label(len(labels)))
    before, after = learn(labels), learn([*labels, more])
    one, other = panel(verdicts, before).confidence, panel(verdicts, after).confidence
    assert (one is None) == (other is None)
    assert one is None or other is None or abs(one - other) <= 0.06
    assert abs(before.correlation - after.correlation) <= 0.1
    for model in MODELS:
        # Each vote moves the common rate, and with it every seat, and its own seat once more.
        votes = sum(vote.model == model for vote in more.case.votes) + len(more.case.votes)
        assert abs(before.reliability(model) - after.reliability(model)) <= 0.05 * votes + 1e-9


@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_the_first_label_moves_little_where_it_moves_most(heard: int, others: int, data: st.DataObject) -> None:
    case = Case(decision=Decision.APPROVED, ground=Ground.VOTES, siding=data.draw(st.integers(0, heard)), heard=heard)
    word = data.draw(st.sampled_from([LabelWord.GOOD, LabelWord.BAD]))
    taught = learn([Label(session_id="s", word=word, labelled_at=SOON, case=case)])
    assert taught.labels == 1
    for siding in range(others + 1):
        assert abs(trust_votes(taught, siding, others) - trust_votes(PRIOR, siding, others)) <= 0.06


@some
@given(some_labels(), verdict_lists)
def test_labels_never_touch_the_decision(labels: list[Label], verdicts: list[Verdict]) -> None:
    bare, taught = panel(verdicts), panel(verdicts, learn(labels))
    for field in ("decision", "quorum", "votes", "decided", "floor", "agreement", "reasons", "ground"):
        assert getattr(bare, field) == getattr(taught, field)
    low, high = {"approved": (6, 10), "rejected": (0, 4)}.get(taught.decision, (0, 5.9))
    assert taught.score is not None and taught.interval is not None
    assert low <= taught.interval[0] <= taught.score <= taught.interval[1] <= high


@some
@given(some_labels(), verdict_lists, st.data())
def test_a_worse_ballot_never_raises_the_score_whatever_the_labels(
    labels: list[Label], verdicts: list[Verdict], data: st.DataObject
) -> None:
    record = learn(labels)
    which = data.draw(st.integers(0, len(verdicts) - 1))
    worse = data.draw(st.sampled_from(OPINIONS[OPINIONS.index(verdicts[which]) :]))
    before, after = panel(verdicts, record), panel([*verdicts[:which], worse, *verdicts[which + 1 :]], record)
    assert before.score is not None and after.score is not None and after.score <= before.score
    assert all(LIGHTEST <= weight <= HEAVIEST for weight in weigh_seats(MODELS, record))


@some
@given(some_labels())
def test_a_run_is_no_judge_of_votes(labels: list[Label]) -> None:
    """What running has shown is counted apart, and moves no confidence."""
    bare = learn([label for label in labels if label.origin is LabelOrigin.PERSON])
    taught = learn(labels)
    assert (bare.intercept, bare.slope, bare.correlation, bare.labels) == (
        taught.intercept, taught.slope, taught.correlation, taught.labels,
    )  # fmt: skip
    for seat in taught.seats:
        before = bare.seat(seat.model)
        assert seat.reliability == (before.reliability if before else seat.reliability)
        runs = [label for label in labels if label.case.raised_by == seat.model and label.finding_id is not None]
        assert seat.upheld + seat.refuted == sum(label.origin is LabelOrigin.EVIDENCE for label in runs)


def test_many_outcomes_move_it_far() -> None:
    def outcomes(word: LabelWord, count: int) -> list[Label]:
        case = Case(decision=Decision.APPROVED, ground=Ground.VOTES, siding=3, heard=3)
        return [Label(session_id=f"{word}{n}", word=word, labelled_at=SOON, case=case) for n in range(count)]

    sure = panel([Verdict.APPROVE] * 3, learn(outcomes(LabelWord.GOOD, 200))).confidence
    half = panel([Verdict.APPROVE] * 3, learn(outcomes(LabelWord.GOOD, 100) + outcomes(LabelWord.BAD, 100))).confidence
    assert sure is not None and half is not None and sure >= 0.97 and half <= 0.65


@some
@given(verdict_lists)
def test_a_case_says_what_the_consensus_says(verdicts: list[Verdict]) -> None:
    sitting = docket(verdicts)
    session = Session(
        session_id="7f3k",
        created_at=SOON,
        council_version="0",
        policy="p",
        submission=Submission.from_text("x = 1\n"),
        reviews=sitting.reviews,
        consensus=DEFAULT.aggregate(sitting),
    )
    assume(session.consensus is not None)
    case = case_of(session)
    assert session.consensus is not None
    assert (case.decision, case.ground) == (session.consensus.decision, session.consensus.ground)
    assert len(case.votes) == case.heard == len(verdicts)
    if session.consensus.confidence is not None:
        assert round(trust_votes(PRIOR, case.siding, case.heard), 3) == session.consensus.confidence


def test_seats_that_err_together_are_worth_fewer() -> None:
    together, apart = [], []
    for number in range(200):
        bad = number % 2 == 0
        alike = Verdict.APPROVE if bad else Verdict.REJECT
        same = tuple(Vote(model=model, verdict=alike if number % 5 == 0 else _right(bad)) for model in MODELS)
        turns = tuple(
            Vote(model=model, verdict=alike if number % 20 == 5 * place else _right(bad))
            for place, model in enumerate(MODELS)
        )
        for labels, votes in ((together, same), (apart, turns)):
            word = LabelWord.BAD if bad else LabelWord.GOOD
            case = Case(decision=Decision.TIED, votes=votes, heard=4)
            labels.append(Label(session_id=f"s{number}", word=word, labelled_at=SOON, case=case))
    assert learn(together).correlation > 0.8 and learn(apart).correlation < 0.1
    assert (count_effective(4, 0.0), count_effective(4, 1.0), count_effective(0, 0.3)) == (4.0, 1.0, None)


def _right(bad: bool) -> Verdict:
    return Verdict.REJECT if bad else Verdict.APPROVE
