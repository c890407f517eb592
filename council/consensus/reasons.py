"""Why a decision fell, in order of weight, and who voted otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable

from council.consensus.concerns import states_by_finding
from council.consensus.grounds import Cap, Grounds
from council.consensus.voting import Stance, Voice, counted_verdict, decide_votes, count_stances, hear
from council.protocols import Docket
from council.text import one_line
from council.types.consensus import Decision, Dissent, Quorum
from council.types.reviews import Ballot, Review, Verdict

_OWN_VERDICT = {
    Decision.APPROVED: Verdict.APPROVE,
    Decision.CHANGES_REQUESTED: Verdict.REQUEST_CHANGES,
    Decision.REJECTED: Verdict.REJECT,
}
_VERBS = {
    Verdict.APPROVE: ("approves", "approve"),
    Verdict.REQUEST_CHANGES: ("requests changes", "request changes"),
    Verdict.REJECT: ("rejects", "reject"),
}
_SENTENCE = re.compile(r".{1,400}?[.!?](?=\s|\Z)", re.DOTALL)


def explain_decision(
    decision: Decision, docket: Docket, grounds: Grounds, quorum: Quorum, shared: tuple[Cap, ...]
) -> tuple[str, ...]:
    """Return the reasons in lines: those that made the decision what it is first."""
    caps = [*grounds.hard, *grounds.soft, *shared, *grounds.blocked]
    voices = () if docket.policy.checks_only else hear(docket.reviews, states_by_finding(docket.evidence))
    if docket.policy.checks_only:
        if not caps:
            passed = f"{grounds.passed} of {grounds.passed} required checks passed"
            caps.append(Cap(decision=decision, reason=passed if grounds.passed else "no required check was run"))
    elif quorum.met:
        caps.append(Cap(decision=decide_votes(count_stances(voices), docket.policy.voting), reason=_votes(voices)))
    else:
        lack = f"{quorum.heard} of {quorum.invited} seats were heard, {quorum.needed} are needed"
        caps.append(Cap(decision=Decision.NO_QUORUM, reason=lack))
    first = [cap.reason for cap in caps if cap.decision is decision]
    return tuple(dict.fromkeys((*first, *(cap.reason for cap in caps), *_set_aside(docket, voices))))


def name_dissent(reviews: Iterable[Review], decision: Decision) -> tuple[Dissent, ...]:
    """Return the heard seats that voted otherwise, sorted by name, each with its reason in a line.

    Where the council came to no verdict of its own there is nothing to dissent from.
    """
    own = _OWN_VERDICT.get(decision)
    if own is None:
        return ()
    found = []
    for review in sorted(reviews, key=lambda review: review.seat.name):
        verdict = counted_verdict(review)
        if review.ballot is not None and verdict not in (None, own, Verdict.ABSTAIN):
            found.append(Dissent(seat=review.seat.name, verdict=str(verdict), reason=_because(review.ballot)))
    return tuple(found)


def _votes(voices: tuple[Voice, ...]) -> str:
    verdicts = [voice.verdict for voice in voices]
    if len(set(verdicts)) == 1 and len(verdicts) > 1:
        return f"all {len(verdicts)} heard seats {_VERBS[verdicts[0]][1]}"
    counts = [(verdicts.count(verdict), words) for verdict, words in _VERBS.items() if verdict in verdicts]
    counts.sort(key=lambda entry: -entry[0])
    (most, words), others = counts[0], counts[1:]
    said = [f"{most} of {len(verdicts)} heard seats {words[most > 1]}"]
    return ", ".join([*said, *(f"{count} {words[count > 1]}" for count, words in others)])


def _set_aside(docket: Docket, voices: tuple[Voice, ...]) -> list[str]:
    """Name the votes that do not count as they were given."""
    said = []
    for review in sorted(docket.reviews, key=lambda review: review.seat.name):
        given = None if review.ballot is None else review.ballot.verdict
        if given is Verdict.APPROVE and counted_verdict(review) is not given:
            said.append(f"{review.seat.name} approves and lists a critical finding: not counted as an approval")
    for name in sorted(voice.seat for voice in voices if voice.stance is Stance.NEUTRAL):
        said.append(f"{name}: every claim it made was run and refuted, so its vote neither blocks nor approves")
    return said


def _because(ballot: Ballot) -> str | None:
    """Return the first sentence of a ballot's analysis, or its gravest finding."""
    if ballot.analysis is not None and ballot.analysis.strip():
        text = ballot.analysis.strip()
        sentence = _SENTENCE.match(text)
        return one_line(sentence[0] if sentence is not None else text)
    worst = min(ballot.findings, key=lambda finding: (-finding.severity.rank, finding.message), default=None)
    return None if worst is None else one_line(worst.message)
