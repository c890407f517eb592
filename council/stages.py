"""The stages of a sitting after its reviews: claims are run, put to other seats, and the decision falls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from council import consensus, evidence, reviewing, validation
from council.keeping import Keeper, keep_labels, learn_from
from council.models import sitting
from council.policies import CHAIR, Admission, Policy, seat_role
from council.protocols import Aggregator, Docket, ModelClient, Sandbox, Store
from council.settings import Settings
from council.templating import Templates
from council.types.base import now
from council.types.calls import CallState
from council.types.checks import CheckResult, ValidationReport
from council.types.consensus import Consensus, Decision
from council.types.events import ConsensusReached, Event, SeatMoved
from council.types.evidence import Evidence
from council.types.examinations import Second
from council.types.reviews import ReviewOutcome
from council.types.session import Cost, Session
from council.types.submission import Submission

Listener = Callable[[Event], None]
Witnesses = Callable[[Keeper, Policy, Listener], Awaitable[None]]
"""Calls independent versions of the task, where some are asked for, and keeps what they say: handed in."""


class Stages:
    """What leads a session that has its reviews to its decision. Each stage keeps what it found in the session."""

    def __init__(
        self,
        settings: Settings,
        *,
        client: ModelClient,
        sandbox: Sandbox,
        store: Store | None,
        aggregator: Aggregator,
        templates: Templates,
        witnesses: Witnesses,
    ) -> None:
        self._settings = settings
        self._client = client
        self._sandbox = sandbox
        self._store = store
        self._aggregator = aggregator
        self._templates = templates
        self._witnesses = witnesses

    async def conclude(
        self, keep: Keeper, report: ValidationReport, policy: Policy, admission: Admission, tell: Listener
    ) -> None:
        """Run what is claimed, hear the versions, put what is open to the other seats, and decide."""
        await self._prove(keep, report, tell)
        await self._witnesses(keep, policy, tell)
        await self._examine(keep, policy, admission, tell)
        decided = await asyncio.to_thread(self.decide, keep.session, policy)
        keep.change(consensus=decided)
        await asyncio.to_thread(keep_labels, self._store, consensus.labels_of_runs(keep.session, now()))
        tell(ConsensusReached(consensus=decided))
        await self._state(keep, admission, tell)

    def decide(self, session: Session, policy: Policy) -> Consensus:
        """Decide by what a session holds, and by what the store has learnt. Blocks."""
        docket = _docket(session, policy, session.evidence)
        return self._aggregator.aggregate(docket.but(record=learn_from(self._store, consensus.learn)))

    async def _prove(self, keep: Keeper, report: ValidationReport, tell: Listener) -> None:
        """Run what the findings claim, in the sandbox, and keep what it showed. What was run before stays."""

        async def run(submission: Submission) -> CheckResult:
            return await validation.run_tests(submission, self._sandbox, settings=self._settings)

        session = keep.session
        if self._sandbox.info.unsafe:  # who let the code run without walls has not let every reviewer's code do so
            note = "no reviewer's counterexample was run: there is no sandbox"
            claimed = any(f.counterexample for r in session.reviews if r.ballot for f in r.ballot.findings)
            keep.change(notes=(*session.notes, *((note,) if claimed else ())))
            return
        known = {run.finding_id for run in session.evidence}
        fresh = [r for r in session.reviews if r.ballot and not known & {f.id for f in r.ballot.findings}]
        found = await evidence.prove_claims(
            session.submission, fresh, run=run, settings=self._settings, report=report, on_event=tell
        )
        keep.change(evidence=(*session.evidence, *found))

    async def _examine(self, keep: Keeper, policy: Policy, admission: Admission, tell: Listener) -> None:
        """Put what is open to the other seats, where that can change the decision."""
        session = keep.session

        def decides(found: tuple[Evidence, ...], seconds: tuple[Second, ...]) -> Decision:
            docket = _docket(session, policy, found).but(seconds=seconds)
            return self._aggregator.aggregate(docket).decision

        bar = reviewing.Bar(
            self._client,
            session.submission,
            self._settings,
            self._templates,
            turn_away=lambda seat, reply: admission.turn_away(reply, seat_role(seat, session.panel)),
            spoken=reviewing.spoken_by(session.validation),
            on_event=tell,
        )
        with sitting(self._settings, deadline_s=self._settings.later_limit_s, spent_usd=session.cost.known_usd):
            found, calls = await reviewing.cross_examine(
                session.reviews,
                session.evidence,
                bar,
                weigh=evidence.weigh_seats,
                decides=decides,
                before=session.examinations,
                others=session.versions.findings if session.versions else (),
            )
        fresh = calls[len(session.examinations) :]
        notes = session.notes
        if fresh and session.replayed_from and all(call.outcome is ReviewOutcome.FAILED for call in fresh):
            calls = session.examinations
            notes = (*notes, "the claims were not put to the other seats: the recording holds no such answers")
        cost = Cost.of(session.reviews, calls, session.statement)
        keep.change(evidence=found, examinations=calls, notes=(*notes, *admission.take_notes()), cost=cost)

    async def _state(self, keep: Keeper, admission: Admission, tell: Listener) -> None:
        """Let the chair word the decision, where one is named. Whatever it says, the decision has fallen."""
        session, chair = keep.session, self._settings.chair
        if chair is None:
            keep.change(statement=None)  # an earlier one spoke of an earlier decision
            return
        tell(SeatMoved(seat="chair", state=CallState.ASKING, detail="words the decision"))
        with sitting(self._settings, deadline_s=self._settings.later_limit_s, spent_usd=session.cost.known_usd):
            said = await reviewing.write_statement(
                session,
                self._client,
                self._settings,
                self._templates,
                turn_away=lambda reply: admission.turn_away(reply, CHAIR),
                unasked=admission.authored(chair),
            )
        cost = Cost.of(session.reviews, session.examinations, said)
        keep.change(statement=said, cost=cost, notes=(*session.notes, *admission.take_notes()))


def _docket(session: Session, policy: Policy, found: tuple[Evidence, ...]) -> Docket:
    return Docket(
        reviews=session.reviews,
        report=session.validation,
        evidence=found,
        probe=session.probe,
        findings=session.versions.findings if session.versions else (),
        testimony=session.versions.testimony if session.versions else None,
        seconds=reviewing.seconds_of(session.examinations),
        policy=policy,
    )
