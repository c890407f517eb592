"""Versions of documents in a table: numbered one after the other, never replaced."""

from __future__ import annotations

import re

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from council.errors import StoreError
from council.store.tables import versions
from council.store.transactions import Database, moment, read_document, to_key
from council.text import one_line
from council.types.knowledge import DocumentVersion

_REMEDY = "Read the versions again and render once more"


class Versions:
    """The part of a store that keeps what documents stated, version by version."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, version: DocumentVersion) -> None:
        """Keep a version of a document; its number must be the next one."""
        clean = self._database.clean(version)
        with self._database.transaction() as connection:
            add_version(connection, clean)

    def list(self, name: str) -> tuple[DocumentVersion, ...]:
        """Return every version of a document, the newest first."""
        with self._database.transaction(reading=True) as connection:
            return versions_of(connection, name)

    def names(self) -> tuple[str, ...]:
        """Return the names of all documents that have versions, sorted."""
        with self._database.transaction(reading=True) as connection:
            return document_names(connection)


def versions_of(connection: Connection, name: str) -> tuple[DocumentVersion, ...]:
    """Return every version of a document, the newest first."""
    rows = select(versions.c.number, versions.c.document).where(versions.c.name == to_key(name))
    found = connection.execute(rows.order_by(versions.c.number.desc())).all()
    shown = one_line(name, 120)
    return tuple(
        read_document(DocumentVersion, document, name=f"version {number} of {shown}", remedy="Render it once more")
        for number, document in found
    )


def document_names(connection: Connection) -> tuple[str, ...]:
    """Return the names of all documents that have versions, sorted."""
    found = connection.execute(select(versions.c.name).distinct()).scalars()
    return tuple(sorted(_from_key(name) for name in found))


def add_version(connection: Connection, clean: DocumentVersion) -> None:
    """Write a version without secrets. Raises ``StoreError`` when its number is not the next one."""
    newest = select(func.max(versions.c.number)).where(versions.c.name == to_key(clean.name))
    following = (connection.execute(newest).scalar() or 0) + 1
    shown = one_line(clean.name, 120)
    if clean.number != following:
        raise StoreError(f"the next version of {shown} is number {following}, not {clean.number}", _REMEDY)
    row = {
        "name": to_key(clean.name),
        "number": clean.number,
        "created_at": moment(clean.created_at),
        "document": clean.model_dump_json(),
    }
    try:
        connection.execute(insert(versions).values(row))
    except IntegrityError:  # another process was faster
        raise StoreError(f"there is a version {clean.number} of {shown} already", _REMEDY) from None


def _from_key(key: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\0" if match[1] == "0" else match[1], key)
