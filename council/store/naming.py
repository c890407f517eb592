"""What people type for a record: an id or the beginning of one, with its kind where that is not clear."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection

from council.errors import StoreError
from council.protocols import Archive
from council.store.benchmarks import find_benchmark
from council.store.knowledge import find_knowledge
from council.store.lines import sql_store
from council.store.sessions import find_session
from council.store.tables import benchmarks, sessions
from council.store.transactions import ids_like
from council.text import one_line
from council.types.facts import Source

_REMEDY = "council session list and council bench list show them all; knowledge is named knowledge:ID"


def find_source(archive: Archive, typed: str) -> Source:
    """Return the record that ``7f3k``, ``b12``, ``benchmark:b12#samples`` or ``knowledge:recency`` stands for.

    Raises ``StoreError`` when there is none, or more than one.
    """
    word, _, pointer = typed.strip().partition("#")
    kind, colon, name = word.partition(":")
    with sql_store(archive).database.transaction(reading=True) as connection:
        if colon and kind == "session":
            return Source(kind="session", id=find_session(connection, name), pointer=pointer)
        if colon and kind == "benchmark":
            return Source(kind="benchmark", id=find_benchmark(connection, name), pointer=pointer)
        if colon and kind == "knowledge":
            return Source(kind="knowledge", id=find_knowledge(connection, name), pointer=pointer)
        return _find(connection, word, pointer)


def _find(connection: Connection, word: str, pointer: str) -> Source:
    alike: list[tuple[Literal["session", "benchmark"], str]] = []
    if word and "\0" not in word:
        alike += [("session", name) for name in ids_like(connection, sessions.c.id, word)]
        alike += [("benchmark", name) for name in ids_like(connection, benchmarks.c.id, word)]
    found = [(kind, name) for kind, name in alike if name == word] or alike
    if not found:
        raise StoreError(f"there is no session and no benchmark {one_line(word, 60) or 'without a name'}", _REMEDY)
    if len(found) > 1:
        some = ", ".join(f"{kind}:{name}" for kind, name in found[:4]) + (" …" if len(found) > 4 else "")
        raise StoreError(f"{one_line(word, 60)} is the beginning of several ids ({some})", "Give more of the id")
    return Source(kind=found[0][0], id=found[0][1], pointer=pointer)
