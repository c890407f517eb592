"""Concerns: findings of several seats about one thing, merged without hiding or ordering anything.

Two findings are alike when they stand in the same file, their lines are close, and their words overlap. The likeness
of a pair depends on the two alone, and concerns are the connected groups of alike findings, so that neither the order
of seats or findings nor a further finding can take a group apart: what several seats raise can only grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from council.types.consensus import Concern, Evidence, EvidenceState
from council.types.findings import Finding, Location, Severity

LINE_DISTANCE = 3
OVERLAP_NEAR = 0.2
"""Shared weight of words that makes two findings on close lines alike."""
OVERLAP_FAR = 0.4
"""The same where a line is missing."""
STATE_RANKS = {
    EvidenceState.UPHELD: 0,
    EvidenceState.REPRODUCED: 1,
    EvidenceState.NOT_ATTEMPTED: 2,
    EvidenceState.FLAKY: 2,
    EvidenceState.UNRUNNABLE: 2,
    EvidenceState.DISPUTED: 3,
    EvidenceState.REFUTED: 4,
}
"""From what blocks to what does not."""
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(
    "the and that this with for not are was when does will would should can could but its has have from into code "
    "function method which then than instead because there here also only being been they them is it a an in of to on"
    " be as at by or if so no do".split()
)
_TEXT_CHARS = 2000

Terms = Mapping[str, float]


def merge_findings(findings: Iterable[Finding], evidence: Iterable[Evidence], *, of_seats: int) -> tuple[Concern, ...]:
    """Return the concerns of some findings: proved ones first, then by severity, seats and place.

    Every finding is a member of exactly one concern. ``of_seats``: how many seats gave a ballot.
    """
    runs: dict[str, list[Evidence]] = {}
    for item in evidence:
        runs.setdefault(item.finding_id, []).append(item)
    concerns = [_concern(group, runs, of_seats) for group in group_findings(findings)]
    ordered = sorted(concerns, key=_rank)
    return tuple(concern.model_copy(update={"id": str(number)}) for number, concern in enumerate(ordered, 1))


def group_findings(findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], ...]:
    """Return the connected groups of alike findings, in an order that their own does not decide."""
    ordered = sorted(findings, key=_sort_key)
    terms = [_terms(finding) for finding in ordered]
    group = list(range(len(ordered)))
    for second in range(len(ordered)):
        for first in range(second):
            if group[first] != group[second] and _alike(ordered, terms, first, second):
                joined, left = sorted((group[first], group[second]))
                group = [joined if number == left else number for number in group]
    return tuple(
        tuple(finding for finding, owner in zip(ordered, group, strict=True) if owner == number)
        for number in sorted(set(group))
    )


def strongest_state(states: Iterable[EvidenceState]) -> EvidenceState:
    """Return the state that blocks most; without any, that nothing was attempted."""
    return min(states, key=lambda state: (STATE_RANKS[state], state.value), default=EvidenceState.NOT_ATTEMPTED)


def states_by_finding(evidence: Iterable[Evidence]) -> dict[str, EvidenceState]:
    """Return for each finding with evidence the state that blocks most."""
    found: dict[str, list[EvidenceState]] = {}
    for item in evidence:
        found.setdefault(item.finding_id, []).append(item.state)
    return {finding_id: strongest_state(states) for finding_id, states in found.items()}


def _concern(members: tuple[Finding, ...], runs: Mapping[str, list[Evidence]], of_seats: int) -> Concern:
    states = {finding.id: strongest_state(item.state for item in runs.get(finding.id, ())) for finding in members}
    state = strongest_state(states.values())
    of_state = [f for f in members if STATE_RANKS[states[f.id]] == STATE_RANKS[state]]
    head = min(of_state, key=lambda f: (-f.severity.rank, f.severity is Severity.UNKNOWN, f.location is None, _told(f)))
    places = sorted((f.location for f in members if f.location is not None), key=_place_key)
    shown = sorted(
        (item for finding_id in {f.id for f in members} for item in runs.get(finding_id, ())),
        key=lambda item: (
            STATE_RANKS[item.state],
            item.finding_id,
            item.state.value,
            item.reason or "",
            item.output or "",
        ),
    )
    return Concern(
        id="",
        title=head.message,
        severity=head.severity,
        location=head.location or next(iter(places), None),
        members=members,
        seats=tuple(sorted({finding.source for finding in members})),
        of_seats=of_seats,
        state=state,
        evidence=tuple(shown),
    )


def _rank(concern: Concern) -> tuple[object, ...]:
    severity, state = -concern.severity.rank, STATE_RANKS[concern.state]
    return (state, severity, -len(concern.seats), _place_key(concern.location), concern.title, concern.members[0].id)


def _sort_key(finding: Finding) -> tuple[object, ...]:
    return (_place_key(finding.location), _told(finding), finding.severity.rank, finding.source, finding.id)


def _told(finding: Finding) -> tuple[str, str]:
    return (finding.message, finding.explanation or "")


def _place_key(location: Location | None) -> tuple[bool, str, int, int]:
    if location is None:
        return (True, "", 0, 0)
    return (False, location.path, location.line or 0, location.end_line or 0)


def _alike(findings: list[Finding], terms: list[Terms], first: int, second: int) -> bool:
    one, other = findings[first].location, findings[second].location
    if one is not None and other is not None and one.path != other.path:
        return False
    if one is None or other is None or one.line is None or other.line is None:
        return _overlap(terms[first], terms[second]) >= OVERLAP_FAR
    gap = max(one.line, other.line) - min(one.end_line or one.line, other.end_line or other.line)
    return gap <= LINE_DISTANCE and _overlap(terms[first], terms[second]) >= OVERLAP_NEAR


def _terms(finding: Finding) -> Terms:
    """Return the words of a finding by weight: the claim's count double, long words more than short ones."""
    weights: dict[str, float] = {}
    for text, factor in ((finding.message, 2.0), (finding.explanation or "", 1.0)):
        for word in _WORD.findall(text[:_TEXT_CHARS].lower()):
            stem = _stem(word)
            if stem not in _STOP:
                weights[stem] = max(weights.get(stem, 0.0), factor * min(len(stem), 8))
    return weights


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ions", "ion", "ed", "es", "s"):
        if len(word) - len(ending) >= 4 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def _overlap(one: Terms, other: Terms) -> float:
    """Return the shared weight as a fraction of the lighter of the two."""
    lighter = min(sum(one.values()), sum(other.values()))
    if lighter == 0:
        return 1.0 if not one and not other else 0.0
    return sum(min(weight, other[word]) for word, weight in one.items() if word in other) / lighter
