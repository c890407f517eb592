"""The seats at work: every seat that was invited gets a review, whatever happened to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from council.errors import (
    CouncilError,
    ModelDenied,
    ModelError,
    ModelMissing,
    ModelOverBudget,
    ModelRecused,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
)
from council.policies import seat_for
from council.protocols import ModelClient
from council.reviewing.asking import Turns, ask_all, ask_in_turn
from council.reviewing.ballot import Unread, read_ballot
from council.reviewing.lures import Passage, find_steering
from council.reviewing.obeying import Obeyed, alarm_of, find_obedience
from council.reviewing.schema import BALLOT_SCHEMA
from council.settings import Settings
from council.text import one_line
from council.types.calls import Call, CallState, Message, Progress, Reply
from council.types.events import Event, SeatFinished, SeatMoved
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat
from council.types.submission import Submission

_OUTCOMES: tuple[tuple[type[CouncilError], ReviewOutcome], ...] = (
    (ModelRefused, ReviewOutcome.REFUSED),
    (ModelTimeout, ReviewOutcome.TIMED_OUT),
    (ModelOverBudget, ReviewOutcome.OVER_BUDGET),
    (ModelRecused, ReviewOutcome.RECUSED),
)

TurnAway = Callable[[Seat, Reply], CouncilError | None]

_NOT_TO_BE_HAD = (ModelMissing, ModelDenied, ModelUnreachable)
"""What makes a seat ask its fallback."""

_LOCAL = "ollama"
"""The provider whose models run here: a call that fails costs nothing, and that is known."""


async def collect_reviews(
    messages: Sequence[Message],
    seats: Sequence[Seat],
    client: ModelClient,
    *,
    submission: Submission,
    settings: Settings,
    on_event: Callable[[Event], None] | None = None,
    retired: Mapping[str, str] = MappingProxyType({}),
    recused: Mapping[str, str] = MappingProxyType({}),
    turn_away: TurnAway | None = None,
    spoken: str = "",
    turns: Turns | None = None,
) -> tuple[Review, ...]:
    """Ask every seat, and return one review a seat, in the order of ``seats``, at the latest at the deadline.

    Args:
        messages: what every seat is asked, the same for all.
        client: asks the models; whatever it raises as a ``CouncilError`` becomes the outcome of its seat.
        retired: by name, the seats that must not be asked, and why.
        recused: by name, the seats that are not asked because their model wrote the code, and how that is known.
        turn_away: looks at who really answered; a seat whose reply it returns an error for has no ballot.
        spoken: what the checks printed of the code: it is material, and may tell a seat what to answer.
        turns: in which order seats are asked, and when no further one is; without it all are asked at once.
        on_event: hears ``SeatMoved`` and ``SeatFinished`` as they happen.

    Anything but a ``CouncilError`` is a bug: it ends the sitting. Cancelling leaves nothing running.
    """
    deadline = asyncio.get_running_loop().time() + settings.deadline_s
    notify = on_event or _ignore
    panel = _Sitting(tuple(messages), client, submission, settings, deadline, notify, turn_away or _let_in)
    panel.steering = await asyncio.to_thread(find_steering, submission, spoken)
    silent = [review for seat in seats if (review := _unasked(seat, retired, recused)) is not None]
    for review in silent:
        notify(SeatFinished(review=review))
    known = {review.seat.name for review in silent}
    asked = [seat for seat in seats if seat.name not in known]
    if turns is None:
        told = await ask_all(panel.seat, asked)
    else:
        asked.sort(key=lambda seat: turns.order.index(seat.name))
        told = await ask_in_turn(panel.seat, asked, turns, silent)
    for review in told:
        if review.outcome is ReviewOutcome.UNSPENT:
            notify(SeatFinished(review=review))
    by_name = {review.seat.name: review for review in (*silent, *told)}
    return tuple(by_name[seat.name] for seat in seats)


def _unasked(seat: Seat, retired: Mapping[str, str], recused: Mapping[str, str]) -> Review | None:
    """Return the review of a seat that must not be asked; that a model wrote the code says more than its age."""
    if seat.name in recused:
        return Review(seat=seat, outcome=ReviewOutcome.RECUSED, reason=recused[seat.name])
    if seat.name in retired:
        return Review(seat=seat, outcome=ReviewOutcome.FAILED, reason=retired[seat.name])
    return None


def _ignore(event: Event) -> None:
    """Nobody listens."""


def _let_in(seat: Seat, reply: Reply) -> CouncilError | None:
    """Nobody is turned away."""
    return None


class _Sitting:
    """What all seats of one sitting share."""

    def __init__(
        self,
        messages: tuple[Message, ...],
        client: ModelClient,
        submission: Submission,
        settings: Settings,
        deadline: float,
        notify: Callable[[Event], None],
        turn_away: TurnAway,
    ) -> None:
        self._turn_away = turn_away
        self._messages = messages
        self._client = client
        self._submission = submission
        self._settings = settings
        self._deadline = deadline
        self._notify = notify
        self.steering: tuple[Passage, ...] = ()

    async def seat(self, seat: Seat) -> Review:
        """Return the review of one seat, and tell that it is there."""
        review = await self._ask(seat)
        self._notify(SeatFinished(review=review))
        return review

    async def _ask(self, seat: Seat) -> Review:
        clock = asyncio.get_running_loop().time
        started = clock()
        listener = _Listener(seat.name, self._notify)
        try:
            async with asyncio.timeout_at(self._deadline) as limit:
                reply, fallback = await self._reply(seat, listener)
        except TimeoutError:
            if not limit.expired():
                raise
            late = ModelTimeout.after(self._settings.deadline_s)
            return self._silent(seat, ReviewOutcome.TIMED_OUT, late, listener, clock() - started)
        except CouncilError as error:
            return self._silent(seat, outcome_of(error), error, listener, clock() - started)
        return self._heard(seat, reply, fallback, clock() - started)

    async def _reply(self, seat: Seat, listener: _Listener) -> tuple[Reply, str | None]:
        """Return the reply of the seat's model or, where that cannot be had, of its fallback, and which one that is."""
        try:
            return await self._client.complete(self._call(seat), on_progress=listener.hear), None
        except _NOT_TO_BE_HAD as error:
            if seat.fallback is None:
                raise
            first = error
        same = seat_for(seat.fallback).provider == seat.provider
        other: Seat = seat.but(model=seat.fallback, api_base=seat.api_base if same else None)
        try:
            return await self._client.complete(self._call(other), on_progress=listener.hear), other.model
        except ModelError as error:
            problem = f"{first.problem}; its fallback {one_line(other.model, 80)}: {error.problem}"
            raise type(error)(problem, error.remedy or first.remedy) from None

    def _call(self, seat: Seat) -> Call:
        return Call(
            model=seat.model,
            messages=self._messages,
            reply_schema=BALLOT_SCHEMA,
            temperature=self._settings.temperature,
            max_tokens=self._settings.max_tokens,
            timeout_s=self._settings.attempt_limit_s,
            api_base=seat.api_base,
            purpose="review",
        )

    @staticmethod
    def _silent(
        seat: Seat, outcome: ReviewOutcome, error: CouncilError, listener: _Listener, duration_s: float
    ) -> Review:
        return Review(
            seat=seat,
            outcome=outcome,
            reason=error.problem,
            remedy=error.remedy,
            cost_usd=0.0 if seat.provider == _LOCAL else None,
            duration_s=duration_s,
            attempts=listener.attempts,
        )

    def _heard(self, seat: Seat, reply: Reply, fallback: str | None, duration_s: float) -> Review:
        ballot: Ballot | Unread
        refusal = self._turn_away(seat, reply)
        if refusal is None:
            ballot = read_ballot(reply.text, seat=seat.name, finish=reply.finish, submission=self._submission)
        else:
            ballot = Unread(outcome=outcome_of(refusal), reason=refusal.problem)
        obeyed = find_obedience(reply.text, self._submission, self.steering) if refusal is None else None
        given = None if isinstance(ballot, Unread) else ballot
        unread = _obedient(obeyed) if obeyed is not None else ballot if isinstance(ballot, Unread) else None
        return Review(
            seat=seat,
            outcome=ReviewOutcome.ANSWERED if unread is None else unread.outcome,
            ballot=given if unread is None else None,
            withdrawn=None if obeyed is None else given,
            alarm=None if obeyed is None else alarm_of(obeyed, seat.name, self._submission),
            reason=None if unread is None else unread.reason,
            remedy=None if refusal is None else refusal.remedy,
            raw_text=reply.text,
            fallback=fallback,
            served_model=reply.served_model,
            digest=reply.digest,
            usage=reply.usage,
            cost_usd=reply.cost_usd,
            duration_s=duration_s if reply.duration_s is None else reply.duration_s,
            attempts=reply.attempts,
            recorded_at=reply.recorded_at,
        )


def outcome_of(error: CouncilError) -> ReviewOutcome:
    """Return what an error makes of the seat it happened to."""
    return next((outcome for kind, outcome in _OUTCOMES if isinstance(error, kind)), ReviewOutcome.FAILED)


def _obedient(obeyed: Obeyed) -> Unread:
    return Unread(outcome=ReviewOutcome.OBEYED, reason=f"it obeyed an instruction in the material: {obeyed.reason}")


class _Listener:
    """Turns the progress of one call into events, and counts pieces of text (about one token each) and attempts."""

    def __init__(self, seat: str, notify: Callable[[Event], None]) -> None:
        self._seat = seat
        self._notify = notify
        self._pieces = 0
        self.attempts = 0

    def hear(self, progress: Progress) -> None:
        """Tell what the call does now."""
        if progress.state is CallState.ASKING:
            self.attempts += 1
        if progress.state is CallState.RETRYING:
            self._pieces = 0
        if progress.text:
            self._pieces += 1
        moved = SeatMoved(seat=self._seat, state=progress.state, tokens=self._pieces or None, detail=progress.detail)
        self._notify(moved)
