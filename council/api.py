"""The public verbs. A ``str`` source is always a path; text goes through ``Submission.from_text``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from council import consensus, rendering
from council.engine import Council
from council.errors import StoreError, UsageError
from council.policies import Policy, load_policy
from council.protocols import Aggregator, Archive, Docket
from council.settings import Settings, default_store_path, load_settings
from council.sources import read_submission, read_tests
from council.store import open_store
from council.templating import Templates
from council.types.advisories import Advisory
from council.types.audits import Audit
from council.types.base import Record
from council.types.checks import ValidationReport
from council.types.consensus import Consensus
from council.types.events import Event, SittingClosed
from council.types.reviews import Review, Seat
from council.types.session import Session
from council.types.submission import Submission

Source = str | Path | Submission | Sequence[str | Path]
Tests = str | Path | Sequence[str | Path] | None
T = TypeVar("T")


async def review(
    source: Source,
    *,
    task: str | None = None,
    tests: Tests = None,
    policy: str | Policy | None = None,
    seats: Sequence[str | Seat] | None = None,
    settings: Settings | None = None,
) -> Session:
    """Let the council review code and return the session with its decision, score and evidence.

    Args:
        source: a path, several paths, or a ``Submission``.
        task: what the code should do, in words.
        tests: path or paths of pytest files.
        policy: id, file or ``Policy``; by default the settings'.
        seats: LiteLLM model names that sit instead of the settings' panel.
        settings: by default those of the working directory.

    Raises:
        CouncilError: with one sentence and one remedy; a seat that fails is no error but a review in the session.
    """
    resolved = settings or load_settings().settings
    submission = submission_of(source, task=task, tests=tests, settings=resolved)
    async with Council.from_settings(resolved) as house:
        return await house.review(submission, policy=policy, seats=seats)


def review_sync(
    source: Source,
    *,
    task: str | None = None,
    tests: Tests = None,
    policy: str | Policy | None = None,
    seats: Sequence[str | Seat] | None = None,
    settings: Settings | None = None,
) -> Session:
    """Do what ``review`` does, without ``await``. Raises ``UsageError`` inside a running event loop."""
    return _run(review(source, task=task, tests=tests, policy=policy, seats=seats, settings=settings))


async def generate(task: str, *, settings: Settings | None = None) -> Submission:
    """Let the local model write code for a task, with the checks' failures as feedback.

    Returns the best attempt with its provenance header. Raises ``UsageError`` when no attempt held code.
    """
    resolved = settings or load_settings().settings
    async with Council.from_settings(resolved) as house:
        session = await house.generate(task)
    if not session.submission.files:
        raise UsageError(f"{session.generation and session.generation.model} wrote no code for this task")
    return session.submission


async def validate(
    source: Source, *, task: str | None = None, tests: Tests = None, settings: Settings | None = None
) -> ValidationReport:
    """Run the checks of the settings' policy in the sandbox. Nobody is asked and nothing is stored.

    ``task`` says in words what the code should do: the examples it gives are run.
    """
    resolved = (settings or load_settings().settings).but(store=False)
    submission = submission_of(source, task=task, tests=tests, settings=resolved)
    async with Council.from_settings(resolved) as house:
        return await house.validate(submission)


async def audit(
    paths: str | Path | Sequence[str | Path],
    *,
    models: Sequence[str] = (),
    since: datetime | None = None,
    policy: str | Policy | None = None,
    settings: Settings | None = None,
) -> Audit:
    """Find code that some models wrote, check it in the sandbox, and rank it by risk. Nothing is changed or stored.

    Args:
        paths: files and folders.
        models: names of models or families; by default what the policy discourages or bans.
        since: leaves out what is known to be older.
        policy: id, file or ``Policy``; by default the settings'.
        settings: by default those of the working directory; their store tells which code earlier sittings know.

    Raises ``SourceError`` for a path that is not there, ``SandboxError`` when nothing can be executed.
    """
    from council import audits  # with what only an audit needs

    resolved = settings or load_settings().settings
    with _archive(resolved) as archive:
        return await audits.audit(
            _many(paths), models=models, since=since, settings=resolved, archive=archive,
            policy=_policy(policy, resolved),
        )  # fmt: skip


async def advise(
    model: str,
    *,
    against: Sequence[str] = (),
    memory_gb: float | None = None,
    policy: str | Policy | None = None,
    settings: Settings | None = None,
) -> Advisory:
    """Return the advisory about a model from what the store holds. ``render`` makes the document of it.

    Args:
        model: as people call it; case, registries and packing do not matter.
        against: models to compare with; by default the best of the same benchmark.
        memory_gb: what is recommended must fit into so many GB.
        policy: id, file or ``Policy``; by default the settings'.
        settings: by default those of the working directory.

    Raises ``StoreError`` with the command that makes evidence where there is none. No version of it is kept: that is
    the command's work.
    """
    from council import advisories

    resolved = settings or load_settings().settings
    with _archive(resolved) as archive:
        if archive is None:
            raise StoreError("nothing is kept here yet, so there is no evidence", "Run: council bench run core")
        made = partial(
            advisories.advise, model, archive=archive, policy=_policy(policy, resolved), against=tuple(against),
            memory_gb=memory_gb, write=False,
        )  # fmt: skip
        return (await asyncio.to_thread(made)).advisory


def aggregate(
    reviews: Sequence[Review], *, policy: str | Policy | None = None, aggregator: Aggregator | None = None
) -> Consensus:
    """Turn reviews into a decision, without any call. No check has run, so the checks a policy requires are missing.

    The default policy here has no criteria: it only counts what the seats say.
    """
    if policy is None:
        policy = Policy(id="votes", title="Votes alone")
    elif isinstance(policy, str):
        policy = load_policy(policy)
    return (aggregator or consensus.DEFAULT).aggregate(Docket(reviews=tuple(reviews), policy=policy))


def render(subject: Record, *, document: str | None = None) -> str:
    """Return a session or a validation report as a document: ``markdown`` (default), ``html`` or ``json``."""
    return rendering.Documents(Templates()).render(subject, document=document or "markdown")


def stream(
    source: Source,
    *,
    task: str | None = None,
    tests: Tests = None,
    policy: str | Policy | None = None,
    seats: Sequence[str | Seat] | None = None,
    settings: Settings | None = None,
) -> Sitting:
    """Review like ``review``, and yield each event as it happens.

    >>> async def watch() -> None:
    ...     async with stream("cache.py") as sitting:
    ...         async for event in sitting:
    ...             print(type(event).__name__)
    """
    resolved = settings or load_settings().settings
    submission = submission_of(source, task=task, tests=tests, settings=resolved)
    return Sitting(Council.from_settings(resolved), submission, policy, seats)


class Sitting:
    """A sitting under way: an async context manager over events. Leaving it early cancels the sitting."""

    def __init__(
        self, house: Council, submission: Submission, policy: str | Policy | None, seats: Sequence[str | Seat] | None
    ) -> None:
        self._house = house
        self._what = (submission, policy, seats)
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.session: Session | None = None

    async def __aenter__(self) -> Sitting:
        # Not a TaskGroup: the caller's code runs between enter and exit, and a group must not be left that way.
        # This one task never outlives __aexit__.
        self._task = asyncio.create_task(self._sit())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task = self._task
        if task is None:
            return
        task.cancel()
        await asyncio.wait([task])
        if kind is None and not task.cancelled() and task.exception() is not None:
            raise task.exception()  # type: ignore[misc]

    async def __aiter__(self) -> AsyncIterator[Event]:
        while (event := await self._events.get()) is not None:
            yield event
        if self._task is not None and self._task.done() and not self._task.cancelled():
            self._task.result()

    async def _sit(self) -> None:
        submission, policy, seats = self._what
        try:
            async with self._house as house:
                self.session = await house.review(
                    submission, policy=policy, seats=seats, on_event=self._events.put_nowait
                )
                self._events.put_nowait(SittingClosed(session=self.session))
        finally:
            self._events.put_nowait(None)


def submission_of(source: Source, *, task: str | None = None, tests: Tests = None, settings: Settings) -> Submission:
    """Return what is reviewed, read from disk where it is not a ``Submission`` yet. Raises ``SourceError``."""
    if isinstance(source, Submission):
        changes: dict[str, Any] = {}
        if task is not None:
            changes["task"] = task
        if tests is not None:
            changes["tests"] = read_tests(_many(tests), settings=settings)
        return source.but(**changes) if changes else source
    return read_submission(_many(source), tests=() if tests is None else _many(tests), task=task, settings=settings)


def _policy(policy: str | Policy | None, settings: Settings) -> Policy:
    return policy if isinstance(policy, Policy) else load_policy(policy or settings.policy)


@contextmanager
def _archive(settings: Settings) -> Iterator[Archive | None]:
    """Open the store for reading; ``None`` where nothing is kept."""
    if not settings.store or (settings.store_url is None and not default_store_path().exists()):
        yield None
        return
    archive = open_store(settings.store_url, readonly=True)
    try:
        yield archive
    finally:
        archive.close()


def _many(paths: str | Path | Sequence[str | Path]) -> tuple[str | Path, ...]:
    return (paths,) if isinstance(paths, str | Path) else tuple(paths)


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    work.close()
    raise UsageError("review_sync cannot run inside a running event loop", "Use: await council.review(...)")
