"""Merging what several seats say about one thing."""

from __future__ import annotations

from itertools import permutations

import pytest

from council.consensus.concerns import merge_findings
from council.types.consensus import Evidence, EvidenceState
from council.types.findings import Finding, Location, Severity


def told(
    seat: str,
    message: str,
    *,
    line: int | None = 21,
    severity: str = "high",
    path: str | None = "cache.py",
    number: int = 1,
) -> Finding:
    place = None if path is None else Location(path=path, line=line)
    return Finding(id=f"{seat}-{number}", source=seat, severity=Severity(severity), message=message, location=place)


A = told("a", "put() does not move an existing key to the end when it is updated", severity="critical")
B = told("b", "Updating an existing key leaves its position unchanged", line=22)
C = told("c", "The capacity check is off by one: the cache holds one item too many", line=24)
D = told("d", "Off-by-one in the capacity check", line=23)
E = told("e", "get should raise KeyError", line=9, severity="medium")


def groups(*findings: Finding) -> set[frozenset[str]]:
    return {frozenset(c.seats) for c in merge_findings(findings, (), of_seats=5)}


def test_one_thing_in_different_words_is_one_concern_and_neighbours_stay_apart() -> None:
    assert groups(A, B, C, D, E) == {frozenset("ab"), frozenset("cd"), frozenset("e")}


def test_no_order_changes_anything() -> None:
    first = merge_findings((A, B, C, D, E), (), of_seats=5)
    for order in permutations((A, B, C, D, E)):
        assert merge_findings(order, (), of_seats=5) == first


def test_a_concern_shows_its_worst_member_and_keeps_all() -> None:
    concern = merge_findings((B, A), (), of_seats=4)[0]
    assert concern.title == A.message and concern.severity is Severity.CRITICAL and concern.location == A.location
    assert concern.members == (A, B) and concern.seats == ("a", "b") and concern.of_seats == 4 and concern.id == "1"


def test_other_files_and_far_lines_are_other_things() -> None:
    assert len(groups(A, told("b", A.message, path="other.py"))) == 2
    assert len(groups(A, told("b", A.message, line=40))) == 2
    assert len(groups(A, told("b", A.message, line=None))) == 1
    assert len(groups(A, told("b", A.message, path=None))) == 1
    assert len(groups(A, told("b", "SQL injection through the name"))) == 2


@pytest.mark.parametrize("state", list(EvidenceState))
def test_proved_first_and_refuted_last(state: EvidenceState) -> None:
    ranks = {EvidenceState.UPHELD: 0, EvidenceState.REPRODUCED: 0, EvidenceState.DISPUTED: 2, EvidenceState.REFUTED: 2}
    concerns = merge_findings((A, C, E), (Evidence(finding_id="e-1", state=state),), of_seats=3)
    titles = [c.title for c in concerns]
    assert titles.index(E.message) == ranks.get(state, 2)
    own = concerns[titles.index(E.message)]
    assert own.state is state and own.evidence[0].finding_id == "e-1"
    assert [c.id for c in concerns] == ["1", "2", "3"]


def test_a_refuted_member_does_not_speak_for_the_concern() -> None:
    concern = merge_findings((A, B), (Evidence(finding_id="a-1", state=EvidenceState.REFUTED),), of_seats=2)[0]
    assert concern.state is EvidenceState.NOT_ATTEMPTED and concern.severity is Severity.HIGH
    assert set(concern.members) == {A, B}
