"""The one line where what a database throws becomes a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from council.errors import StoreError
from council.text import one_line, redact

_ELSEWHERE = "Keep sessions elsewhere with COUNCIL_STORE_URL=FILE, or not at all with --no-store"
# What SQLite and PostgreSQL say, in small letters, what it means, and what helps. The first hit counts.
_SENTENCES = (
    (
        ("disk is full", "no space left", "disk i/o error", "file too large", "could not extend file"),
        "the disk is full",
        "Make room, or keep sessions elsewhere with COUNCIL_STORE_URL=FILE",
    ),
    (("is locked", "lock timeout"), "another process holds it locked", "Try again when that one is done"),
    (
        ("not a database", "malformed", "unsupported file format"),
        "this is not a council database, or it is damaged",
        "Move it away, or name another with COUNCIL_STORE_URL=FILE",
    ),
    (("readonly database", "read-only", "attempt to write"), "it cannot be written to", _ELSEWHERE),
    (
        ("password authentication failed", "no password supplied", "role "),
        "the server refuses this user or password",
        "Check user and password in COUNCIL_STORE_URL",
    ),
    (
        ("could not connect", "connection refused", "connection failed", "timeout expired", "failed to resolve"),
        "the server cannot be reached",
        "Check host and port in COUNCIL_STORE_URL, and that the server runs",
    ),
    (
        ("no such module: fts5",),
        "this Python's SQLite has no full-text search (FTS5)",
        "Use a Python whose SQLite has it, or keep sessions in PostgreSQL with COUNCIL_STORE_URL",
    ),
    (("unable to open", "permission denied", "not a directory", "file exists"), "it cannot be opened", _ELSEWHERE),
)


@contextmanager
def placed(place: str, secrets: tuple[str, ...] = ()) -> Iterator[None]:
    """Do what ``told`` does while a store is opened, where our own sentences do not name the place yet."""
    try:
        with told("", secrets):
            yield
    except StoreError as error:
        raise StoreError(f"{place}: {error.problem}", error.remedy) from None


@contextmanager
def told(place: str, secrets: tuple[str, ...] = ()) -> Iterator[None]:
    """Turn whatever the database or the disk throws inside into one ``StoreError`` that names the place."""
    try:
        yield
    except (SQLAlchemyError, OSError, OverflowError) as error:  # the last is a number too large for a column
        raise failure(error, place, secrets) from None


def failure(error: Exception, place: str, secrets: tuple[str, ...] = ()) -> StoreError:
    """Return the sentence for an error of the database or of the disk. Connection details never get into it."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = error.strerror or type(error).__name__ if isinstance(error, OSError) else str(cause)
    lower = said.lower()
    for signs, meaning, remedy in _SENTENCES:
        if any(sign in lower for sign in signs):
            return StoreError(f"{place}: {meaning}" if place else meaning, remedy)
    # What nobody foresaw is shown in the database's own first line.
    first = redact(said.strip().partition("\n")[0], secrets)
    return StoreError(f"{place}: {one_line(first, 160)}" if place else one_line(first, 160), _ELSEWHERE)
