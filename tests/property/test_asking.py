"""Asking only as much as needed: what may stop the asking, what never does, and that nothing is faked by it."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from council.consensus import DEFAULT, PRIOR, order_seats, spare_seats
from council.consensus.stopping import chance_of_change
from council.consensus.voting import Count
from council.policies import Asking, Policy, Voting
from council.protocols import Docket
from council.types.checks import CheckOutcome, CheckResult, SandboxInfo, ValidationReport
from council.types.consensus import Decision
from council.types.findings import Finding, Severity
from council.types.labels import SeatRecord
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict

OPINIONS = [Verdict.APPROVE, Verdict.REQUEST_CHANGES, Verdict.REJECT]
some = settings(max_examples=150, deadline=None)
verdicts = st.lists(st.sampled_from([*OPINIONS, Verdict.ABSTAIN, None]), max_size=6)


def review(name: str, verdict: Verdict | None, findings: tuple[Finding, ...] = ()) -> Review:
    seat = Seat(name=name, model=f"m/{name}", provider="m")
    if verdict is None:
        return Review(seat=seat, outcome=ReviewOutcome.TIMED_OUT)
    return Review(seat=seat, outcome=ReviewOutcome.ANSWERED, ballot=Ballot(verdict=verdict, findings=findings))


def docket(
    sure: float = 0.95, mode: str = "sequential", report: ValidationReport | None = None, **voting: object
) -> Docket:
    policy = Policy(
        id="p",
        title="P",
        voting=Voting.model_validate(voting),
        asking=Asking.model_validate({"mode": mode, "sure": sure}),
    )
    return Docket(policy=policy, report=report)


def reviews(words: list[Verdict | None]) -> tuple[Review, ...]:
    return tuple(review(f"s{number}", word) for number, word in enumerate(words))


@some
@given(verdicts, st.integers(1, 4), st.integers(1, 4), st.sampled_from([0.6, 0.9, 1.0]))
def test_no_seat_is_spared_before_the_quorum_is_heard(
    words: list[Verdict | None], waiting: int, quorum: int, sure: float
) -> None:
    heard = sum(word not in (None, Verdict.ABSTAIN) for word in words)
    spared = spare_seats(docket(sure, quorum=quorum), reviews(words), waiting)
    if heard < quorum and heard + waiting >= quorum:
        assert spared is None


@some
@given(verdicts, st.integers(1, 3), st.integers(1, 3))
def test_at_full_certainty_no_answer_could_have_changed_the_decision(
    words: list[Verdict | None], waiting: int, quorum: int
) -> None:
    empty = docket(1.0, quorum=quorum)
    if spare_seats(empty, reviews(words), waiting) is None:
        return
    before = DEFAULT.aggregate(empty.model_copy(update={"reviews": reviews(words)}))
    for more in product([*OPINIONS, Verdict.ABSTAIN, None], repeat=waiting):
        after = DEFAULT.aggregate(empty.model_copy(update={"reviews": reviews([*words, *more])}))
        assert after.decision is before.decision


@some
@given(verdicts, st.integers(1, 4), st.integers(1, 3))
def test_who_asks_for_more_certainty_spares_no_more_seats(
    words: list[Verdict | None], waiting: int, quorum: int
) -> None:
    spared = [spare_seats(docket(sure, quorum=quorum), reviews(words), waiting) for sure in (0.6, 0.8, 0.95, 1.0)]
    kept = [reason is None for reason in spared]
    assert kept == sorted(kept)


@given(verdicts, st.integers(1, 4))
@some
def test_all_seats_are_asked_by_default(words: list[Verdict | None], waiting: int) -> None:
    assert Policy(id="p", title="P").asking.mode == "all"
    assert spare_seats(docket(0.6, "all", quorum=1), reviews(words), waiting) is None


@some
@given(verdicts, st.integers(0, 4), st.integers(1, 3))
def test_an_unspent_seat_is_named_and_fakes_no_quorum(words: list[Verdict | None], spare: int, quorum: int) -> None:
    told = reviews(words)
    unspent = tuple(
        Review(seat=Seat(name=f"u{n}", model="m/u", provider="m"), outcome=ReviewOutcome.UNSPENT, reason="not asked: x")
        for n in range(spare)
    )
    empty = docket(quorum=quorum)
    before = DEFAULT.aggregate(empty.model_copy(update={"reviews": told}))
    after = DEFAULT.aggregate(empty.model_copy(update={"reviews": (*told, *unspent)}))
    assert (after.decision, after.score, after.quorum.heard) == (before.decision, before.score, before.quorum.heard)
    assert after.quorum.invited == len(told) + spare and after.quorum.met == before.quorum.met
    assert all(f"u{n}: not asked: x" in after.degraded for n in range(spare))
    assert after.votes.get("unspent", 0) == spare


def test_failed_tests_spare_every_seat_and_nothing_is_approved() -> None:
    failed = CheckResult(name="tests", tool="pytest", outcome=CheckOutcome.FAILED, required=True, summary="1 failed")
    report = ValidationReport(checks=(failed,), sandbox=SandboxInfo(backend="none"), policy="p")
    assert spare_seats(docket(1.0, report=report, quorum=2), (), 4) == "no answer could change the decision"
    assert spare_seats(docket(1.0, quorum=2), (), 4) is None


def test_a_quorum_that_cannot_be_met_any_more_is_not_bought() -> None:
    assert spare_seats(docket(quorum=3), reviews([None, None]), 2) is not None
    assert spare_seats(docket(quorum=3), reviews([None, Verdict.APPROVE]), 2) is None


def test_a_grave_concern_of_one_seat_keeps_the_others_busy() -> None:
    finding = Finding(id="a-1", source="a", severity=Severity.CRITICAL, message="SQL injection through the name")
    told = (review("a", Verdict.REJECT, (finding,)), review("b", Verdict.APPROVE))
    assert spare_seats(docket(0.8, quorum=2), told, 3) is None


@some
@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(1, 4))
def test_the_chances_of_all_answers_add_up(approve: int, change: int, reject: int, waiting: int) -> None:
    count = Count(approve=approve, request_changes=change, reject=reject)
    assert abs(chance_of_change(count, waiting, lambda *more: True) - 1) < 1e-9
    assert chance_of_change(count, waiting, lambda *more: False) == 0
    up = chance_of_change(count, waiting, lambda a, c, r: c + r > 0)
    fewer = Count(approve=approve + 1, request_changes=change, reject=reject)
    assert chance_of_change(fewer, waiting, lambda a, c, r: c + r > 0) < up


def test_seats_are_asked_by_what_they_tell_for_their_price() -> None:
    seats = tuple(Seat(name=name, model=f"m/{name}", provider="m") for name in ("dear", "cheap", "weak", "unknown"))
    weak = SeatRecord(model="m/weak", right=50, wrong=50, reliability=0.52, interval=(0.4, 0.6))
    known = Docket(policy=Policy(id="p", title="P"), record=PRIOR.but(seats=(weak,)))
    costs = {"dear": 0.08, "cheap": 0.01, "weak": 0.01, "unknown": None}
    assert order_seats(seats, known, costs) == ("cheap", "dear", "unknown", "weak")
    assert order_seats(seats[::-1], known, costs) == ("cheap", "dear", "unknown", "weak")
    assert order_seats(seats, Docket(policy=known.policy), {}) == ("cheap", "dear", "unknown", "weak")


def test_a_decision_is_needed_before_a_seat_is_spared() -> None:
    assert spare_seats(docket(0.51, quorum=2), reviews([Verdict.APPROVE, Verdict.REJECT]), 1) is None
    told = reviews([Verdict.APPROVE] * 3)
    assert DEFAULT.aggregate(docket(quorum=3).model_copy(update={"reviews": told})).decision is Decision.APPROVED
    assert spare_seats(docket(0.9, quorum=3), told, 2) is not None
