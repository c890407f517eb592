"""All seats at once: every seat that was invited gets a review, whatever happened to it."""

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
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
)
from council.policies import seat_for
from council.protocols import ModelClient
from council.reviewing.ballot import Unread, read_ballot
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
    turn_away: TurnAway | None = None,
) -> tuple[Review, ...]:
    """Ask every seat at once and return one review a seat, in the order of ``seats``, at the latest at the deadline.

    Args:
        messages: what every seat is asked, the same for all.
        client: asks the models; whatever it raises as a ``CouncilError`` becomes the outcome of its seat.
        retired: by name, the seats that must not be asked, and why.
        turn_away: looks at who really answered; a seat whose reply it returns an error for has no ballot.
        on_event: hears ``SeatMoved`` and ``SeatFinished`` as they happen.

    Anything but a ``CouncilError`` is a bug: it ends the sitting. Cancelling leaves nothing running.
    """
    deadline = asyncio.get_running_loop().time() + settings.deadline_s
    notify = on_event or _ignore
    panel = _Sitting(tuple(messages), client, submission, settings, deadline, notify, turn_away or _let_in)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(panel.seat(seat, retired.get(seat.name))) for seat in seats]
    return tuple(task.result() for task in tasks)


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

    async def seat(self, seat: Seat, retired: str | None) -> Review:
        """Return the review of one seat, and tell that it is there."""
        if retired is not None:
            review = Review(seat=seat, outcome=ReviewOutcome.FAILED, reason=retired)
        else:
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
            reason = f"no answer in {self._settings.deadline_s:g} s"
            return self._silent(seat, ReviewOutcome.TIMED_OUT, ModelTimeout(reason), listener, clock() - started)
        except CouncilError as error:
            outcome = next((o for kind, o in _OUTCOMES if isinstance(error, kind)), ReviewOutcome.FAILED)
            return self._silent(seat, outcome, error, listener, clock() - started)
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
            ballot = Unread(outcome=ReviewOutcome.FAILED, reason=refusal.problem)
        unread = ballot if isinstance(ballot, Unread) else None
        return Review(
            seat=seat,
            outcome=ReviewOutcome.ANSWERED if unread is None else unread.outcome,
            ballot=None if isinstance(ballot, Unread) else ballot,
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
