"""One session on its way into the store, while the sitting goes on."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from council.errors import StoreError
from council.protocols import Store
from council.types.session import Session


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
