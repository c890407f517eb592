"""Versions of a task in a table, by the digest of the task: what a model wrote once serves every later sitting."""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, insert, select

from council.store.tables import programs
from council.store.transactions import Database, read_document, to_key
from council.types.versions import Version


class Programs:
    """The part of a store that keeps what models wrote for a task, independently of any submission."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, task: str, version: Version) -> None:
        """Keep a version; the same model and seed replaces it. Durable when this returns."""
        clean = self._database.clean(version)
        key = {"task": task_key(task), "model": to_key(clean.model), "seed": clean.seed or 0}
        with self._database.transaction() as connection:
            there = [programs.c[name] == value for name, value in key.items()]
            connection.execute(delete(programs).where(*there))
            connection.execute(insert(programs).values(**key, document=clean.model_dump_json()))

    def of_task(self, task: str) -> tuple[Version, ...]:
        """Return the versions of a task by model and seed."""
        with self._database.transaction(reading=True) as connection:
            rows = connection.execute(select(programs.c.document).where(programs.c.task == task_key(task))).scalars()
            remedy = "Delete the row, or leave the versions out"
            found = [read_document(Version, text, name="a version of the task", remedy=remedy) for text in rows]
        return tuple(sorted(found, key=lambda version: (version.model, version.seed or 0)))


def task_key(task: str) -> str:
    """Return the digest that a task's versions are kept under: spaces at its ends change nothing."""
    return hashlib.sha256(task.strip().encode("utf-8", "replace")).hexdigest()
