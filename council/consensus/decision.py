"""From a docket to a decision.

The decision is the worst of what the votes say, what failed checks and proved claims leave, and what an unproved
concern that many seats share leaves. A check without an answer turns whatever would be better than a request for
changes into *blocked*. The vote of a seat that obeyed the material is lost, and losing it never helps the code: votes
and shared concerns say the worst of what they say without such votes, with those of them that oppose, and with all of
them. Without quorum only failed checks and upheld claims decide; else nobody has judged.

Under a policy of *checks only* no seat is needed and none counts: the checks decide, and the score is ``None``, for a
score is what seats give.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from council.consensus.calibration import PRIOR, Trust, trust_decision
from council.consensus.concerns import count_raising, merge_findings, states_by_finding
from council.consensus.degraded import name_gaps
from council.consensus.grounds import Cap, Grounds, find_grounds
from council.consensus.reasons import explain_decision, name_dissent
from council.consensus.reliability import count_effective, weigh_seats
from council.consensus.scoring import measure_agreement, score_voices
from council.consensus.tempering import support, temper
from council.consensus.voting import (
    RANKS,
    Count,
    Stance,
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
from council.types.consensus import Concern, Consensus, Decision, EvidenceState, Ground, Quorum
from council.types.examinations import Second
from council.types.findings import Finding


class MajorityAggregator:
    """Decides by majority under the floor of checks and proofs. Blind to the order and the names of seats."""

    def aggregate(self, docket: Docket) -> Consensus:
        """Return the consensus of a docket. Pure: the same docket gives the same consensus."""
        states = states_by_finding(docket.evidence)
        findings = _all_findings(docket)
        bench = weigh_docket(docket)
        grounds = bench.grounds
        told = [review for review in docket.reviews if review.ballot is not None or review.alarm is not None]
        concerns = merge_findings(findings, docket.evidence, of_seats=len(told), seconds=docket.seconds)
        if docket.policy.checks_only:
            return _by_checks(docket, grounds, concerns)
        voices = hear(docket.reviews, states)
        quorum = find_quorum(docket.reviews, voices, docket.policy.voting)
        decision, record = bench.decide(), docket.record or PRIOR
        models = {review.seat.name: review.seat.model for review in docket.reviews}
        weights = weigh_seats([models[voice.seat] for voice in voices], record)
        placed = score_voices(voices, decision, weights) if quorum.met else None
        trust = trust_decision(decision, _proofs(decision, grounds), bench.tallies[0].count, bench.shared, record)
        trust = temper(support(trust, decision, docket.testimony), decision, docket.probe)
        return Consensus(
            decision=decision,
            score=None if placed is None else placed[0],
            interval=None if placed is None else placed[1],
            agreement=measure_agreement(voices),
            ground=trust.ground,
            confidence=trust.confidence,
            confidence_rests_on=trust.rests_on,
            effective_seats=count_effective(len(voices), record.correlation) if quorum.met else None,
            quorum=quorum,
            votes=count_votes(docket.reviews),
            concerns=concerns,
            dissent=name_dissent(docket.reviews, decision),
            decided=bench.is_decided(missing=sum(review.missing for review in docket.reviews)),
            degraded=name_gaps(docket),
            reasons=explain_decision(decision, docket, grounds, quorum, _shared(bench) if quorum.met else ()),
            floor=_floor(grounds),
        )


def weigh_docket(docket: Docket) -> _Bench:
    """Return all that a docket's decision depends on, in numbers."""
    states = states_by_finding(docket.evidence)
    lost = [review.but(ballot=review.withdrawn) for review in docket.reviews if review.withdrawn is not None]
    known = [*_all_findings(docket), *(found for review in lost if review.ballot for found in review.ballot.findings)]
    return _Bench(
        tallies=_tallies(hear(docket.reviews, states), hear(lost, states), states, docket),
        needed=docket.policy.voting.quorum,
        grounds=find_grounds(docket.report, docket.policy, known, states),
        voting=docket.policy.voting,
    )


