"""How evidence gains and loses its standing, for every state and any seats."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from council.evidence import confirm, dispute, weigh_seats
from council.types.evidence import Evidence, EvidenceState

SEATS = st.frozensets(st.sampled_from(["own", "b", "c", "d", "e"]))
STATES = st.sampled_from(list(EvidenceState))


def piece(state: EvidenceState) -> Evidence:
    return Evidence(finding_id="own-1", state=state)


@given(STATES, SEATS)
def test_a_confirmation_upholds_what_was_reproduced_and_nothing_else(state: EvidenceState, by: frozenset[str]) -> None:
    found = confirm(piece(state), by=by)
    others = by - {"own"}
    if others and state in (EvidenceState.REPRODUCED, EvidenceState.DISPUTED):
        assert found.state is EvidenceState.UPHELD
    else:
        assert found.state is state
    assert "own" not in found.confirmed_by


@given(STATES, SEATS, st.integers(0, 5))
def test_most_of_the_others_dispute_and_never_what_is_upheld(state: EvidenceState, by: frozenset[str], of: int) -> None:
    found = dispute(piece(state), by=by, of=of)
    others = by - {"own"}
    if state is EvidenceState.REPRODUCED and 2 * len(others) > of and others:
        assert found.state is EvidenceState.DISPUTED and set(found.denied_by) == others
    else:
        assert found.state is state


@given(SEATS, SEATS, st.permutations(["own", "b", "c", "d", "e"]))
def test_asking_the_others_is_blind_to_order_and_to_the_own_seat(
    yes: frozenset[str], no: frozenset[str], order: list[str]
) -> None:
    def asked(names: list[str]) -> EvidenceState:
        confirming, denying = [n for n in names if n in yes], [n for n in names if n in no]
        return weigh_seats(piece(EvidenceState.REPRODUCED), confirming=confirming, denying=denying, asked=4).state

    state = asked(sorted(order))
    assert asked(order) is state
    for_it, against = len(yes - no - {"own"}), len(no - yes - {"own"})
    if 2 * against > 4:
        assert state is EvidenceState.DISPUTED
    else:
        assert state is (EvidenceState.UPHELD if for_it > against else EvidenceState.REPRODUCED)
