"""What samples of a task part on, put to the seats of a panel instead of a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from council import reviewing
from council.errors import UsageError
from council.keeping import Keeper
from council.models import sitting
from council.policies import Admission, Bench, Policy, seat_role
from council.protocols import ModelClient
from council.settings import Settings
from council.templating import Templates
from council.text import plural
from council.types.events import Event
from council.types.session import Cost
from council.types.versions import Question
from council.versions.asking import Ask
from council.versions.speaking import input_words

Listener = Callable[[Event], None]


class SeatsAnswer:
    """Puts each question to every seat; the calls, and what they cost, are kept in the session.

    Raises ``UsageError`` where nobody sits.
    """

    def __init__(
        self, bench: Bench, admission: Admission, client: ModelClient, settings: Settings, templates: Templates
    ) -> None:
        self._seats = tuple(seat for seat in bench.askable if seat.name not in {**bench.retired, **bench.recused})
        if not self._seats:
            raise UsageError("there is no seat to ask", "Name a panel with --panel, under a policy that asks reviewers")
        self._panel = bench.panel
        self._admission, self._client, self._settings, self._templates = admission, client, settings, templates

    @classmethod
    async def of(cls, house: Any, policy: Policy) -> SeatsAnswer:
        """Return the panel of a council under a policy. Raises ``ModelBanned`` as well."""
        bench: Bench = house.bench(policy)
        return cls(bench, await house.admit_seats(policy, bench), house.client, house.settings, house.templates)

    def bound(self, keep: Keeper, tell: Listener) -> Ask:
        """Return what puts the questions of one session."""

        async def ask(question: Question, number: int, of: int) -> Question:
            return await self.answer(keep, question, number, tell)

        return ask

    async def answer(self, keep: Keeper, question: Question, number: int, tell: Listener) -> Question:
        """Return the question with what most seats say, or without an answer where they do not agree."""
        session = keep.session
        bar = reviewing.Bar(
            self._client,
            session.submission,
            self._settings,
            self._templates,
            turn_away=lambda seat, reply: self._admission.turn_away(reply, seat_role(seat, self._panel)),
            topic="what the task asks for",
            on_event=tell,
        )
        with sitting(self._settings, deadline_s=self._settings.later_limit_s, spent_usd=session.cost.known_usd):
            place, names, calls = await reviewing.ask_readings(
                bar, self._seats, number, input_words(question.about.input), question.choices
            )
        held = (*session.examinations, *calls)
        notes = (*session.notes, *self._admission.take_notes())
        keep.change(examinations=held, cost=Cost.of((), held, None), seats=self._seats, notes=notes)
        if place is None:
            return question
        by = f"{len(names)} of {plural(len(calls), 'seat')} ({', '.join(names)})"
        answered: Question = question.but(answer=place, by=by)
        return answered
