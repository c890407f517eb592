"""One session on its way into the store, while the sitting goes on, and what the store holds of earlier ones.

Versions of a task are kept and used again: nobody writes twice what the same weights would write again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress

from council.errors import CouncilError, StoreError
from council.policies import local_name
from council.protocols import Archive, ModelHost, Store
from council.types.base import now
from council.types.labels import Label, TrackRecord
from council.types.session import Session, SessionState
from council.types.versions import Behaviour, Version


class Keeper:
    """Writes each state of one session, newest only, without making the sitting wait for the disk."""

    def __init__(self, store: Store | None, session: Session) -> None:
        self.session = session
        self._store = store
        self._changed = asyncio.Event()
        self._finished = False

    async def open(self) -> None:
        """Write the session before anything is spent. Raises ``StoreError``."""
        if self._store is not None:
            await asyncio.to_thread(self._store.open_session, self.session)

    def change(self, **fields: object) -> None:
        """Replace fields of the session; the store follows."""
        self.session = self.session.but(**fields)
        self._changed.set()

    def finish(self) -> None:
        """Let ``follow`` end after it has written what is left."""
        self._finished = True
        self._changed.set()

    async def follow(self) -> None:
        """Write until finished. A store that fails on the way costs a note, not the sitting that was paid for."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            last = self._finished
            if self._store is not None:
                try:
                    await asyncio.to_thread(self._store.update_session, self.session)
                except StoreError as error:
                    self._store = None
                    self.session = self.session.but(notes=(*self.session.notes, f"not stored: {error}"))
            if last:
                return

    def save_now(self) -> None:
        """Write at once, blocking: for the moment before an interruption goes on."""
        if self._store is not None:
            with suppress(StoreError):
                self._store.update_session(self.session)


def learn_from(store: Store | None, learn: Callable[[Iterable[Label]], TrackRecord]) -> TrackRecord | None:
    """Return what the labels of a store teach; ``None`` where it keeps none."""
    if not isinstance(store, Archive):
        return None
    try:
        return learn(store.list_labels())
    except StoreError:  # a sitting that was paid for does not fail for want of a better number
        return None


def keep_labels(store: Store | None, labels: Iterable[Label]) -> None:
    """Keep what a sitting itself has shown; a store that fails costs the labels, not the sitting."""
    if isinstance(store, Archive):
        with suppress(StoreError):
            for label in labels:
                store.put_label(label)


async def kept(store: Store | None, session: Session, work: Callable[[Keeper], Awaitable[None]]) -> Session:
    """Do the work of a session while the store follows it, also when it is interrupted."""
    keeper = Keeper(store, session)
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


async def kept_versions(store: Store | None, task: str, host: ModelHost) -> tuple[Version, ...]:
    """Return what was written for a task before, without what other weights wrote under the same name.

    Where the server does not tell its weights, all counts.
    """
    there = await asyncio.to_thread(_read_versions, store, task)
    if not any(version.digest for version in there):
        return there
    try:
        weights = {local_name(model.name): model.digest for model in await host.models()}
    except CouncilError:  # it will say so itself if it has to write
        return there
    return tuple(one for one in there if not _outdated(one, weights.get(local_name(one.model))))


async def keep_versions(store: Store | None, task: str, made: Iterable[Version]) -> None:
    """Keep versions just written; the same model and seed replaces one. Raises ``StoreError``."""
    await asyncio.to_thread(_write_versions, store, task, tuple(made))


class KeptBehaviours:
    """What programs did, as a store remembers it. A store that fails, or is none, costs a run and nothing else."""

    def __init__(self, store: Store | None) -> None:
        self._store = store if isinstance(store, Archive) else None

    async def recall(self, keys: Iterable[str]) -> Mapping[str, Behaviour]:
        """Return what is remembered of these keys."""
        if self._store is not None:
            with suppress(StoreError):
                return await asyncio.to_thread(self._store.behaviours_of, tuple(keys))
        return {}

    async def keep(self, key: str, behaviour: Behaviour) -> None:
        """Remember what a program did."""
        if self._store is not None:
            with suppress(StoreError):
                await asyncio.to_thread(self._store.keep_behaviour, key, behaviour)


def _outdated(version: Version, digest: str | None) -> bool:
    return version.digest is not None and digest is not None and version.digest != digest


def _read_versions(store: Store | None, task: str) -> tuple[Version, ...]:
    try:
        return store.programs_of(task) if isinstance(store, Archive) else ()
    except StoreError:  # what was written before can be written again
        return ()


def _write_versions(store: Store | None, task: str, made: tuple[Version, ...]) -> None:
    if isinstance(store, Archive):
        for version in made:
            store.keep_program(task, version)
