"""What a session had said before a label came, in the few words that are learnt from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from council.consensus.voting import counted_verdict
from council.types.consensus import Consensus, Decision, EvidenceState, Ground
from council.types.findings import Finding
from council.types.labels import Case, Label, LabelOrigin, LabelWord, Vote
from council.types.reviews import Review, Verdict
from council.types.session import Session

_RUN_WORDS = {EvidenceState.UPHELD: LabelWord.REAL, EvidenceState.REFUTED: LabelWord.FALSE}


def case_of(session: Session) -> Case:
    """Return what the council and its seats had said of the code."""
    votes = tuple(
        sorted(
            (
                Vote(model=review.seat.model, verdict=verdict)
                for review in session.reviews
                if (verdict := counted_verdict(review)) is not None
            ),
            key=lambda vote: (vote.model, vote.verdict.value),
        )
    )
    decided = session.consensus
    if decided is None:
        return Case(votes=votes)
    opinions = [vote.verdict for vote in votes if vote.verdict is not Verdict.ABSTAIN]
    approving = opinions.count(Verdict.APPROVE)
    siding = approving if decided.decision is Decision.APPROVED else len(opinions) - approving
    return Case(decision=decided.decision, ground=_ground(decided), siding=siding, heard=len(opinions), votes=votes)


def finding_case(session: Session, finding_id: str) -> Case:
    """Return who had raised a finding, and how grave it called it."""
    for review in session.reviews:
        for finding in _findings(review):
            if finding.id == finding_id:
                return Case(raised_by=review.seat.model, severity=finding.severity)
    return Case()


def labels_of_runs(session: Session, when: datetime) -> tuple[Label, ...]:
    """Return what running the claims has shown: an upheld finding is real, a refuted one is none."""
    found: dict[str, LabelWord] = {}
    for concern in session.consensus.concerns if session.consensus is not None else ():
        for run in concern.evidence:
            word = _RUN_WORDS.get(run.state)
            if word is not None and found.get(run.finding_id) is not LabelWord.REAL:
                found[run.finding_id] = word
    return tuple(
        Label(
            session_id=session.session_id,
            finding_id=finding_id,
            word=word,
            origin=LabelOrigin.EVIDENCE,
            labelled_at=when,
            case=finding_case(session, finding_id),
        )
        for finding_id, word in sorted(found.items())
    )


def _findings(review: Review) -> Iterable[Finding]:
    return review.ballot.findings if review.ballot is not None else ()


def _ground(decided: Consensus) -> Ground | None:
    """Return what a decision rested on; of a session from before that was kept, as well as it can be told."""
    if decided.ground is not None or decided.decision.exit_code == 3:
        return decided.ground
    states = {concern.state for concern in decided.concerns}
    if decided.floor is not decided.decision:
        return Ground.VOTES
    return Ground.UPHELD if EvidenceState.UPHELD in states else Ground.CHECKS
