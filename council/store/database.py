"""Opens the database a URL names: finds or makes the file, sets the connection up, brings the schema up to date."""

from __future__ import annotations

import functools
import os
import secrets as random
import sqlite3
import stat
import urllib.parse
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool, StaticPool

from council.errors import StoreError
from council.protocols import Archive
from council.settings import default_store_path, secret_values
from council.store.archive import SqlStore
from council.store.failures import placed
from council.store.schema import KNOWN_SCHEMA, migrate, schema_of
from council.store.transactions import READING
from council.text import one_line

PATIENCE_S = 15.0
"""How long a writer waits for another one."""
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


def open_store(
    url: str | None, *, readonly: bool = False, secrets: Sequence[str] | None = None, patience_s: float = PATIENCE_S
) -> Archive:
    """Open the store, made or brought up to date where that is needed.

    Args:
        url: a file's path, ``sqlite:///PATH``, ``postgresql://…``; ``None`` is the user's data folder.
        readonly: make no file; where there is none the store is empty.
        secrets: values that are never written; by default those of the environment.
        patience_s: how long to wait for another process that writes to the same file.

    Raises:
        StoreError: one sentence that names the place, without user or password.
    """
    hidden = tuple(secret_values() if secrets is None else secrets)
    scheme, colon, rest = (url or "").partition("://")
    if colon and scheme in _POSTGRESQL:
        return _open_postgresql(str(url), hidden)
    if colon and scheme != "sqlite":
        known = "a file, sqlite:///FILE or postgresql://USER@HOST/NAME"
        raise StoreError(f"the store cannot be a {one_line(scheme, 40)} database", f"COUNCIL_STORE_URL takes {known}")
    if colon and not rest.strip("/"):
        return _open_memory(hidden)
    path = Path(rest.removeprefix("/") if colon else url).expanduser() if url else default_store_path()
    place = f"the store {_homely(path)}"
    with placed(place, hidden):
        engine = _open_file(path.absolute(), readonly=readonly, patience_s=patience_s)
    return SqlStore(engine, place=place, secrets=hidden) if engine else _open_memory(hidden, place=place)


def _open_memory(hidden: tuple[str, ...], *, place: str = "the store in memory") -> Archive:
    engine = _engine(lambda: sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False), shared=True)
    with engine.begin() as connection:
        migrate(connection)
    return SqlStore(engine, place=place, secrets=hidden, alone=True)


def _open_postgresql(url: str, hidden: tuple[str, ...]) -> Archive:
    try:
        parsed = make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):  # their text may hold the password
        shape = "postgresql://USER:PASSWORD@HOST:PORT/NAME, with % escapes for special characters"
        raise StoreError("the store's URL cannot be read", f"It looks like {shape}") from None
    passwords = (parsed.password, *parsed.normalized_query.get("password", ()))
    hidden = (*hidden, *(str(word) for word in passwords if word))
    place = f"the store {one_line(parsed.database or '', 60)} at {one_line(parsed.host or 'the local socket', 80)}"
    try:
        engine = create_engine(parsed, poolclass=NullPool, connect_args={"connect_timeout": 10})
    except ImportError:
        raise StoreError(
            "this store needs the PostgreSQL driver", "Install it with: pip install code-council[postgresql]"
        ) from None
    with placed(place, hidden):
        _bring_up_to_date(engine)
    return SqlStore(engine, place=place, secrets=hidden)


def _open_file(path: Path, *, readonly: bool, patience_s: float) -> Engine | None:
    """Return an engine on a file of the current schema; ``None`` when it should only be read and is not there."""
    if not path.exists():
        if readonly:
            return None
        _make_file(path)
    elif not path.is_file():
        raise StoreError("this is no file", "Name a file with COUNCIL_STORE_URL=FILE")
    if path.stat().st_size == 0:  # of somebody who made the file first, open to all
        if readonly:
            return None
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    if readonly:
        engine = _reading_engine(path)
        with engine.execution_options(**READING).connect() as connection:
            if schema_of(connection) == KNOWN_SCHEMA:
                return engine
    engine = _file_engine(path, "mode=rw", patience_s)
    _bring_up_to_date(engine)
    return engine


def _make_file(path: Path) -> None:
    """Make the database beside its place and link it there whole: nobody ever sees a half-made one."""
    if not path.parent.is_dir():
        path.parent.parent.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{path.name}.{random.token_hex(4)}.new")
    # Closed to others from its first byte; SQLite gives its -wal and -shm files the same mode.
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR))
    try:
        # Without a log beside it: one that a full disk keeps from flowing back would not be linked, and be lost.
        _bring_up_to_date(_file_engine(draft, "mode=rw", journal="DELETE"))
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was faster, with the same thing
        except OSError:  # no hard links on this file system
            os.rename(draft, path)
    finally:
        for name in (draft, *(draft.with_name(f"{draft.name}-{tail}") for tail in ("wal", "shm", "journal"))):
            with suppress(OSError):
                name.unlink()


def _bring_up_to_date(engine: Engine) -> None:
    with engine.execution_options(**READING).connect() as connection:
        found = schema_of(connection)
    if found < KNOWN_SCHEMA:
        with engine.begin() as connection:
            migrate(connection)


def _reading_engine(path: Path) -> Engine:
    """Return an engine that writes nothing; on a read-only disk SQLite must be told that nobody else writes either."""
    engine = _file_engine(path, "mode=ro")
    try:
        with engine.execution_options(**READING).connect() as connection:
            schema_of(connection)
    except OperationalError:
        if path.with_name(f"{path.name}-wal").exists():
            raise
        return _file_engine(path, "mode=ro&immutable=1")
    return engine


def _file_engine(path: Path, options: str, patience_s: float = PATIENCE_S, *, journal: str = "WAL") -> Engine:
    uri = f"file:{urllib.parse.quote(str(path))}?{options}"
    return _engine(lambda: sqlite3.connect(uri, uri=True, timeout=patience_s, isolation_level=None), journal=journal)


def _engine(connect: Callable[[], sqlite3.Connection], *, shared: bool = False, journal: str = "WAL") -> Engine:
    # No pool on files: a connection kept over a fork, or by a process that idles for days, holds others up.
    pool = StaticPool if shared else NullPool
    engine = create_engine("sqlite+pysqlite://", creator=connect, poolclass=pool)
    event.listen(engine, "connect", functools.partial(_set_up, journal=journal))
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: DBAPIConnection, _: object, *, journal: str) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # what is deleted is gone from the file too
    with suppress(sqlite3.OperationalError):  # a file that is only read keeps the mode it has
        cursor.execute(f"PRAGMA journal_mode = {journal}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # Python's own driver would begin late and leave schema changes outside. A writer that takes its lock at once can
    # wait for it; one that begins as a reader is refused when it turns to writing.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _homely(path: Path) -> str:
    home = Path.home()
    shown = f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else path.as_posix()
    return one_line(shown, 200)
