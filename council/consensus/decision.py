"""From a docket to a decision.

The decision is the worst of what the votes say, what failed checks and proved claims leave, and what an unproved
concern that many seats share leaves. A check without an answer turns whatever would be better than a request for
changes into *blocked*. Without quorum only failed checks and upheld claims decide; else nobody has judged.

Under a policy of *checks only* no seat is needed and none counts: the checks decide, and the score is ``None``, for a
score is what seats give.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from council.consensus.concerns import group_findings, merge_findings, states_by_finding
from council.consensus.degraded import name_gaps
from council.consensus.grounds import Cap, Grounds, find_grounds
from council.consensus.reasons import explain_decision, name_dissent
from council.consensus.scoring import measure_agreement, score_voices
from council.consensus.voting import (
    RANKS,
    Count,
    Voice,
    count_stances,
    count_votes,
    decide_votes,
    find_quorum,
    hear,
    worst,
)
from council.policies import Voting
from council.protocols import Docket
from council.types.base import Record
from council.types.consensus import Concern, Consensus, Decision, EvidenceState, Quorum
from council.types.findings import Finding


class MajorityAggregator:
    """Decides by majority under the floor of checks and proofs. Blind to the order and the names of seats."""

    def aggregate(self, docket: Docket) -> Consensus:
        """Return the consensus of a docket. Pure: the same docket gives the same consensus."""
        states = states_by_finding(docket.evidence)
        findings = _all_findings(docket)
        grounds = find_grounds(docket.report, docket.policy, findings, states)
        concerns = merge_findings(
            findings, docket.evidence, of_seats=sum(review.ballot is not None for review in docket.reviews)
        )
        if docket.policy.checks_only:
            return _by_checks(docket, grounds, concerns)
        voices = hear(docket.reviews, states)
        quorum = find_quorum(docket.reviews, voices, docket.policy.voting)
        bench = _Bench(
            count=count_stances(voices),
            needed=quorum.needed,
            raised=_raised(voices, states, docket.policy.voting),
            grounds=grounds,
            voting=docket.policy.voting,
        )
        decision = bench.decide()
        placed = score_voices(voices, decision) if quorum.met else None
        return Consensus(
            decision=decision,
            score=None if placed is None else placed[0],
            interval=None if placed is None else placed[1],
            agreement=measure_agreement(voices),
            quorum=quorum,
            votes=count_votes(docket.reviews),
            concerns=concerns,
            dissent=name_dissent(docket.reviews, decision),
            decided=bench.is_decided(missing=sum(review.ballot is None for review in docket.reviews), voices=voices),
            degraded=name_gaps(docket),
            reasons=explain_decision(decision, docket, grounds, quorum, _contested(bench) if quorum.met else None),
            floor=_floor(grounds),
        )


class _Bench(Record):
    """All that the decision depends on, in numbers."""

    count: Count
    needed: int
    raised: int
    """Most heard seats that share one unproved concern grave enough to block."""
    grounds: Grounds
    voting: Voting

    def decide(self) -> Decision:
        """Return the decision."""
        heard = self.count.heard
        hard = [cap.decision for cap in self.grounds.hard]
        if heard < max(1, self.needed):
            return worst(hard) if hard else Decision.NO_QUORUM
        caps = [*hard, *(cap.decision for cap in self.grounds.soft)]
        if self.contested:
            caps.append(Decision.CHANGES_REQUESTED)
        decision = worst([decide_votes(self.count, self.voting), *caps])
        blocked = bool(self.grounds.blocked) and RANKS[decision] > RANKS[Decision.BLOCKED]
        return Decision.BLOCKED if blocked else decision

    @property
    def contested(self) -> bool:
        """Whether enough seats share an unproved concern to prevent an approval."""
        return self.raised > 0 and self.raised >= self.voting.block_share * self.count.heard

    def is_decided(self, *, missing: int, voices: tuple[Voice, ...]) -> bool:
        """Return whether no ballots of the missing seats could change the decision.

        Seats are counted and not named, so all completions are the numbers of approvals, requests and rejections among
        them (an abstention changes nothing). Each is tried with no findings, and with findings as damaging as can be:
        grave, and so worded that all concerns become one. A proof that a missing seat might bring is not foreseen.
        """
        decision = self.decide()
        concerned = sum(bool(voice.standing) for voice in voices)
        for approve, change, reject in product(range(missing + 1), repeat=3):
            more = approve + change + reject
            if more > missing:
                continue
            count = self.count.but(
                approve=self.count.approve + approve,
                request_changes=self.count.request_changes + change,
                reject=self.count.reject + reject,
            )
            for raised in {self.raised, concerned + more} if more else {self.raised}:
                if self.model_copy(update={"count": count, "raised": raised}).decide() is not decision:
                    return False
        return True


def _contested(bench: _Bench) -> Cap | None:
    if not bench.contested:
        return None
    share = f"{bench.raised} of {bench.count.heard} heard seats share a concern"
    reason = f"{share} of severity {bench.voting.block_at.value} or worse"
    return Cap(decision=Decision.CHANGES_REQUESTED, reason=reason)


def _by_checks(docket: Docket, grounds: Grounds, concerns: tuple[Concern, ...]) -> Consensus:
    caps = [cap.decision for cap in (*grounds.hard, *grounds.soft)]
    if caps:
        decision = worst(caps)
    else:
        decision = Decision.APPROVED if grounds.passed and not grounds.blocked else Decision.BLOCKED
    heard = len(hear(docket.reviews, {}))
    quorum = Quorum(needed=0, invited=len(docket.reviews), heard=heard, met=True)
    return Consensus(
        decision=decision,
        quorum=quorum,
        votes=count_votes(docket.reviews),
        concerns=concerns,
        decided=True,
        degraded=("the checks alone decided: nobody has judged what they do not cover", *name_gaps(docket)),
        reasons=explain_decision(decision, docket, grounds, quorum, None),
        floor=_floor(grounds),
        checks_only=True,
    )


def _floor(grounds: Grounds) -> Decision | None:
    caps = [cap.decision for cap in (*grounds.hard, *grounds.soft, *grounds.blocked)]
    return worst(caps) if caps else None


def _all_findings(docket: Docket) -> list[Finding]:
    return [finding for review in docket.reviews if review.ballot is not None for finding in review.ballot.findings]


def _raised(voices: Iterable[Voice], states: dict[str, EvidenceState], voting: Voting) -> int:
    """Return how many heard seats share the most shared grave concern that is neither refuted nor disputed."""
    findings = [
        finding
        for voice in voices
        for finding in voice.standing
        if states.get(finding.id) is not EvidenceState.DISPUTED
    ]
    grave = [g for g in group_findings(findings) if max(f.severity.rank for f in g) >= voting.block_at.rank]
    return max((len({finding.source for finding in group}) for group in grave), default=0)


DEFAULT = MajorityAggregator()
"""The aggregator that council uses unless another is handed in."""
