"""How a reproduced claim gains or loses its standing: by what confirms its expectation, and by seats that deny it.

A seat never judges its own finding: its own name among those who confirm or deny is left out. What the task's examples,
a given test or the code's own failure have upheld, no vote takes back.
"""

from __future__ import annotations

from collections.abc import Iterable

from council.text import one_line, plural
from council.types.evidence import Evidence, EvidenceState

_OPEN = (EvidenceState.REPRODUCED, EvidenceState.DISPUTED)


def confirm(evidence: Evidence, *, by: str | Iterable[str], reason: str | None = None) -> Evidence:
    """Return the evidence as it stands when these (seats, tests, lines of the task) expect the same.

    A reproduced or disputed claim becomes upheld; one that is upheld already only gains names. Any other state stays.

    >>> confirm(Evidence(finding_id="a-1", state=EvidenceState.REPRODUCED), by="b").state.value
    'upheld'
    >>> confirm(Evidence(finding_id="a-1", state=EvidenceState.REPRODUCED), by="a").state.value
    'reproduced'
    """
    names = _others(evidence, (by,) if isinstance(by, str) else by)
    if not names or evidence.state not in (*_OPEN, EvidenceState.UPHELD):
        return evidence
    confirmed = tuple(dict.fromkeys((*evidence.confirmed_by, *names)))
    said = evidence.reason if reason is None else one_line(reason, 300)
    changed: Evidence = evidence.but(state=EvidenceState.UPHELD, confirmed_by=confirmed, reason=said)
    return changed


def dispute(evidence: Evidence, *, by: str | Iterable[str], of: int, reason: str | None = None) -> Evidence:
    """Return the evidence as it stands when these seats, of so many others asked, say that the task asks for no such
    thing.

    A reproduced claim that most of those asked deny is disputed. An upheld one stays upheld, with their names.

    >>> dispute(Evidence(finding_id="a-1", state=EvidenceState.REPRODUCED), by=("b", "c"), of=3).state.value
    'disputed'
    >>> dispute(Evidence(finding_id="a-1", state=EvidenceState.REPRODUCED), by="b", of=2).state.value
    'reproduced'
    """
    names = _others(evidence, (by,) if isinstance(by, str) else by)
    if not names or evidence.state not in (*_OPEN, EvidenceState.UPHELD):
        return evidence
    denied = tuple(dict.fromkeys((*evidence.denied_by, *names)))
    if evidence.state is EvidenceState.UPHELD or 2 * len(denied) <= of:
        changed: Evidence = evidence.but(denied_by=denied)
        return changed
    said = reason or f"{len(denied)} of {plural(of, 'other seat')} say that the task does not ask for it"
    disputed: Evidence = evidence.but(state=EvidenceState.DISPUTED, denied_by=denied, reason=one_line(said, 300))
    return disputed


def weigh_seats(evidence: Evidence, *, confirming: Iterable[str], denying: Iterable[str], asked: int) -> Evidence:
    """Return the evidence after other seats were asked whether the task wants what the claim expects.

    Most of those asked deny it: disputed. More confirm it than deny it: upheld. Else it stays reproduced. Who is named
    on both sides has said nothing.
    """
    yes, no = set(_others(evidence, confirming)), set(_others(evidence, denying))
    yes, no = yes - no, no - yes
    heard = dispute(evidence, by=sorted(no), of=asked)
    if heard.state is EvidenceState.DISPUTED or len(yes) <= len(no):
        return heard
    return confirm(heard, by=sorted(yes))


def seat_of(evidence: Evidence) -> str:
    """Return the seat whose finding it is: a finding's id is its seat's name and a number."""
    return evidence.finding_id.rpartition("-")[0]


def _others(evidence: Evidence, names: Iterable[str]) -> tuple[str, ...]:
    own = seat_of(evidence)
    return tuple(dict.fromkeys(name for name in names if name != own))
