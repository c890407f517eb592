"""A store, or a part of it with everything that part rests on, as lines that another store takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from council.errors import StoreError
from council.protocols import Archive
from council.store.benchmarks import benchmark_of, find_benchmark, samples_of
from council.store.knowledge import find_knowledge, knowledge_of
from council.store.labels import labels_of
from council.store.lines import Kept, Kind, header_line, line_of, sql_store
from council.store.sessions import find_session, session_of
from council.store.tables import benchmarks, knowledge, samples, sessions
from council.store.transactions import listed
from council.store.versions import document_names, versions_of
from council.text import one_line
from council.types.base import Record
from council.types.facts import Source
from council.types.knowledge import Knowledge


class Choice(Record):
    """What of a store is exported, by ids or their beginnings; nothing chosen is everything."""

    sessions: tuple[str, ...] = ()
    benchmarks: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


@dataclass
class _Found:
    """Full ids of what is chosen, growing until nothing in it rests on anything outside."""

    sessions: set[str] = field(default_factory=set)
    benchmarks: set[str] = field(default_factory=set)
    knowledge: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)


def export_store(archive: Archive, write: Callable[[str], object], *, choice: Choice | None = None) -> int:
    """Write header and records, one a line, each line with its end; return how many records.

    The same records give the same text, whatever the database and the order they came in. Secrets are not in it.

    Raises:
        StoreError: an id that is not there or not enough of one, or a record that cannot be read.
    """
    database = sql_store(archive).database
    count = 0
    with database.transaction(reading=True) as connection:
        found = _everything(connection) if choice in (None, Choice()) else _resolve(connection, choice or Choice())
        write(header_line())
        for count, (kind, record) in enumerate(_records(connection, found), 1):
            write(line_of(kind, database.clean(record)))
    return count


def _everything(connection: Connection) -> _Found:
    return _Found(
        sessions=set(connection.execute(select(sessions.c.id)).scalars()),
        benchmarks=set(connection.execute(select(benchmarks.c.id)).scalars()),
        knowledge=set(connection.execute(select(knowledge.c.id)).scalars()),
        documents=set(document_names(connection)),
    )


def _resolve(connection: Connection, choice: Choice) -> _Found:
    found = _Found(
        sessions={find_session(connection, word) for word in choice.sessions},
        benchmarks={find_benchmark(connection, word) for word in choice.benchmarks},
        documents={_find_document(connection, word) for word in choice.documents},
    )
    ahead = [find_knowledge(connection, word) for word in choice.knowledge]
    # A document may name what was deleted since: that stays where it is, in the document.
    there = _everything(connection)
    for name in found.documents:
        for version in versions_of(connection, name):
            ahead += _reach(found, there, [source for each in version.sources.values() for source in each])
    while ahead:
        name = ahead.pop()
        if name not in found.knowledge:
            found.knowledge.add(name)
            ahead += _reach(found, there, _knowledge(connection, name).evidence)
    over = select(samples.c.session_id).where(samples.c.benchmark_id.in_(found.benchmarks))
    found.sessions |= set(connection.execute(over).scalars()) & there.sessions
    return found


def _reach(found: _Found, there: _Found, sources: list[Source] | tuple[Source, ...]) -> list[str]:
    """Add what some sources name, and return the knowledge among it, which may rest on more."""
    found.sessions |= {source.id for source in sources if source.kind == "session"} & there.sessions
    found.benchmarks |= {source.id for source in sources if source.kind == "benchmark"} & there.benchmarks
    return sorted({source.id for source in sources if source.kind == "knowledge"} & there.knowledge)


def _records(connection: Connection, found: _Found) -> Iterator[tuple[Kind, Kept]]:
    for name in sorted(found.sessions):
        row = select(sessions.c.document, sessions.c.schema_version).where(sessions.c.id == name)
        yield "session", session_of(name, *connection.execute(row).one())
    for name in sorted(found.sessions):
        for label in labels_of(connection, name):
            yield "label", label
    for name in sorted(found.benchmarks):
        row = select(benchmarks.c.document, benchmarks.c.schema_version).where(benchmarks.c.id == name)
        yield "benchmark", benchmark_of(name, *connection.execute(row).one())
    for name in sorted(found.benchmarks):
        for sample in samples_of(connection, name):
            yield "sample", sample
    for name in sorted(found.knowledge):
        yield "knowledge", _knowledge(connection, name)
    for name in sorted(found.documents):
        for version in reversed(versions_of(connection, name)):
            yield "version", version


def _knowledge(connection: Connection, name: str) -> Knowledge:
    return knowledge_of(
        name, connection.execute(select(knowledge.c.document).where(knowledge.c.id == name)).scalar_one()
    )


def _find_document(connection: Connection, wanted: str) -> str:
    names, shown = document_names(connection), one_line(wanted, 120)
    if wanted in names:
        return wanted
    alike = [name for name in names if wanted and name.startswith(wanted)]
    if len(alike) != 1:
        problem = f"{shown} is the beginning of {listed(alike, 4)}" if alike else f"there is no document {shown}"
        raise StoreError(problem, f"There are: {listed(names, 8)}" if names else "No document has versions yet")
    return alike[0]
