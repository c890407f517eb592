"""The council itself: takes a submission through its stages and keeps the session. Only this module knows two rooms."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from council import consensus, generation, reviewing, validation
from council._version import __version__
from council.errors import ModelError, UsageError
from council.keeping import Keeper
from council.models import has_key, open_client, open_host, sitting, warm_up
from council.policies import (
    DRAFTER,
    FALLBACK,
    WRITER,
    Admission,
    Panel,
    Policy,
    distinct_seats,
    load_panel,
    load_policy,
    seat_for,
    seat_role,
)
from council.protocols import Aggregator, Docket, ModelClient, ModelHost, Sandbox, Store
from council.sandbox import open_sandbox
from council.settings import Settings
from council.store import open_store
from council.templating import Templates
from council.types.base import Record, now
from council.types.calls import Message, Reply
from council.types.checks import ValidationReport
from council.types.events import CheckFinished, ConsensusReached, Event, SeatFinished, SittingOpened
from council.types.reviews import Review, Seat
from council.types.session import Cost, Session, SessionKind, SessionState, new_session_id
from council.types.submission import SourceFile, Submission

Listener = Callable[[Event], None]
T = TypeVar("T")


class Bench(Record):
    """The seats of one sitting, and which of them can no longer be asked."""

    panel: str | None
    seats: tuple[Seat, ...]
    quorum: int
    retired: dict[str, str] = {}


class Council:
    """Holds the parts of one house and sits with them. Everything can be handed in; ``from_settings`` makes the rest.

    Use it as an async context manager, or call ``close`` at the end.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        client: ModelClient,
        host: ModelHost,
        sandbox: Sandbox,
        store: Store | None = None,
        aggregator: Aggregator | None = None,
        replayed_from: str | None = None,
        real_client: bool = False,
    ) -> None:
        self.settings = settings
        self.client = client
        self.host = host
        self.sandbox = sandbox
        self.store = store
        self.aggregator = aggregator or consensus.DEFAULT
        self.templates = Templates(settings.templates_dir)
        self._replayed_from = replayed_from
        self._real_client = real_client

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        record: Path | None = None,
        replay: Path | None = None,
        sandbox: Sandbox | None = None,
    ) -> Council:
        """Open client, Ollama, sandbox and store as the settings say.

        ``record`` keeps every reply of a seat in a folder, ``replay`` answers from such a folder and calls nobody.
        A ``sandbox`` that is handed in is used as it is.
        Raises ``SandboxError``, ``StoreError``, ``UsageError``.
        """
        if record is not None and replay is not None:
            raise UsageError("record and replay contradict each other", "Give one of them")
        return cls(
            settings,
            client=open_client(settings, record=record, replay=replay),
            host=open_host(settings),
            sandbox=sandbox or open_sandbox(settings),
            store=open_store(settings.store_url) if settings.store else None,
            replayed_from=None if replay is None else replay.name if replay.is_absolute() else replay.as_posix(),
            real_client=replay is None,
        )

    async def __aenter__(self) -> Council:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store."""
        if self.store is not None:
            self.store.close()

    def policy(self, policy: str | Policy | None = None) -> Policy:
        """Return the policy that decides: the one given, else the settings'. Raises ``PolicyError``."""
        if isinstance(policy, Policy):
            return policy
        return load_policy(policy or self.settings.policy, folders=self._folders)

    def bench(self, policy: Policy, seats: Sequence[str | Seat] | None = None) -> Bench:
        """Return who sits: the seats given, else the settings' seats, else the panel. Raises ``PolicyError``."""
        named = tuple(seats) if seats is not None else self.settings.seats
        if policy.checks_only:
            return Bench(panel=None, seats=(), quorum=policy.voting.quorum)
        if named:
            chosen = distinct_seats(tuple(seat if isinstance(seat, Seat) else seat_for(seat) for seat in named))
            # Two hand-picked seats can be a quorum of two; one never is, unless the policy itself asks for one.
            quorum = min(policy.voting.quorum, max(2, len(chosen)))
            return Bench(panel=None, seats=chosen, quorum=quorum)
        return _seated(load_panel(self.settings.panel, folders=self._folders), policy)

    async def validate(
        self, submission: Submission, *, policy: str | Policy | None = None, on_event: Listener | None = None
    ) -> ValidationReport:
        """Run every check the policy asks for, in the sandbox."""
        return await validation.run_checks(
            submission,
            self.policy(policy),
            self.sandbox,
            settings=self.settings,
            on_check=None if on_event is None else lambda result: on_event(CheckFinished(result=result)),
        )

    async def review(
        self,
        submission: Submission,
        *,
        policy: str | Policy | None = None,
        seats: Sequence[str | Seat] | None = None,
        on_event: Listener | None = None,
    ) -> Session:
        """Let the council sit over a submission and return the whole session. Every seat invited is in it."""
        submission = generation.with_origin(submission)
        chosen = self.policy(policy)
        bench = self.bench(chosen, seats)
        chosen = chosen.but(voting=chosen.voting.but(quorum=bench.quorum))
        admission = await self._admit_seats(chosen, bench)
        session = self._opened(SessionKind.REVIEW, submission, chosen, bench).but(notes=admission.take_notes())
        return await self._kept(session, lambda keep: self._sit(keep, chosen, bench, admission, on_event or _deaf))

    async def generate(
        self,
        task: str,
        *,
        tests: tuple[SourceFile, ...] = (),
        path: str = "generated.py",
        policy: str | Policy | None = None,
        on_event: Listener | None = None,
    ) -> Session:
        """Let the local model write code for a task and return the session with every attempt and its checks."""
        chosen = self.policy(policy)
        blank = Submission(files=(), tests=tests, task=task)
        admission = await self._admit_writers(chosen)
        session = self._opened(SessionKind.GENERATE, blank, chosen, None).but(notes=admission.take_notes())
        return await self._kept(session, lambda keep: self._write(keep, chosen, path, admission, on_event or _deaf))

    @property
    def _folders(self) -> tuple[Path, ...]:
        return () if self.settings.policies_dir is None else (self.settings.policies_dir,)

    async def _admit_writers(self, policy: Policy) -> Admission:
        """Look up every model that may write. Raises ``ModelBanned``."""
        wanted = ((s := self.settings).model, WRITER), (s.draft_model, DRAFTER), (s.fallback_model, FALLBACK)
        admission = await self._admission(policy, local=any(name for name, _ in wanted))
        for name, role in wanted:
            if name:
                admission.require(name, role)
        return admission

    async def _admit_seats(self, policy: Policy, bench: Bench) -> Admission:
        """Look up the model of every seat that may be asked, and its fallback. Raises ``ModelBanned``."""
        asked = [seat for seat in bench.seats if seat.name not in bench.retired]
        wanted = [(name, seat) for seat in asked for name in (seat.model, seat.fallback) if name]
        local = any(seat_for(name).provider == "ollama" for name, _ in wanted)
        admission = await self._admission(policy, local=local and self._replayed_from is None)
        for name, seat in wanted:
            admission.require(name, seat_role(seat, bench.panel))
        return admission

    async def _admission(self, policy: Policy, *, local: bool) -> Admission:
        """Return the door of the policy, which knows the models of this machine where some are asked."""
        if not local or not (policy.models or policy.unlisted_models != "allowed"):
            return Admission(policy)
        try:
            return Admission(policy, await self.host.models())
        except ModelError:  # who cannot be reached cannot be asked either; names still tell
            return Admission(policy)

    def _opened(self, kind: SessionKind, submission: Submission, policy: Policy, bench: Bench | None) -> Session:
        return Session(
            session_id=new_session_id(),
            kind=kind,
            state=SessionState.OPEN,
            created_at=now(),
            council_version=__version__,
            policy=policy.id,
            panel=bench.panel if bench else None,
            seats=bench.seats if bench else (),
            submission=submission,
            replayed_from=self._replayed_from,
        )

    async def _kept(self, session: Session, work: Callable[[Keeper], Awaitable[None]]) -> Session:
        """Do the work of a session while the store follows it, also when it is interrupted."""
        keeper = Keeper(self.store, session)
        await keeper.open()
        started = time.monotonic()
        failure: Exception | None = None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(keeper.follow())
                try:
                    await work(keeper)
                except Exception as error:  # leaves the group as itself, not wrapped in an ExceptionGroup
                    failure = error
                state = SessionState.FINISHED if failure is None else SessionState.INTERRUPTED
                keeper.change(state=state, finished_at=now(), duration_s=round(time.monotonic() - started, 3))
                keeper.finish()
        except asyncio.CancelledError:  # what the seats have said so far was paid for
            keeper.change(state=SessionState.INTERRUPTED, finished_at=now())
            keeper.save_now()
            raise
        if failure is not None:
            raise failure
        return keeper.session

    async def _sit(self, keep: Keeper, policy: Policy, bench: Bench, admission: Admission, tell: Listener) -> None:
        submission = keep.session.submission
        tell(
            SittingOpened(
                session_id=keep.session.session_id,
                seats=bench.seats,
                checks=tuple(c.check for c in policy.criteria),
                deadline_s=self.settings.deadline_s if bench.seats else None,
            )
        )
        checking = self.validate(submission, policy=policy, on_event=tell)
        called = any(has_key(seat.model) or seat.api_base for seat in bench.seats)
        # litellm takes seconds to import: they pass while the checks run.
        report = await (_beside(checking, warm_up()) if self._real_client and called else checking)
        keep.change(validation=report)
        reviews: tuple[Review, ...] = ()
        if bench.seats:
            reviews = await self._ask(keep, report, policy, bench, admission, tell)
        notes = (*keep.session.notes, *admission.take_notes())
        keep.change(reviews=reviews, cost=Cost.of(reviews), notes=notes)
        docket = Docket(reviews=reviews, report=report, policy=policy)
        decided = self.aggregator.aggregate(docket)
        keep.change(consensus=decided)
        if admission.refusals:
            raise admission.refusals[0]
        tell(ConsensusReached(consensus=decided))

    async def _ask(
        self,
        keep: Keeper,
        report: ValidationReport,
        policy: Policy,
        bench: Bench,
        admission: Admission,
        tell: Listener,
    ) -> tuple[Review, ...]:
        submission = keep.session.submission
        messages: tuple[Message, ...] = reviewing.compose_prompt(submission, report, policy, self.templates)
        keep.change(prompt=messages)
        heard: dict[str, Review] = {}

        def listen(event: Event) -> None:
            if isinstance(event, SeatFinished):
                heard[event.review.seat.name] = event.review
                so_far = tuple(heard[seat.name] for seat in bench.seats if seat.name in heard)
                keep.change(reviews=so_far, cost=Cost.of(so_far))
            tell(event)

        with sitting(self.settings):
            return await reviewing.collect_reviews(
                messages,
                bench.seats,
                self.client,
                submission=submission,
                settings=self.settings,
                on_event=listen,
                retired=bench.retired,
                turn_away=lambda seat, reply: admission.turn_away(reply, seat_role(seat, bench.panel)),
            )

    async def _write(self, keep: Keeper, policy: Policy, path: str, admission: Admission, tell: Listener) -> None:
        session = keep.session
        tell(SittingOpened(session_id=session.session_id, seats=(), checks=tuple(c.check for c in policy.criteria)))

        async def check(submission: Submission) -> ValidationReport:
            return await self.validate(submission, policy=policy)

        def admit(reply: Reply, tier: str) -> None:
            role = DRAFTER if tier == "draft" else FALLBACK if reply.model == self.settings.fallback_model else WRITER
            refusal = admission.turn_away(reply, role)
            keep.change(notes=(*keep.session.notes, *admission.take_notes()))
            if refusal is not None:
                raise refusal

        submission, written = await generation.write_code(
            session.submission.task or "",
            host=self.host,
            validate=check,
            settings=self.settings,
            templates=self.templates,
            tests=session.submission.tests,
            path=path,
            on_event=tell,
            admit=admit,
        )
        chosen = next((a for a in written.attempts if a.number == written.chosen), None)
        if submission is not None and chosen is not None:
            submission = generation.with_header(
                submission,
                model=chosen.model,
                digest=chosen.digest,
                session_id=session.session_id,
                written_at=session.created_at,
                report=chosen.report,
                small=await generation.small_size(self.host, chosen.model),
            )
        keep.change(
            generation=written,
            submission=submission or session.submission,
            validation=chosen.report if chosen else None,
        )


def _seated(panel: Panel, policy: Policy) -> Bench:
    seats = distinct_seats(
        tuple(
            seat_for(s.model, name=s.name, provider=s.provider, api_base=s.api_base, fallback=s.fallback)
            for s in panel.seats
        )
    )
    retired: Mapping[str, str] = {
        seat.name: f"retired ({entry.retired})"
        + (f"; its successor is {entry.replacement}" if entry.replacement else "")
        for seat, entry in zip(seats, panel.seats, strict=True)
        if entry.retired
    }
    return Bench(panel=panel.id, seats=seats, quorum=panel.quorum or policy.voting.quorum, retired=dict(retired))


async def _beside(work: Awaitable[T], aside: Awaitable[None]) -> T:
    """Do some work while something else goes on; a failure leaves as itself, not wrapped in an ExceptionGroup."""
    failure: Exception | None = None
    async with asyncio.TaskGroup() as group:
        group.create_task(_awaited(aside))
        try:
            result = await work
        except Exception as error:
            failure = error
    if failure is not None:
        raise failure
    return result


async def _awaited(aside: Awaitable[None]) -> None:
    await aside


def _deaf(event: Event) -> None:
    """Listen to nothing."""
