"""What measuring the tests takes from the confidence of an approval, what versions add to it, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.consensus import DEFAULT
from council.consensus.calibration import Trust
from council.consensus.tempering import SUPPORTERS, support, temper
from council.policies import Policy, Voting
from council.protocols import Docket
from council.types import versions
from council.types.consensus import Consensus, Decision
from council.types.probe import Mutant, Probe
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.versions import Terms

MUTANT = Mutant(path="a.py", line=1, kind="constant", before="x = 1", after="x = 2")


def measured(killed: int, survived: int, unreached: int = 0) -> Probe:
    tried = killed + survived
    return Probe(found=tried + unreached, reached=tried, killed=killed, survived=(MUTANT,) * survived)


@given(st.floats(0.02, 0.99), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_it_never_makes_surer_and_less_sure_with_each_change_nobody_noticed(
    confidence: float, killed: int, survived: int, unreached: int
) -> None:
    def after(probe: Probe) -> float:
        kept = temper(Trust(confidence=confidence, rests_on="votes"), Decision.APPROVED, probe).confidence
        assert kept is not None
        return kept

    now = after(measured(killed, survived, unreached))
    assert 0 < now <= confidence
    assert after(measured(killed, survived + 1, unreached)) <= now
    assert after(measured(killed, survived, unreached + 1)) <= now or killed + survived == 0
    assert after(measured(killed + 1, 0)) == confidence


@pytest.mark.parametrize("decision", [decision for decision in Decision if decision is not Decision.APPROVED])
def test_only_an_approval_leans_on_the_tests(decision: Decision) -> None:
    trust = Trust(confidence=0.8, rests_on="votes")
    assert temper(trust, decision, measured(0, 9)) == trust


def test_the_votes_and_the_score_stand_as_they_are() -> None:
    reviews = tuple(
        Review(
            seat=Seat(name=f"s{n}", model=f"a/{n}", provider="a"),
            outcome=ReviewOutcome.ANSWERED,
            ballot=Ballot(verdict=Verdict.APPROVE),
        )
        for n in range(3)
    )

    def decide(probe: Probe | None) -> Consensus:
        policy = Policy(id="p", title="P", voting=Voting(quorum=3))
        return DEFAULT.aggregate(Docket(reviews=reviews, probe=probe, policy=policy))

    plain, probed = decide(None), decide(measured(3, 5))
    assert plain.confidence is not None and probed.confidence is not None
    assert probed.confidence < plain.confidence and "44 % of small changes" in str(probed.confidence_rests_on)
    assert probed.but(confidence=plain.confidence, confidence_rests_on=plain.confidence_rests_on) == plain
    assert decide(measured(8, 0)) == plain


DIFFERENCE = versions.Difference(
    input=versions.Input(steps=("f(1)",), origin=versions.Origin.EXAMPLE), step=0, given={"r": 1}, expected={"r": 2}, agreeing=4, of=4
)


@given(st.floats(0.01, 0.999), st.integers(0, 12), st.booleans(), st.sampled_from(Decision))
def test_versions_only_ever_speak_for_an_approval_they_do_not_contradict(
    confidence: float, agreeing: int, differs: bool, decision: Decision
) -> None:
    trust = Trust(confidence=confidence, rests_on="votes")
    told = versions.Testimony(reason="r", agreeing=agreeing, witnesses=12, inputs=9, difference=DIFFERENCE if differs else None)
    after = support(trust, decision, told)
    if differs or agreeing < SUPPORTERS or decision is not Decision.APPROVED:
        assert after == trust
    else:
        assert after.confidence is not None and confidence <= after.confidence <= max(0.99, confidence)
        assert confidence >= 0.98 or after.confidence > confidence
        assert "independent programs do the same on 9 inputs" in str(after.rests_on)
    assert support(trust, decision, None) == trust


def test_as_many_speak_for_a_program_as_convict_one() -> None:
    assert SUPPORTERS == Terms().agreeing


def test_what_versions_add_is_the_lower_end_of_what_was_measured() -> None:
    told = versions.Testimony(reason="r", agreeing=4, witnesses=4, inputs=1)
    after = support(Trust(confidence=0.75, rests_on="votes"), Decision.APPROVED, told)
    assert after.confidence == pytest.approx(3 * 1.8 / (3 * 1.8 + 1), abs=0.001)
