"""Versions of a task kept in the store and used again: nobody writes twice what the same weights would write again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from council.errors import CouncilError, StoreError
from council.policies import local_name
from council.protocols import Archive, ModelHost, Store
from council.types.versions import Version


async def kept_versions(store: Store | None, task: str, host: ModelHost) -> tuple[Version, ...]:
    """Return what was written for a task before, without what other weights wrote under the same name.

    Where the server does not tell its weights, all counts.
    """
    kept = await asyncio.to_thread(_read, store, task)
    if not any(version.digest for version in kept):
        return kept
    try:
        now = {local_name(model.name): model.digest for model in await host.models()}
    except CouncilError:  # it will say so itself if it has to write
        return kept
    return tuple(one for one in kept if not _outdated(one, now.get(local_name(one.model))))


async def keep_versions(store: Store | None, task: str, made: Iterable[Version]) -> None:
    """Keep versions just written; the same model and seed replaces one. Raises ``StoreError``."""
    await asyncio.to_thread(_write, store, task, tuple(made))


def _outdated(version: Version, digest: str | None) -> bool:
    return version.digest is not None and digest is not None and version.digest != digest


def _read(store: Store | None, task: str) -> tuple[Version, ...]:
    try:
        return store.programs_of(task) if isinstance(store, Archive) else ()
    except StoreError:  # what was written before can be written again
        return ()


def _write(store: Store | None, task: str, made: tuple[Version, ...]) -> None:
    if isinstance(store, Archive):
        for version in made:
            store.keep_program(task, version)
