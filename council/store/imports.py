"""Takes the lines of another store: every one is checked before anything is written, and all are written or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from sqlalchemy import Column, ColumnElement, Connection, insert, select

from council.errors import CouncilError, StoreError, UsageError
from council.protocols import Archive
from council.store.benchmarks import benchmark_row, put_sample, sample_row
from council.store.failures import told
from council.store.knowledge import clean_knowledge, put_row
from council.store.labels import label_key, label_row
from council.store.lines import KINDS, Kept, key_of, read_header, read_line, sql_store
from council.store.links import link
from council.store.sessions import session_row
from council.store.tables import benchmarks, knowledge, labels, samples, sessions, versions
from council.store.transactions import Database, read_document, to_key
from council.store.versions import add_version
from council.text import one_line
from council.types.base import Record
from council.types.benchmarks import Benchmark, Sample
from council.types.knowledge import DocumentVersion, Knowledge
from council.types.labels import Label
from council.types.session import Session

MOST_BYTES_A_LINE = 32 << 20
MOST_BYTES = 512 << 20
"""Of a whole export, unpacked."""

Numbered = tuple[int, Kept]


class Imported(Record):
    """What came of an import."""

    added: int
    present: int
    """Records that were there already, just so."""


def import_store(archive: Archive, file: BinaryIO, *, on_record: Callable[[int], None] | None = None) -> Imported:
    """Take what ``export_store`` wrote: all of it or nothing. What is there already just so is left as it is.

    Args:
        file: the export, unpacked, open for reading bytes. Nothing in it is executed, unpickled or used as a path.
        on_record: hears how many records were read so far.

    Raises:
        UsageError: the file is no export, too large, or a line of it is wrong; the sentence names the line.
        StoreError: a record is here with other content, or rests on what is neither here nor in the file.
    """
    database = sql_store(archive).database
    records = _read(_lines(file), on_record)
    # Those that others rest on come first, whatever the order in the file; versions in the order of their numbers.
    records.sort(key=lambda numbered: _rank(numbered[1]))
    added = 0
    links: list[tuple[int, int, Knowledge]] = []
    with database.transaction() as connection:
        for number, record in records:
            with _at(number), told(database.place, database.secrets):
                if _is_present(connection, database, record):
                    continue
                row = _write(connection, database, record)
                if isinstance(record, Knowledge):
                    links.append((number, row, database.clean(record)))
                added += 1
        for number, row, clean in links:  # after all knowledge is there: it rests on each other in any order
            with _at(number):
                link(connection, row, clean.knowledge_id, clean.evidence)
    return Imported(added=added, present=len(records) - added)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    total = 0
    while line := file.readline(MOST_BYTES_A_LINE + 1):
        total += len(line)
        if len(line) > MOST_BYTES_A_LINE:
            raise UsageError(f"it has a line of more than {MOST_BYTES_A_LINE >> 20} MiB")
        if total > MOST_BYTES:
            raise UsageError(f"it holds more than {MOST_BYTES >> 20} MiB", "Export a part at a time with --benchmark")
        yield line


def _read(lines: Iterator[bytes], on_record: Callable[[int], None] | None) -> list[Numbered]:
    read_header(next(lines, b""))
    records: list[Numbered] = []
    first: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(lines, 2):
        with _at(number):
            record = read_line(line).value
            before = first.setdefault(key_of(record), number)
            if before != number:
                raise UsageError(f"this record stands in line {before} already")
        records.append((number, record))
        if on_record is not None:
            on_record(len(records))
    return records


@contextmanager
def _at(number: int) -> Iterator[None]:
    """Name the line in whatever is wrong with it."""
    try:
        yield
    except CouncilError as error:
        raise type(error)(f"line {number}: {error.problem}", error.remedy) from None


def _rank(record: Kept) -> tuple[int, str, int]:
    version = (record.name, record.number) if isinstance(record, DocumentVersion) else ("", 0)
    return (KINDS.index(key_of(record)[0]), *version)


def _is_present(connection: Connection, database: Database, record: Kept) -> bool:
    """Whether a record is here already, just so. Raises ``StoreError`` when it is here with other content."""
    columns, where = _place_of(database, record)
    row = connection.execute(select(*columns).where(*where)).first()
    if row is None:
        return False
    clean = database.clean(record).model_dump_json()
    if row[0] != clean:
        name = " ".join(key_of(record))
        kept = read_document(type(record), row[0], name=one_line(name, 120), remedy="Import into another store")
        # An older council may have written the same thing in other words.
        if database.clean(kept).model_dump_json() != clean:
            raise StoreError(
                f"{one_line(name, 120)} is in this store already, with other content", "Import into another store"
            )
    return True


def _place_of(database: Database, record: Kept) -> tuple[tuple[Column[Any], ...], tuple[ColumnElement[bool], ...]]:
    if isinstance(record, Session):
        return (sessions.c.document,), (sessions.c.id == record.session_id,)
    if isinstance(record, Label):
        return (labels.c.document,), label_key(database.clean(record))
    if isinstance(record, Benchmark):
        return (benchmarks.c.document,), (benchmarks.c.id == record.benchmark_id,)
    if isinstance(record, Sample):
        row = sample_row(database, record)
        return (samples.c.document,), tuple(column == row[column.name] for column in samples.primary_key)
    if isinstance(record, Knowledge):
        return (knowledge.c.document,), (knowledge.c.id == record.knowledge_id,)
    name = to_key(database.clean(record).name)
    return (versions.c.document,), (versions.c.name == name, versions.c.number == record.number)


def _write(connection: Connection, database: Database, record: Kept) -> int:
    """Write a record that is not here yet; return its row's number, where it is knowledge."""
    # Nobody here is at work on it: what is still open is shown as unfinished.
    if isinstance(record, Session):
        connection.execute(insert(sessions).values(session_row(database, record, owner=None)))
    elif isinstance(record, Label):
        owner = select(sessions.c.id).where(sessions.c.id == record.session_id)
        if connection.execute(owner).first() is None:
            raise StoreError(f"its session {one_line(record.session_id, 60)} is neither here nor in the file")
        connection.execute(insert(labels).values(label_row(database, record)))
    elif isinstance(record, Benchmark):
        connection.execute(insert(benchmarks).values(benchmark_row(database, record, owner=None)))
    elif isinstance(record, Sample):
        whole = select(benchmarks.c.id).where(benchmarks.c.id == record.benchmark_id)
        if connection.execute(whole).first() is None:
            raise StoreError(f"its benchmark {one_line(record.benchmark_id, 60)} is neither here nor in the file")
        put_sample(connection, sample_row(database, record))
    elif isinstance(record, Knowledge):
        return put_row(connection, clean_knowledge(database, record))
    else:
        add_version(connection, database.clean(record))
    return 0
