"""Votes: what each ballot counts as, the quorum, and what the votes alone decide.

The rule, blind to order and to names. Of ``n`` heard seats, ``a`` approve, ``o`` oppose (request changes or reject), of
these ``r`` reject; the rest is neutral.

* approved           when ``a`` is more than ``approve_share`` of ``n`` and more than half, or all of them
* rejected           when more than half oppose and more than half reject
* changes requested  when more than half oppose
* tied               otherwise: nobody has a majority, or the approvals miss the share the policy asks for

From the best to the worst these are approved, tied, changes requested, rejected, and a worse ballot never leads to a
better one. A seat's own confidence weighs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from council.policies import Voting
from council.types.base import Record
from council.types.consensus import Decision, EvidenceState, Quorum
from council.types.findings import Finding, Severity
from council.types.reviews import Review, Verdict

RANKS = {
    Decision.REJECTED: 0,
    Decision.CHANGES_REQUESTED: 1,
    Decision.BLOCKED: 2,
    Decision.NO_QUORUM: 2,
    Decision.TIED: 3,
    Decision.APPROVED: 4,
}
"""Decisions from the worst to the best. What could not be judged lies between a complaint and a tie."""


class Stance(StrEnum):
    """What a heard ballot counts as."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    NEUTRAL = "neutral"
    """It opposes, but running its claims has refuted every one of them: it neither blocks nor approves."""


class Voice(Record):
    """A heard seat: its stance, and the findings that running has not refuted."""

    seat: str
    verdict: Verdict
    stance: Stance
    standing: tuple[Finding, ...] = ()


class Count(Record):
    """How many heard seats take each stance."""

    approve: int = 0
    request_changes: int = 0
    reject: int = 0
    neutral: int = 0

    @property
    def heard(self) -> int:
        """All of them."""
        return self.approve + self.request_changes + self.reject + self.neutral


def worst(decisions: Iterable[Decision]) -> Decision:
    """Return the worst of some decisions."""
    return min(decisions, key=lambda decision: RANKS[decision])


def counted_verdict(review: Review) -> Verdict | None:
    """Return the verdict as it counts, ``None`` without a ballot.

    An approval that lists a critical finding is no approval, whether its reader flagged it or not.
    """
    ballot = review.ballot
    if ballot is None:
        return None
    critical = any(finding.severity is Severity.CRITICAL for finding in ballot.findings)
    if ballot.verdict is Verdict.APPROVE and critical:
        return Verdict.REQUEST_CHANGES
    return ballot.counted_verdict


def hear(reviews: Iterable[Review], states: Mapping[str, EvidenceState]) -> tuple[Voice, ...]:
    """Return the voices of the seats that answered and did not abstain. ``states``: evidence by finding id."""
    voices = []
    for review in reviews:
        verdict = counted_verdict(review)
        if verdict is None or verdict is Verdict.ABSTAIN or review.ballot is None:
            continue
        findings = review.ballot.findings
        standing = tuple(f for f in findings if states.get(f.id) is not EvidenceState.REFUTED)
        refuted = bool(findings) and not standing and verdict is not Verdict.APPROVE
        stance = Stance.NEUTRAL if refuted else Stance(verdict.value)
        voices.append(Voice(seat=review.seat.name, verdict=verdict, stance=stance, standing=standing))
    return tuple(voices)


def count_stances(voices: Iterable[Voice]) -> Count:
    """Count the stances of some voices."""
    stances = [voice.stance for voice in voices]
    return Count(**{stance.value: stances.count(stance) for stance in Stance})


def decide_votes(count: Count, voting: Voting) -> Decision:
    """Return what the votes alone decide, given that enough seats were heard."""
    heard, opposed = count.heard, count.request_changes + count.reject
    enough = count.approve > voting.approve_share * heard and 2 * count.approve > heard
    if heard and (enough or count.approve == heard):
        return Decision.APPROVED
    if 2 * opposed > heard:
        return Decision.REJECTED if 2 * count.reject > heard else Decision.CHANGES_REQUESTED
    return Decision.TIED


def find_quorum(reviews: tuple[Review, ...], voices: tuple[Voice, ...], voting: Voting) -> Quorum:
    """Return the quorum: seats heard, of those invited, against those the policy needs."""
    return Quorum(
        needed=voting.quorum, invited=len(reviews), heard=len(voices), met=len(voices) >= max(1, voting.quorum)
    )


def count_votes(reviews: Iterable[Review]) -> dict[str, int]:
    """Count verdicts as they count, and the outcomes of seats without a ballot. The sum is the seats invited."""
    votes = dict.fromkeys((verdict.value for verdict in Verdict), 0)
    silent: dict[str, int] = {}
    for review in reviews:
        verdict = counted_verdict(review)
        if verdict is not None:
            votes[verdict.value] += 1
        else:
            silent[review.outcome.value] = silent.get(review.outcome.value, 0) + 1
    return {**votes, **dict(sorted(silent.items()))}
