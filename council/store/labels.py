"""Labels in a table: one of each origin for a session or a finding, gone when the session goes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from council.errors import StoreError
from council.store.sessions import find_session
from council.store.tables import labels, sessions
from council.store.transactions import Database, moment, read_document, to_key
from council.text import one_line
from council.types.labels import Label, LabelOrigin


class Labels:
    """The part of a store that keeps what turned out to be true."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, label: Label) -> None:
        """Keep a label, in place of what the same origin said of the same thing before."""
        clean = self._database.clean(label)
        with self._database.transaction() as connection:
            # Locked, so that the session is not deleted between this look and the label.
            there = select(sessions.c.id).where(sessions.c.id == to_key(label.session_id)).with_for_update(read=True)
            if connection.execute(there).first() is None:
                shown = one_line(label.session_id, 60)
                raise StoreError(f"there is no session {shown}", "council session list shows them all")
            connection.execute(delete(labels).where(*label_key(clean)))
            connection.execute(insert(labels).values(label_row(self._database, clean)))

    def list(self, session_id: str | None, *, limit: int) -> tuple[Label, ...]:
        """Return the newest labels first, of one session or of all."""
        with self._database.transaction(reading=True) as connection:
            if session_id is not None:
                return labels_of(connection, find_session(connection, session_id))[: max(limit, 0)]
            newest = select(labels.c.session_id, labels.c.document).order_by(
                labels.c.labelled_at.desc(), labels.c.session_id, labels.c.finding_id, labels.c.origin
            )
            rows = connection.execute(newest.limit(max(limit, 0))).all()
        return tuple(_label_of(name, document) for name, document in rows)

    def delete(self, session_id: str, finding_id: str | None, origin: LabelOrigin) -> bool:
        """Take one label back, and return whether it was there."""
        with self._database.transaction() as connection:
            gone = connection.execute(delete(labels).where(*_key(session_id, finding_id, origin)))
        return gone.rowcount > 0


def labels_of(connection: Connection, session_id: str) -> tuple[Label, ...]:
    """Return every label of a session: of the code first, then of its findings by id."""
    rows = select(labels.c.document).where(labels.c.session_id == session_id)
    found = connection.execute(rows.order_by(labels.c.finding_id, labels.c.origin)).scalars()
    read = [_label_of(session_id, document) for document in found]
    # Each kind of database sorts text in its own way.
    return tuple(sorted(read, key=lambda label: (label.finding_id or "", label.origin.value)))


def label_key(label: Label) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that finds a label's row."""
    return _key(label.session_id, label.finding_id, label.origin)


def label_row(database: Database, label: Label) -> dict[str, Any]:
    """Return the row of a label, without secrets."""
    clean = database.clean(label)
    return {
        "session_id": clean.session_id,
        "finding_id": to_key(clean.finding_id or ""),
        "origin": clean.origin.value,
        "word": clean.word.value,
        "labelled_at": moment(clean.labelled_at),
        "document": clean.model_dump_json(),
    }


def _key(session_id: str, finding_id: str | None, origin: LabelOrigin) -> tuple[ColumnElement[bool], ...]:
    return (
        labels.c.session_id == to_key(session_id),
        labels.c.finding_id == to_key(finding_id or ""),
        labels.c.origin == origin.value,
    )


def _label_of(session_id: str, document: str) -> Label:
    remedy = f"Take it back with: council label {session_id} --undo"
    return read_document(Label, document, name=f"a label of session {session_id}", remedy=remedy)
