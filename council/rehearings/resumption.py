"""A kept session completed: only the seats that are missing are asked, with the prompt that stands in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from council import generation, reviewing
from council.engine import Council
from council.errors import PolicyError, StoreError, UsageError
from council.keeping import Keeper
from council.models import sitting
from council.policies import Admission, Bench, Policy, load_panel, panel_bench, seat_role
from council.protocols import Archive
from council.rehearings.replay import policy_of
from council.types.base import now
from council.types.calls import Usage
from council.types.checks import ValidationReport
from council.types.events import Event, SeatFinished, SittingOpened
from council.types.reviews import Review, ReviewOutcome, Seat
from council.types.session import Cost, Session, SessionKind, SessionState

Listener = Callable[[Event], None]


async def resume_session(
    house: Council, session_id: str, *, force: bool = False, on_event: Listener | None = None
) -> Session:
    """Ask the seats of a kept session that have not been heard, decide anew, and keep the session under its id.

    It is written once, at the end, whole: until then the store holds it as it was, and no other process may resume it.
    When the work is cancelled, what the seats have said so far is decided upon and kept.

    Args:
        house: its store holds the session; its settings say deadline and budget, of which the sitting has spent some.
        session_id: the id, or an unambiguous beginning of it.
        force: take it over from another machine.

    Raises ``StoreError``, ``UsageError`` where there was no sitting, ``ModelBanned``.
    """
    store = house.store
    if not isinstance(store, Archive):
        raise StoreError("nothing is kept here, so there is no session to resume", "Set store = true")
    session = await asyncio.to_thread(store.claim_session, session_id, force=force)
    resumed: Session | None = None
    try:
        if session.kind is not SessionKind.REVIEW:
            problem = f"session {session.session_id} wrote code, and nobody was asked to judge it"
            raise UsageError(problem, "Let the council sit over it with: council review FILE")
        resumed = await _resumed(house, session, on_event or _deaf, store)
        if resumed is not session:
            await asyncio.to_thread(store.update_session, resumed)
    finally:
        if resumed is None or resumed is session:
            store.release_session(session.session_id)
    return resumed


def seats_to_ask(session: Session, retired: Mapping[str, str] | None = None) -> tuple[Seat, ...]:
    """Return the seats that asking again may give a voice: late, failed, over budget, unreadable, or never asked.

    Who declined, obeyed the material, or wrote the code is not asked again; nor is a model that is ``retired``.
    """
    heard = {review.seat.name: review for review in session.reviews}
    return tuple(
        seat
        for seat in session.seats
        if (seat.name not in heard or heard[seat.name].unheard) and seat.name not in (retired or {})
    )


async def _resumed(house: Council, session: Session, tell: Listener, store: Archive) -> Session:
    policy = policy_of(session, house.settings.policy_folders)
    retired = retired_seats(session, house.settings.policy_folders)
    asked = () if policy.checks_only else seats_to_ask(session, retired)
    if not asked and session.consensus is not None and session.state is SessionState.FINISHED:
        return session
    authors = await asyncio.to_thread(generation.authors_of, session.submission, house.store)
    bench = Bench(panel=session.panel, seats=asked, quorum=policy.voting.quorum, retired=retired, authors=authors)
    admission = await house.admit_seats(policy, bench)
    tell(SittingOpened(session_id=session.session_id, seats=asked, checks=_checks_left(session, policy),
                       deadline_s=house.settings.deadline_s if asked else None))  # fmt: skip
    keep = Keeper(None, session)  # writes nothing: the session changes in the store at once, at the end
    report = session.validation
    if report is None:
        report = await house.validate(session.submission, policy=policy, on_event=tell)
        keep.change(validation=report)
    heard: dict[str, Review] = {}

    def listen(event: Event) -> None:
        if isinstance(event, SeatFinished):
            heard[event.review.seat.name] = event.review
        tell(event)

    try:
        await _ask(house, keep, report, policy, bench, admission, listen)
        keep.change(reviews=_merged(session, heard), notes=(*session.notes, *admission.take_notes()))
        await house.stages.conclude(keep, report, policy, admission, tell)
    except asyncio.CancelledError:
        if heard:  # what the seats have said was paid for: it is decided upon, so that the session stays whole
            keep.change(reviews=_merged(session, heard))
            keep.change(consensus=house.stages.decide(keep.session, policy))
            store.update_session(_closed(keep.session, SessionState.INTERRUPTED))
        raise
    if admission.refusals:
        store.update_session(_closed(keep.session, SessionState.INTERRUPTED))
        raise admission.refusals[0]
    return _closed(keep.session, SessionState.FINISHED)


async def _ask(
    house: Council,
    keep: Keeper,
    report: ValidationReport,
    policy: Policy,
    bench: Bench,
    admission: Admission,
    listen: Listener,
) -> None:
    session = keep.session
    messages = session.prompt or reviewing.compose_prompt(session.submission, report, policy, house.templates)
    keep.change(prompt=messages)
    with sitting(house.settings, spent_usd=session.cost.known_usd):
        await reviewing.collect_reviews(
            messages,
            bench.askable,
            house.client,
            submission=session.submission,
            settings=house.settings,
            on_event=listen,
            retired=bench.retired,
            recused=bench.recused,
            spoken=reviewing.spoken_by(report),
            turn_away=lambda seat, reply: admission.turn_away(reply, seat_role(seat, bench.panel)),
        )


def retired_seats(session: Session, folders: tuple[Path, ...] = ()) -> dict[str, str]:
    """Return the seats of a session's panel whose model is served no more, by name, and since when."""
    if session.panel is None:
        return {}
    try:
        return panel_bench(load_panel(session.panel, folders=folders), Policy(id="any", title="Any")).retired
    except PolicyError:  # a panel that is gone tells of nobody
        return {}


def _merged(session: Session, heard: Mapping[str, Review]) -> tuple[Review, ...]:
    """Return every seat's review in the order of the seats: the new ones with what the earlier asking took."""
    before = {review.seat.name: review for review in session.reviews}
    merged = []
    for seat in session.seats:
        old, new = before.get(seat.name), heard.get(seat.name)
        if new is not None:
            merged.append(new if old is None else _on_top(old, new.but(seat=seat)))
        else:
            merged.append(old or Review(seat=seat, outcome=ReviewOutcome.FAILED, reason="not asked yet"))
    return tuple(merged)


def _on_top(old: Review, new: Review) -> Review:
    """Return the new review of a seat with the cost, tokens and attempts of both askings."""
    if old.attempts == 0:
        return new
    costs = (old.cost_usd, new.cost_usd if new.attempts else 0.0)
    known = [cost for cost in costs if cost is not None]
    usage = Usage(
        prompt_tokens=_sum(old.usage.prompt_tokens, new.usage.prompt_tokens),
        completion_tokens=_sum(old.usage.completion_tokens, new.usage.completion_tokens),
    )
    both: Review = new.but(
        cost_usd=sum(known) if len(known) == len(costs) else None, usage=usage, attempts=old.attempts + new.attempts
    )
    return both


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)


def _closed(session: Session, state: SessionState) -> Session:
    closed: Session = session.but(
        state=state, finished_at=now(), cost=Cost.of(session.reviews, session.examinations, session.statement)
    )
    return closed


def _checks_left(session: Session, policy: Policy) -> tuple[str, ...]:
    return tuple(criterion.check for criterion in policy.criteria) if session.validation is None else ()


def _deaf(event: Event) -> None:
    """Listen to nothing."""