class _Tally(Record):
    """Some voices in numbers."""

    count: Count
    raised: int
    """Most heard seats that share one unproved concern grave enough to block."""
    concerned: int
    """Heard seats with a finding that stands, or that second one."""

    def but_more(self, approve: int, change: int, reject: int, *, grave: bool) -> _Tally:
        """Return the tally with further ballots: bare ones, or all with findings that become one grave concern."""
        more = approve + change + reject
        count = self.count.but(
            approve=self.count.approve + approve,
            request_changes=self.count.request_changes + change,
            reject=self.count.reject + reject,
        )
        return self.model_copy(
            update={"count": count, "raised": self.concerned + more if more and grave else self.raised}
        )


class _Bench(Record):
    """All that the decision depends on, in numbers."""

    tallies: tuple[_Tally, ...]
    """The first is of the seats that were heard, the others count lost votes too."""
    needed: int
    grounds: Grounds
    voting: Voting

    @property
    def heard(self) -> int:
        """How many seats were heard; a lost vote is not."""
        return self.tallies[0].count.heard

    def decide(self) -> Decision:
        """Return the decision."""
        hard = [cap.decision for cap in self.grounds.hard]
        if self.heard < max(1, self.needed):
            return worst(hard) if hard else Decision.NO_QUORUM
        caps = [*hard, *(cap.decision for cap in self.grounds.soft)]
        decision = worst([*map(self.say, self.tallies), *caps])
        blocked = bool(self.grounds.blocked) and RANKS[decision] > RANKS[Decision.BLOCKED]
        return Decision.BLOCKED if blocked else decision

    def say(self, tally: _Tally) -> Decision:
        """Return what some voices say: their votes, under a concern that enough of them share."""
        votes = decide_votes(tally.count, self.voting)
        return worst([votes, Decision.CHANGES_REQUESTED]) if self.contested(tally) else votes

    def contested(self, tally: _Tally) -> bool:
        """Return whether enough seats share an unproved concern to prevent an approval."""
        return tally.raised > 0 and tally.raised >= self.voting.block_share * tally.count.heard

    @property
    def shared(self) -> int:
        """Seats that share the concern that prevents an approval; 0 where none does."""
        return self.tallies[0].raised if self.contested(self.tallies[0]) else 0

    def foresee(self, approve: int, change: int, reject: int) -> set[Decision]:
        """Return the decisions that more ballots lead to: bare ones, and with one grave concern of all who oppose."""
        found = set()
        for raised in (0, change + reject):
            bare = [tally.but_more(approve, change, reject, grave=False) for tally in self.tallies]
            graver = tuple(
                more.model_copy(update={"raised": max(more.raised, raised and tally.concerned + raised)})
                for more, tally in zip(bare, self.tallies, strict=True)
            )
            found.add(self.model_copy(update={"tallies": graver}).decide())
        return found

    def is_decided(self, *, missing: int) -> bool:
        """Return whether no ballots of the missing seats could change the decision.

        Seats are counted and not named, so all completions are the numbers of approvals, requests and rejections among
        them (an abstention changes nothing). Each is tried with no findings, and with findings as damaging as can be:
        grave, and so worded that all concerns become one. A proof that a missing seat might bring is not foreseen.
        """
        decision = self.decide()
        for approve, change, reject in product(range(missing + 1), repeat=3):
            if approve + change + reject > missing:
                continue
            for grave in (False, True):
                tallies = tuple(tally.but_more(approve, change, reject, grave=grave) for tally in self.tallies)
                if self.model_copy(update={"tallies": tallies}).decide() is not decision:
                    return False
        return True


def _tallies(
    voices: tuple[Voice, ...], lost: tuple[Voice, ...], states: dict[str, EvidenceState], docket: Docket
) -> tuple[_Tally, ...]:
    """Return the tally of the heard seats, then those with the lost votes that oppose, and with all lost votes."""
    against = tuple(voice for voice in lost if voice.stance is not Stance.APPROVE)
    more: dict[tuple[Voice, ...], None] = dict.fromkeys(((), against, lost))
    return tuple(_tally((*voices, *some), states, docket) for some in more)


