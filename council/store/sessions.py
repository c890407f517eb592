"""Sessions in a table: written whole in one transaction, read by the beginning of their id, never with a secret."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from council.errors import StoreError
from council.protocols import SessionSummary
from council.store.failures import told
from council.store.owner import shown_state, this_owner
from council.store.tables import sessions
from council.text import one_line, plural, redact, redact_record
from council.types.session import SCHEMA_VERSION, Session

READING = {"reading": True}
"""Execution options of a transaction that does not write."""
_LIST = "council session list shows them all"


class SqlStore:
    """A ``Store`` in a SQL database. Safe for several threads and several processes at once."""

    def __init__(self, engine: Engine, *, place: str, secrets: tuple[str, ...] = ()) -> None:
        self._engine = engine
        self._place = place
        self._secrets = secrets

    def open_session(self, session: Session) -> None:
        """Write a session that has just begun; it is readable from this moment on. Raises ``StoreError``."""
        row = self._row(session)
        with self._transaction() as connection:
            try:
                connection.execute(insert(sessions).values(row))
            except IntegrityError:
                raise StoreError(f"there is a session {session.session_id} already", "Run it again") from None

    def update_session(self, session: Session) -> None:
        """Replace what is known of a session, whole or not at all; one that is not there is written anew."""
        row = self._row(session)
        with self._transaction() as connection:
            changed = connection.execute(update(sessions).where(sessions.c.id == row["id"]).values(row))
            if changed.rowcount == 0:
                connection.execute(insert(sessions).values(row))

    def read_session(self, session_id: str) -> Session:
        """Return a session by its id or an unambiguous beginning of it.

        Raises ``StoreError`` when there is none, or more than one, or its document cannot be read.
        """
        with self._transaction(reading=True) as connection:
            found = self._find(connection, session_id)
            columns = select(sessions.c.document, sessions.c.schema_version).where(sessions.c.id == found)
            document, version = connection.execute(columns).one()
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"session {found} was written by a newer council (schema {version}, this one knows {SCHEMA_VERSION})",
                "Upgrade with: pip install -U code-council",
            )
        try:
            return Session.model_validate_json(document)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "document"
            raise StoreError(
                f"session {found} cannot be read: {one_line(place, 80)}: {one_line(first['msg'], 160)}",
                f"Delete it with: council session delete {found}",
            ) from None

    def list_sessions(self, *, limit: int = 50) -> Sequence[SessionSummary]:
        """Return the newest sessions first. One whose process is gone is shown as interrupted."""
        names = ("id", "kind", "state", "created_at", "decision", "score", "title", "owner")
        newest = select(*(sessions.c[name] for name in names))
        newest = newest.order_by(sessions.c.created_at.desc(), sessions.c.id.desc()).limit(max(limit, 0))
        with self._transaction(reading=True) as connection:
            rows = connection.execute(newest).mappings().all()
        return tuple(
            SessionSummary(
                session_id=row["id"],
                kind=row["kind"],
                state=shown_state(row["state"], row["owner"]),
                created_at=row["created_at"],
                decision=row["decision"],
                score=row["score"],
                title=row["title"],
            )
            for row in rows
        )

    def delete_session(self, session_id: str) -> str:
        """Delete a session and return its full id. Raises ``StoreError``."""
        with self._transaction() as connection:
            found = self._find(connection, session_id)
            connection.execute(delete(sessions).where(sessions.c.id == found))
        return found

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, *, reading: bool = False) -> Iterator[Connection]:
        engine = self._engine.execution_options(**READING) if reading else self._engine
        with told(self._place, self._secrets), engine.begin() as connection:
            yield connection

    def _find(self, connection: Connection, wanted: str) -> str:
        """Return the one id that is, or begins with, what was typed."""
        typed, shown = wanted.strip(), one_line(wanted.strip(), 60)
        if not typed:
            raise StoreError("no session was named", _LIST)
        if connection.execute(select(sessions.c.id).where(sessions.c.id == typed)).first():
            return typed
        alike = sessions.c.id.startswith(typed.lower(), autoescape=True)
        found = connection.execute(select(sessions.c.id).where(alike).order_by(sessions.c.id)).scalars().all()
        if not found:
            raise StoreError(f"there is no session {shown}", _LIST)
        if len(found) > 1:
            some = ", ".join(found[:4]) + (" …" if len(found) > 4 else "")
            raise StoreError(
                f"{shown} is the beginning of {plural(len(found), 'session')} ({some})", "Give more of the id"
            )
        return str(found[0])

    def _row(self, session: Session) -> dict[str, Any]:
        clean = redact_record(session, self._secrets)
        consensus = session.consensus
        return {
            "id": session.session_id,
            "kind": session.kind.value,
            "state": session.state.value,
            "created_at": session.created_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "decision": consensus.decision.value if consensus else None,
            "score": consensus.score if consensus else None,
            "policy": clean.policy,
            "title": redact(title_of(session), self._secrets),
            "council_version": session.council_version,
            "submission_digest": session.submission.digest,
            "schema_version": session.schema_version,
            "owner": this_owner(),
            "document": clean.model_dump_json(),
        }


def title_of(session: Session) -> str:
    """Return what a list shows of a session: its files, or the first words of its task."""
    files = session.submission.files
    if not files:
        return one_line(session.submission.task or "no code", 80)
    return one_line(files[0].path, 80) + (f" and {plural(len(files) - 1, 'more file')}" if files[1:] else "")
