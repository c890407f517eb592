"""What every part of the store stands on: one engine, one kind of transaction, one way to find and to read a row."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Column, Connection, Engine, select

from council.errors import StoreError
from council.settings import named_logins
from council.store.failures import told
from council.text import one_line, plural, redact_record
from council.types.base import Record

R = TypeVar("R", bound=Record)

READING = {"reading": True}
"""Execution options of a transaction that does not write."""


class Database:
    """One database: its engine, how sentences name it, and what must never be written into it.

    Args:
        alone: whether all threads share one connection, so that only one of them may use it at a time.
    """

    def __init__(self, engine: Engine, *, place: str, secrets: tuple[str, ...] = (), alone: bool = False) -> None:
        self.engine = engine
        self.place = place
        self._secrets = secrets
        self._turn: AbstractContextManager[Any] = threading.Lock() if alone else nullcontext()

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be written: what was given, and the logins of addresses that were named since."""
        return (*self._secrets, *named_logins())

    @contextmanager
    def transaction(self, *, reading: bool = False) -> Iterator[Connection]:
        """Do everything inside or nothing. Reading sees one moment of the store, whatever others write meanwhile."""
        engine = self.engine
        if reading:
            level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
            engine = engine.execution_options(**READING, **level)
        with self._turn, told(self.place, self.secrets), engine.begin() as connection:
            yield connection

    def clean(self, record: R) -> R:
        """Return the record without secrets, as it may be written."""
        return redact_record(record, self.secrets)


def find_id(connection: Connection, column: Column[Any], wanted: str, *, noun: str, remedy: str) -> str:
    """Return the one id that is, or begins with, what was typed. Raises ``StoreError``."""
    typed, shown = wanted.strip(), one_line(wanted.strip(), 60)
    if not typed:
        raise StoreError(f"no {noun} was named", remedy)
    if "\0" not in typed:  # which no id holds, and PostgreSQL does not even take
        if connection.execute(select(column).where(column == typed)).first():
            return typed
        found = ids_like(connection, column, typed)
    else:
        found = ()
    if not found:
        raise StoreError(f"there is no {noun} {shown}", remedy)
    if len(found) > 1:
        some = ", ".join(found[:4]) + (" …" if len(found) > 4 else "")
        many = noun if noun == "knowledge" else plural(len(found), noun)
        raise StoreError(f"{shown} is the beginning of {many} ({some})", "Give more of the id")
    return found[0]


def ids_like(connection: Connection, column: Column[Any], typed: str) -> tuple[str, ...]:
    """Return every id that begins with what was typed, sorted."""
    alike = column.startswith(typed.lower(), autoescape=True)
    return tuple(str(found) for found in connection.execute(select(column).where(alike).order_by(column)).scalars())


def read_document(kind: type[R], document: str, *, name: str, remedy: str) -> R:
    """Return the record of a document in the store. Raises ``StoreError`` that names it, when it cannot be read."""
    try:
        return kind.model_validate_json(document)
    except ValidationError as error:
        raise StoreError(f"{name} cannot be read: {first_mistake(error)}", remedy) from None


def refuse_newer(version: int, known: int, *, name: str) -> None:
    """Raise ``StoreError`` when a document follows a schema this council does not know."""
    if version > known:
        raise StoreError(
            f"{name} was written by a newer council (schema {version}, this one knows {known})",
            "Upgrade with: pip install -U code-council",
        )


def first_mistake(error: ValidationError) -> str:
    """Return place and message of the first thing that is wrong with a document, in a line."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "document"
    return f"{one_line(place, 80)}: {one_line(first['msg'], 160)}"


def moment(when: datetime) -> str:
    """Return a point in time so that text sorts by it. Raises ``StoreError`` at the ends of the calendar."""
    try:
        return when.astimezone(UTC).isoformat(timespec="microseconds")
    except (OverflowError, ValueError):
        raise StoreError(f"the time {when.isoformat()} has no counterpart in UTC") from None


def to_key(text: str) -> str:
    """Return text as a key of a table: PostgreSQL takes everything but a zero byte."""
    return text.replace("\\", "\\\\").replace("\0", "\\0")


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return some names for a sentence: ``a, b, c …``."""
    return ", ".join(one_line(name, 80) for name in names[:most]) + (" …" if len(names) > most else "")
