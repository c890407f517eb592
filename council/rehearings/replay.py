"""Kept sessions, heard again: decided anew from what the store holds, without a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from council import consensus, reviewing, validation
from council._version import __version__
from council.errors import PolicyError, UsageError
from council.policies import Policy, altered, compare_policies, load_panel, load_policy, named_quorum
from council.protocols import Aggregator, Docket
from council.text import one_line
from council.types.base import now
from council.types.calls import Finish
from council.types.checks import CheckOutcome
from council.types.consensus import Evidence
from council.types.labels import TrackRecord
from council.types.reviews import Ballot, Review, ReviewOutcome
from council.types.session import Cost, Revision, Session, SessionKind, SessionState, new_session_id

_DECIDES = ("voting.", "criteria.", "checks_only")
"""Fields of a policy that change a decision once the ballots are there."""


def replay_session(
    session: Session,
    *,
    policy: str | None = None,
    changes: Mapping[str, Any] | None = None,
    folders: tuple[Path, ...] = (),
    aggregator: Aggregator = consensus.DEFAULT,
    record: TrackRecord | None = None,
) -> Session:
    """Decide a kept session again and return the decision as a new session. Nobody is asked, nothing is run or read.

    Args:
        session: a sitting with its ballots, report and evidence; it stays as it is.
        policy: id or file of a policy that decides instead of the one of then.
        changes: fields of the policy to change, as ``policies.altered`` takes them.
        folders: where policies are looked up first.
        aggregator: makes the decision.
        record: what labels teach of the seats by now.

    Raises ``UsageError`` where there was no sitting, ``PolicyError`` where the policy cannot be had.
    """
    if session.kind is not SessionKind.REVIEW:
        problem = f"session {session.session_id} wrote code, and nobody has judged it: there is nothing to decide again"
        raise UsageError(problem, "Let the council sit over it with: council review FILE")
    was = policy_of(session, folders)
    undone: list[str] = []
    chosen = was if policy is None else _seated(load_policy(policy, folders=folders), session, folders, undone)
    chosen = altered(chosen, changes) if changes else chosen
    report = session.validation
    report = report if report is None or chosen.criteria == was.criteria else validation.judge_again(report, chosen)
    reviews, reread = _reviews(session)
    docket = Docket(
        reviews=reviews,
        report=report,
        evidence=evidence_of(session),
        seconds=reviewing.seconds_of(session.examinations),
        policy=chosen,
        record=record,
    )
    decided = aggregator.aggregate(docket)
    before = session.consensus
    revision = Revision(
        session_id=session.session_id,
        decision=None if before is None else before.decision,
        score=None if before is None else before.score,
        changes=(*_differences(was, chosen, policy, session), *reread),
        undone=(*undone, *_undone(session, chosen)),
    )
    fresh: Session = session.but(
        session_id=new_session_id(),
        state=SessionState.FINISHED,
        created_at=now(),
        finished_at=now(),
        council_version=__version__,
        policy=chosen.id,
        policy_record=chosen.model_dump(mode="json"),
        validation=report,
        reviews=reviews,
        evidence=docket.evidence,
        statement=None,
        consensus=decided,
        cost=Cost.of(reviews),
        duration_s=None,
        replayed_from=session.session_id,
        revision=revision,
        notes=(),
    )
    return fresh


def policy_of(session: Session, folders: tuple[Path, ...] = ()) -> Policy:
    """Return the policy a session was decided by: as it stood then, else as its file stands now.

    Raises ``PolicyError`` where neither can be had.
    """
    if session.policy_record is not None:
        try:
            return Policy.model_validate(session.policy_record)
        except ValidationError:
            pass  # another council wrote it, with fields this one does not know: its file may tell
    try:
        return _seated(load_policy(session.policy, folders=folders), session, folders, [])
    except PolicyError as error:
        named = one_line(session.policy, 60)
        raise PolicyError(
            f"session {session.session_id} was decided by {named}: {error.problem}", error.remedy
        ) from None


def evidence_of(session: Session) -> tuple[Evidence, ...]:
    """Return what was run for the claims of a session; older sessions hold it only in their concerns."""
    if session.evidence:
        return session.evidence
    concerns = () if session.consensus is None else session.consensus.concerns
    return tuple(dict.fromkeys(run for concern in concerns for run in concern.evidence))


def _seated(policy: Policy, session: Session, folders: tuple[Path, ...], undone: list[str]) -> Policy:
    """Return the policy with the quorum that holds for the seats of a session."""
    quorum = policy.voting.quorum
    if session.panel is not None:
        try:
            quorum = load_panel(session.panel, folders=folders).quorum or quorum
        except PolicyError:
            undone.append(f"panel {one_line(session.panel, 60)} is not here any more: the policy's own quorum holds")
    elif session.seats:
        quorum = named_quorum(policy, len(session.seats))
    seated: Policy = policy.but(voting=policy.voting.but(quorum=quorum))
    return seated


def _reviews(session: Session) -> tuple[tuple[Review, ...], list[str]]:
    """Return every seat with what it said, and whose reply can be read today though it could not then."""
    day, reviews, said = session.created_at.date().isoformat(), [], []
    for review in session.reviews:
        ballot = _read_again(review, session)
        if ballot is not None:
            said.append(f"{review.seat.name}: its reply could not be read then, and can be now")
            review = review.but(outcome=ReviewOutcome.ANSWERED, ballot=ballot, reason=None)
        free = 0.0 if review.cost_usd == 0.0 else None  # what it cost was paid then
        asked = review.attempts > 0 or review.ballot is not None
        reviews.append(review.but(recorded_at=review.recorded_at or day, cost_usd=free) if asked else review)
    reviews += [
        Review(seat=seat, outcome=ReviewOutcome.FAILED, reason="not asked before the sitting ended")
        for seat in missing_seats(session)
    ]
    order = {seat.name: number for number, seat in enumerate(session.seats)}
    return tuple(sorted(reviews, key=lambda review: order.get(review.seat.name, len(order)))), said


def missing_seats(session: Session) -> Sequence[Any]:
    """Return the seats that were invited and of which nothing is known: the sitting ended before."""
    heard = {review.seat.name for review in session.reviews}
    return [seat for seat in session.seats if seat.name not in heard]


def _read_again(review: Review, session: Session) -> Ballot | None:
    """Return the ballot of a reply that could not be read when it came, where it can be read now."""
    if review.outcome is not ReviewOutcome.UNREADABLE or not review.raw_text:
        return None
    finish = Finish.LENGTH if "cut off" in (review.reason or "") else Finish.STOP
    ballot = reviewing.read_ballot(review.raw_text, seat=review.seat.name, finish=finish, submission=session.submission)
    return ballot if isinstance(ballot, Ballot) else None


def _differences(was: Policy, chosen: Policy, named: str | None, session: Session) -> list[str]:
    told = [
        f"{change.field} {change.before or 'none'} → {change.after or 'none'}"
        for change in compare_policies(was, chosen)
        if change.field.startswith(_DECIDES)
    ]
    if named is not None and chosen.id != was.id:
        told.insert(0, f"policy {was.id} → {chosen.id}")
    if session.council_version != __version__:
        told.append(f"council {session.council_version} → {__version__}")
    return [one_line(line, 200) for line in told]


def _undone(session: Session, policy: Policy) -> list[str]:
    """Return what another sitting would have done and a replay cannot, in sentences."""
    said = []
    if not session.seats and not policy.checks_only:
        said.append("no seat was invited to that sitting, and a replay asks nobody")
    ran = (
        set()
        if session.validation is None
        else {check.name for check in session.validation.checks if check.outcome is not CheckOutcome.SKIPPED}
    )
    for criterion in policy.criteria:
        if criterion.required != "never" and criterion.check not in ran:
            nothing = criterion.check == "tests" and not session.submission.tests
            if not nothing:
                said.append(f"{criterion.check} was not run in that sitting, and a replay runs nothing")
    texts = [rule.text for rule in policy.rules]
    asked = "\n".join(message.content for message in session.prompt)
    if session.prompt and any(one_line(text, 300) not in asked for text in texts):
        said.append("the seats were asked by the rules of then: other rules were not shown to them")
    return said
