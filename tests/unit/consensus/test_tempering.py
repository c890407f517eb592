"""What measuring the tests takes from the confidence of an approval, and that it takes nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.consensus import DEFAULT
from council.consensus.calibration import Trust
from council.consensus.tempering import temper
from council.policies import Policy, Voting
from council.protocols import Docket
from council.types.consensus import Consensus, Decision
from council.types.probe import Mutant, Probe
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict

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
