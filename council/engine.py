"""The council itself: takes a submission through its stages and keeps the session. Only this module knows two rooms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from council import consensus, generation, probing, reviewing, validation
from council._version import __version__
from council.concurrency import beside
from council.errors import ModelError, UsageError
from council.keeping import Keeper, kept
from council.models import has_key, open_client, open_host, sitting, warm_up
from council.policies import (
    CHAIR,
    DRAFTER,
    FALLBACK,
    WRITER,
    Admission,
    Bench,
    Policy,
    load_panel,
    load_policy,
    named_bench,
    panel_bench,
    seat_for,
    seat_role,
)
from council.protocols import Aggregator, Docket, ModelClient, ModelHost, Sandbox, Store
from council.sandbox import open_sandbox
from council.settings import Settings
from council.stages import Stages
from council.store import open_store
from council.templating import Templates
from council.turns import plan_turns
from council.types.base import now
from council.types.calls import Message, Reply
from council.types.checks import ValidationReport
from council.types.events import CheckFinished, Event, SeatFinished, SittingOpened
from council.types.reviews import Review, Seat
from council.types.session import Cost, Session, SessionKind, SessionState, new_session_id
from council.types.submission import Origin, SourceFile, Submission
from council.questioning import SeatsAnswer
from council.sampling import write_samples
from council.versions.asking import Ask
from council.witnessing import Parts, add_versions

Listener = Callable[[Event], None]


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
        return load_policy(policy or self.settings.policy, folders=self.settings.policy_folders)

    def bench(self, policy: Policy, seats: Sequence[str | Seat] | None = None) -> Bench:
        """Return who sits: the seats given, else the settings' seats, else the panel. Raises ``PolicyError``."""
        named = tuple(seats) if seats is not None else self.settings.seats
        if policy.checks_only:
            return Bench(panel=None, seats=(), quorum=policy.voting.quorum)
        if named:
            return named_bench(named, policy)
        return panel_bench(load_panel(self.settings.panel, folders=self.settings.policy_folders), policy)

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
        bench = await self._with_authors(self.bench(chosen, seats), submission)
        chosen = chosen.but(voting=chosen.voting.but(quorum=bench.quorum))
        admission = await self.admit_seats(chosen, bench)
        session = self._opened(SessionKind.REVIEW, submission, chosen, bench).but(notes=admission.take_notes())
        return await kept(
            self.store, session, lambda keep: self._sit(keep, chosen, bench, admission, on_event or _deaf)
        )

    async def generate(
        self,
        task: str,
        *,
        tests: tuple[SourceFile, ...] = (),
        path: str = "generated.py",
        policy: str | Policy | None = None,
        on_event: Listener | None = None,
        ask: Ask | Literal["seats"] | None = None,
    ) -> Session:
        """Let the local model write code for a task and return the session with every attempt and its checks.

        ``ask``: of several samples, is put what they part on (see ``council.versions.Ask``); ``"seats"``: the panel is.
        """
        chosen = self.policy(policy)
        seated = await SeatsAnswer.of(self, chosen) if isinstance(ask, str) else None
        person = None if isinstance(ask, str) else ask
        blank = Submission(files=(), tests=tests, task=task)
        admission = await self._admit_writers(chosen)
        session = self._opened(SessionKind.GENERATE, blank, chosen, None).but(notes=admission.take_notes())
        tell = on_event or _deaf

        async def work(keep: Keeper) -> None:
            await self._write(keep, chosen, path, admission, tell, seated.bound(keep, tell) if seated else person)

        return await kept(self.store, session, work)

    async def _with_authors(self, bench: Bench, submission: Submission) -> Bench:
        """Find out who wrote the submission, where somebody sits over it."""
        if not bench.seats:
            return bench
        authors = await asyncio.to_thread(generation.authors_of, submission, self.store)
        known: Bench = bench.but(authors=authors)
        return known

    async def _admit_writers(self, policy: Policy) -> Admission:
        """Look up every model that may write. Raises ``ModelBanned``."""
        wanted = ((s := self.settings).model, WRITER), (s.draft_model, DRAFTER), (s.fallback_model, FALLBACK)
        admission = await self._admission(policy, local=any(name for name, _ in wanted))
        for name, role in wanted:
            if name:
                admission.require(name, role)
        return admission

    async def admit_seats(self, policy: Policy, bench: Bench) -> Admission:
        """Look up the model of every seat that may be asked, and its fallback. Raises ``ModelBanned``."""
        asked = [seat for seat in bench.seats if seat.name not in bench.retired]
        wanted = [
            (name, seat_role(seat, bench.panel)) for seat in asked for name in (seat.model, seat.fallback) if name
        ]
        wanted += [(self.settings.chair, CHAIR)] if self.settings.chair else []
        local = any(seat_for(name).provider == "ollama" for name, _ in wanted)
        admission = await self._admission(policy, local=local and self._replayed_from is None, authors=bench.authors)
        for name, role in wanted:
            admission.require(name, role)
        return admission

    async def _admission(self, policy: Policy, *, local: bool, authors: tuple[Origin, ...] = ()) -> Admission:
        """Return the door of the policy, which knows the models of this machine where some are asked."""
        if not local or not (policy.models or policy.unlisted_models != "allowed"):
            return Admission(policy, authors=authors)
        try:
            return Admission(policy, await self.host.models(), authors)
        except ModelError:  # who cannot be reached cannot be asked either; names still tell
            return Admission(policy, authors=authors)

    def _opened(self, kind: SessionKind, submission: Submission, policy: Policy, bench: Bench | None) -> Session:
        return Session(
            session_id=new_session_id(),
            kind=kind,
            state=SessionState.OPEN,
            created_at=now(),
            council_version=__version__,
            policy=policy.id,
            policy_record=policy.model_dump(mode="json"),
            panel=bench.panel if bench else None,
            seats=bench.seats if bench else (),
            submission=submission,
            replayed_from=self._replayed_from,
        )

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
        report = await (beside(checking, warm_up()) if self._real_client and called else checking)
        keep.change(validation=report)
        asking = self._ask(keep, report, policy, bench, admission, tell) if bench.seats else _nobody()
        # so do the seconds that scikit-learn takes, and those of measuring the tests, while the seats answer.
        waiting = beside(asking, consensus.warm_up()) if self._real_client and called else asking
        reviews = await beside(waiting, self._probe(keep, report, policy, tell))
        notes = (*keep.session.notes, *admission.take_notes())
        keep.change(reviews=reviews, cost=Cost.of(reviews), notes=notes)
        await self.stages.conclude(keep, report, policy, admission, tell)
        if admission.refusals:
            raise admission.refusals[0]

    @property
    def stages(self) -> Stages:
        """Return what leads a session that has its reviews to its decision."""
        return Stages(
            self.settings,
            client=self.client,
            sandbox=self.sandbox,
            store=self.store,
            aggregator=self.aggregator,
            templates=self.templates,
            witnesses=self._call_versions,
        )

    async def _call_versions(self, keep: Keeper, policy: Policy, tell: Listener) -> None:
        """Call independent versions of the task as witnesses, where some are asked for."""
        asked = bool(self.settings.versions)
        await add_versions(keep, Parts.of(self, policy), lambda: self._admission(policy, local=True), tell, asked=asked)

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
        # It looks through all of the material for words to reviewers: a large one would hold up everybody else.
        compose = reviewing.compose_prompt
        messages: tuple[Message, ...] = await asyncio.to_thread(compose, submission, report, policy, self.templates)
        keep.change(prompt=messages)
        heard: dict[str, Review] = {}

        def listen(event: Event) -> None:
            if isinstance(event, SeatFinished):
                heard[event.review.seat.name] = event.review
                so_far = tuple(heard[seat.name] for seat in bench.seats if seat.name in heard)
                keep.change(reviews=so_far, cost=Cost.of(so_far))
            tell(event)

        known = Docket(report=report, policy=policy)
        turns = await asyncio.to_thread(plan_turns, self.store, known, bench.seats, messages, self.settings)
        with sitting(self.settings):
            return await reviewing.collect_reviews(
                messages,
                bench.askable,
                self.client,
                submission=submission,
                settings=self.settings,
                on_event=listen,
                retired=bench.retired,
                recused=bench.recused,
                spoken=reviewing.spoken_by(report),
                turn_away=lambda seat, reply: admission.turn_away(reply, seat_role(seat, bench.panel)),
                turns=turns,
            )

    async def _probe(self, keep: Keeper, report: ValidationReport, policy: Policy, tell: Listener) -> None:
        """Measure the submission's own tests, where that is asked for, and keep what it showed."""
        if self.settings.probe or policy.probe:
            tools = probing.Tools(self.sandbox, validation.run_tests, validation.measure_reach)
            work = probing.probe_submission(keep.session.submission, report, tools, self.settings, on_event=tell)
            keep.change(probe=await work)

    async def _write(
        self, keep: Keeper, policy: Policy, path: str, admission: Admission, tell: Listener, ask: Ask | None
    ) -> None:
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

        def remark(words: str) -> None:
            keep.change(notes=(*keep.session.notes, words))

        if self.settings.samples > 1:
            submission, written = await write_samples(
                session.submission, path, Parts.of(self), admission, check=check, on_event=tell, ask=ask, remark=remark
            )
        else:
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


async def _nobody() -> tuple[Review, ...]:
    """Return the reviews of no seats."""
    return ()


def _deaf(event: Event) -> None:
    """Listen to nothing."""
