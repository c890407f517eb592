"""How much a store holds, and where it is."""

from __future__ import annotations

from sqlalchemy import func, select

from council.protocols import Archive
from council.store.lines import sql_store
from council.store.schema import KNOWN_SCHEMA
from council.store.tables import benchmarks, knowledge, labels, samples, sessions, versions
from council.types.base import Record


class Counts(Record):
    """What ``council store show`` tells."""

    place: str
    """``the store ~/…/council.db``: never with a user or a password."""
    schema_number: int
    sessions: int
    benchmarks: int
    samples: int
    knowledge: int
    documents: int
    versions: int
    """Of all documents together."""
    labels: int


def count_records(archive: Archive) -> Counts:
    """Count what a store holds. Raises ``StoreError``."""
    database = sql_store(archive).database
    with database.transaction(reading=True) as connection:
        counted = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (sessions, benchmarks, samples, knowledge, versions, labels)
        }
        named = connection.execute(select(func.count(versions.c.name.distinct()))).scalar_one()
    return Counts(place=database.place, schema_number=KNOWN_SCHEMA, documents=named, **counted)
