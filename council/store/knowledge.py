"""Knowledge in a table, with links to its evidence and an index of its words, all kept in step by one transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from council.errors import StoreError
from council.store.links import link, refuse_to_lose
from council.store.searching import index, search, unindex
from council.store.tables import knowledge
from council.store.transactions import Database, find_id, moment, read_document
from council.text import one_line
from council.types.knowledge import Knowledge

_LIST = "council knowledge list shows all of it"


class KnowledgeBase:
    """The part of a store that keeps what was learnt."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, record: Knowledge) -> None:
        """Write or replace one piece of knowledge. Refuses evidence that is not in the store."""
        clean = clean_knowledge(self._database, record)
        with self._database.transaction() as connection:
            number = put_row(connection, clean)
            link(connection, number, clean.knowledge_id, clean.evidence)

    def read(self, knowledge_id: str) -> Knowledge:
        """Return one piece of knowledge by its id or an unambiguous beginning of it."""
        with self._database.transaction(reading=True) as connection:
            found = find_knowledge(connection, knowledge_id)
            document = connection.execute(select(knowledge.c.document).where(knowledge.c.id == found)).scalar_one()
        return knowledge_of(found, document)

    def list(self, *, limit: int) -> tuple[Knowledge, ...]:
        """Return what was learnt, the newest first."""
        newest = select(knowledge.c.id, knowledge.c.document)
        newest = newest.order_by(knowledge.c.created_at.desc(), knowledge.c.id).limit(max(limit, 0))
        with self._database.transaction(reading=True) as connection:
            rows = connection.execute(newest).all()
        return tuple(knowledge_of(name, document) for name, document in rows)

    def search(self, words: str, *, limit: int) -> tuple[Knowledge, ...]:
        """Return what holds every word, the best match first."""
        with self._database.transaction(reading=True) as connection:
            rows = search(connection, words, limit)
        return tuple(knowledge_of(name, document) for name, document in rows)

    def delete(self, knowledge_id: str) -> str:
        """Delete one piece of knowledge that nothing else rests on, and return its full id."""
        with self._database.transaction() as connection:
            found = find_knowledge(connection, knowledge_id)
            looked = select(knowledge.c.number).where(knowledge.c.id == found).with_for_update()
            number = connection.execute(looked).scalar_one()
            refuse_to_lose(connection, "knowledge", number)
            unindex(connection, number)
            connection.execute(delete(knowledge).where(knowledge.c.number == number))
        return found


def find_knowledge(connection: Connection, wanted: str) -> str:
    """Return the one knowledge id that is, or begins with, what was typed."""
    return find_id(connection, knowledge.c.id, wanted, noun="knowledge", remedy=_LIST)


def knowledge_of(knowledge_id: str, document: str) -> Knowledge:
    """Return knowledge of its document. Raises ``StoreError`` that names it."""
    remedy = f"Delete it with: council knowledge delete {knowledge_id}"
    return read_document(Knowledge, document, name=f"knowledge {knowledge_id}", remedy=remedy)


def clean_knowledge(database: Database, record: Knowledge) -> Knowledge:
    """Return knowledge without secrets. Raises ``StoreError`` when its id is one: no other id can be made up for it."""
    clean = database.clean(record)
    if clean.knowledge_id != record.knowledge_id:
        raise StoreError(f"the id {one_line(clean.knowledge_id, 80)} holds a secret", "Choose another with --id")
    return clean


def put_row(connection: Connection, clean: Knowledge) -> int:
    """Write or replace the row and the words of a piece of knowledge, and return its number. Links come after."""
    row: dict[str, Any] = {
        "id": clean.knowledge_id,
        "kind": clean.kind.value,
        "created_at": moment(clean.created_at),
        "document": clean.model_dump_json(),
    }
    looked = select(knowledge.c.number).where(knowledge.c.id == clean.knowledge_id).with_for_update()
    number = connection.execute(looked).scalar()
    if number is None:
        number = connection.execute(insert(knowledge).values(row).returning(knowledge.c.number)).scalar_one()
    else:
        connection.execute(update(knowledge).where(knowledge.c.number == number).values(row))
    index(connection, number, clean)
    return int(number)