def _tally(voices: tuple[Voice, ...], states: dict[str, EvidenceState], docket: Docket) -> _Tally:
    seats = {voice.seat for voice in voices}
    standing = {finding.id for voice in voices for finding in voice.standing}
    seconds = [one for one in docket.seconds if one.seat in seats and one.finding_id in standing]
    concerned = {voice.seat for voice in voices if voice.standing} | {one.seat for one in seconds}
    return _Tally(
        count=count_stances(voices),
        raised=_raised(voices, states, docket.policy.voting, seconds),
        concerned=len(concerned),
    )


def _shared(bench: _Bench) -> tuple[Cap, ...]:
    """Return what unproved concerns and lost votes leave, each with its reason."""
    heard, caps = bench.tallies[0], []
    if bench.contested(heard):
        share = f"{heard.raised} of {heard.count.heard} heard seats share a concern"
        reason = f"{share} of severity {bench.voting.block_at.value} or worse"
        caps.append(Cap(decision=Decision.CHANGES_REQUESTED, reason=reason))
    said = worst(map(bench.say, bench.tallies))
    if RANKS[said] < RANKS[bench.say(heard)]:
        reason = "votes that were lost because their seats obeyed the material spoke against it, and so far they count"
        caps.append(Cap(decision=said, reason=reason))
    return tuple(caps)


def _proofs(decision: Decision, grounds: Grounds) -> tuple[Ground, ...]:
    """Return the kinds of proof that leave no better decision than this one."""
    caps = (cap for cap in (*grounds.hard, *grounds.soft) if cap.decision is decision)
    return tuple(cap.ground for cap in caps if cap.ground is not None)


def _by_checks(docket: Docket, grounds: Grounds, concerns: tuple[Concern, ...]) -> Consensus:
    caps = [cap.decision for cap in (*grounds.hard, *grounds.soft)]
    if caps:
        decision = worst(caps)
    else:
        decision = Decision.APPROVED if grounds.passed and not grounds.blocked else Decision.BLOCKED
    heard = len(hear(docket.reviews, {}))
    quorum = Quorum(needed=0, invited=len(docket.reviews), heard=heard, met=True)
    proofs = _proofs(decision, grounds)
    # What the checks let pass nobody has judged: of that nothing is known.
    trust = trust_decision(decision, proofs, Count(), 0, docket.record or PRIOR) if proofs else Trust()
    return Consensus(
        decision=decision,
        ground=trust.ground,
        confidence=trust.confidence,
        confidence_rests_on=trust.rests_on,
        quorum=quorum,
        votes=count_votes(docket.reviews),
        concerns=concerns,
        decided=True,
        degraded=("the checks alone decided: nobody has judged what they do not cover", *name_gaps(docket)),
        reasons=explain_decision(decision, docket, grounds, quorum, ()),
        floor=_floor(grounds),
        checks_only=True,
    )


def _floor(grounds: Grounds) -> Decision | None:
    caps = [cap.decision for cap in (*grounds.hard, *grounds.soft, *grounds.blocked)]
    return worst(caps) if caps else None


def _all_findings(docket: Docket) -> list[Finding]:
    """Return what the seats found, what seats that obeyed the material have shown of it, and what nobody's vote is."""
    alarms = [review.alarm for review in docket.reviews if review.alarm is not None]
    return [*(f for review in docket.reviews if review.ballot is not None for f in review.ballot.findings), *alarms,
            *docket.findings]  # fmt: skip


def _raised(
    voices: Iterable[Voice], states: dict[str, EvidenceState], voting: Voting, seconds: Iterable[Second]
) -> int:
    """Return how many heard seats share the most shared grave concern that is neither refuted nor disputed."""
    findings = [
        finding
        for voice in voices
        for finding in voice.standing
        if states.get(finding.id) is not EvidenceState.DISPUTED
    ]
    return count_raising(findings, voting.block_at, seconds)


DEFAULT = MajorityAggregator()
"""The aggregator that council uses unless another is handed in."""
