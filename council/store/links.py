"""What knowledge rests on: links that the database itself keeps from dangling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from council.errors import StoreError
from council.store.tables import benchmarks, evidence, knowledge, sessions
from council.store.transactions import listed
from council.text import one_line
from council.types.facts import Source

_LISTS = {
    "session": "council session list shows them all",
    "benchmark": "council bench list shows them all",
    "knowledge": "council knowledge list shows all of it",
}


def link(connection: Connection, number: int, knowledge_id: str, sources: Sequence[Source]) -> None:
    """Replace what a piece of knowledge rests on. Raises ``StoreError`` for what is not in the store."""
    connection.execute(delete(evidence).where(evidence.c.knowledge == number))
    for position, source in enumerate(sources):
        row: dict[str, Any] = {"knowledge": number, "position": position, **_target(connection, source)}
        connection.execute(insert(evidence).values(row))
    if number in _beneath(connection, number):
        raise StoreError(
            f"knowledge {one_line(knowledge_id, 80)} would rest on itself", "Name other evidence with --evidence"
        )


def refuse_to_lose(connection: Connection, kind: str, found: str | int) -> None:
    """Raise ``StoreError`` when knowledge rests on a record; ``found`` is its id, of knowledge its number."""
    column = {"session": evidence.c.session_id, "benchmark": evidence.c.benchmark_id}.get(kind, evidence.c.rests_on)
    above = select(knowledge.c.id).join(evidence, evidence.c.knowledge == knowledge.c.number)
    names = connection.execute(above.where(column == found).distinct().order_by(knowledge.c.id)).scalars().all()
    if names:
        shown = found
        if kind == "knowledge":
            shown = connection.execute(select(knowledge.c.id).where(knowledge.c.number == found)).scalar_one()
        raise StoreError(
            f"{kind} {shown} is evidence of knowledge {listed(names)}",
            f"Delete that first with: council knowledge delete {names[0]}",
        )


def _target(connection: Connection, source: Source) -> dict[str, Any]:
    shown = one_line(source.id, 80)
    if source.kind == "policy":
        raise StoreError(
            f"a policy ({shown}) is no evidence in the store", "Name a session, a benchmark or other knowledge"
        )
    key, name, column = {
        "session": (sessions.c.id, sessions.c.id, "session_id"),
        "benchmark": (benchmarks.c.id, benchmarks.c.id, "benchmark_id"),
        "knowledge": (knowledge.c.number, knowledge.c.id, "rests_on"),
    }[source.kind]
    found = None
    if "\0" not in source.id:
        # Shared, so that nobody deletes it between this look and the link.
        looked = select(key).where(name == source.id).with_for_update(read=True)
        found = connection.execute(looked).scalar()
    if found is None:
        raise StoreError(f"the evidence {source.kind} {shown} is not in the store", _LISTS[source.kind])
    return {column: found}


def _beneath(connection: Connection, number: int) -> set[int]:
    """Return the numbers of all knowledge that a piece of knowledge rests on, however far down."""
    seen: set[int] = set()
    ahead = {number}
    while ahead:
        links = select(evidence.c.rests_on).where(evidence.c.knowledge.in_(ahead), evidence.c.rests_on.is_not(None))
        ahead = {int(below) for below in connection.execute(links).scalars()} - seen
        seen |= ahead
    return seen
