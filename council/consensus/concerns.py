"""Concerns: findings of several seats about one thing, merged without hiding or ordering anything.

What people are shown are groups by average linkage: findings that are on average more likely one thing than not, given
all that was said of the change. What the decision counts is a simpler thing, so that what several seats raise can only
grow: how many seats have a finding that, looked at alone, is like one grave finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from council.consensus.grouping import group_alike
from council.consensus.likeness import compare_alone, compare_within
from council.types.consensus import Concern, Evidence, EvidenceState
from council.types.examinations import Second
from council.types.findings import Finding, Location, Severity

ONE_THING = 0.5
"""Findings are merged when they are on average more likely one thing than not."""
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


def merge_findings(
    findings: Iterable[Finding], evidence: Iterable[Evidence], *, of_seats: int, seconds: Iterable[Second] = ()
) -> tuple[Concern, ...]:
    """Return the concerns of some findings: proved ones first, then by severity, seats and place.

    Every finding is a member of exactly one concern. ``of_seats``: how many seats gave a ballot. ``seconds``: who said,
    when asked, that a finding of another holds.
    """
    runs: dict[str, list[Evidence]] = {}
    for item in evidence:
        runs.setdefault(item.finding_id, []).append(item)
    held = _held_by(seconds)
    concerns = [_concern(group, runs, of_seats, held) for group in group_findings(findings)]
    ordered = sorted(concerns, key=_rank)
    return tuple(concern.model_copy(update={"id": str(number)}) for number, concern in enumerate(ordered, 1))


def group_findings(findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], ...]:
    """Return the groups of findings that are one thing, in an order that their own does not decide."""
    ordered = sorted(findings, key=_sort_key)
    if len(ordered) < 2:
        return tuple((finding,) for finding in ordered)
    groups = group_alike(compare_within(ordered), ONE_THING)
    return tuple(tuple(ordered[number] for number in group) for group in groups)


def count_raising(findings: Iterable[Finding], block_at: Severity, seconds: Iterable[Second] = ()) -> int:
    """Return how many seats say much the same as one of them, where one of these findings is grave enough.

    Findings are compared two by two, so that a further or a graver finding never makes it fewer. Who seconds a finding
    says it too.
    """
    held = _held_by(seconds)
    ordered = sorted(findings, key=_sort_key)
    grave = [finding.severity.rank >= block_at.rank for finding in ordered]
    sources = [{finding.source, *held.get(finding.id, ())} for finding in ordered]
    if not any(grave) or len(set().union(*sources)) < 2:
        return int(any(grave))
    alike = compare_alone(ordered) >= ONE_THING
    most = 0
    for number in range(len(ordered)):
        like = {number, *(int(other) for other in alike[number].nonzero()[0])}
        if any(grave[other] for other in like):
            most = max(most, len(set().union(*(sources[other] for other in like))))
    return most


def strongest_state(states: Iterable[EvidenceState]) -> EvidenceState:
    """Return the state that blocks most; without any, that nothing was attempted."""
    return min(states, key=lambda state: (STATE_RANKS[state], state.value), default=EvidenceState.NOT_ATTEMPTED)


def states_by_finding(evidence: Iterable[Evidence]) -> dict[str, EvidenceState]:
    """Return for each finding with evidence the state that blocks most."""
    found: dict[str, list[EvidenceState]] = {}
    for item in evidence:
        found.setdefault(item.finding_id, []).append(item.state)
    return {finding_id: strongest_state(states) for finding_id, states in found.items()}


def _held_by(seconds: Iterable[Second]) -> dict[str, set[str]]:
    held: dict[str, set[str]] = {}
    for second in seconds:
        held.setdefault(second.finding_id, set()).add(second.seat)
    return held


def _concern(
    members: tuple[Finding, ...],
    runs: Mapping[str, list[Evidence]],
    of_seats: int,
    held: Mapping[str, set[str]],
) -> Concern:
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
        seconds=_seconding(members, held),
        of_seats=of_seats,
        state=state,
        evidence=tuple(shown),
    )


def _seconding(members: Iterable[Finding], held: Mapping[str, set[str]]) -> tuple[str, ...]:
    raising = {finding.source for finding in members}
    return tuple(sorted(set().union(*(held.get(finding.id, set()) for finding in members)) - raising))


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
