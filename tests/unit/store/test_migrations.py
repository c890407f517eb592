"""The steps lead to the tables that the code uses, on both kinds of database."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from council.errors import StoreError
from council.protocols import Store
from council.store import export_store, migrations, open_store, schema
from council.store.tables import metadata
from council.types.session import Session

OLD = Path(__file__).parents[2] / "data" / "store" / "schema1.db"
"""A file that the first step made, with a review, a generation and a sitting that was killed."""


def ours(name: str | None, kind: str, parents: object) -> bool:
    """Whether a thing of the database is one of the tables; the index of words is another kind in each database."""
    return not (name or "").startswith("knowledge_words")


def test_the_steps_lead_to_the_tables(store: Store) -> None:
    with store._engine.connect() as connection:  # type: ignore[attr-defined]
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
        assert compare_metadata(context, metadata) == []
        assert schema.schema_of(connection) == schema.KNOWN_SCHEMA


def test_the_newest_step_is_the_known_schema() -> None:
    steps = sorted(path.name for path in (Path(migrations.__file__).parent / "versions").glob("[0-9]*.py"))
    assert [int(name[:4]) for name in steps] == list(range(1, schema.KNOWN_SCHEMA + 1))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return Path(shutil.copy(OLD, tmp_path / "council.db"))


def documents(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    found = dict(connection.execute("SELECT id, document FROM sessions").fetchall())
    connection.close()
    return found


def number_of(path: Path) -> str:
    connection = sqlite3.connect(path)
    (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.close()
    return str(found)


@pytest.mark.parametrize("readonly", [False, True])
def test_an_old_file_keeps_its_sessions(old: Path, make: Any, readonly: bool) -> None:
    before = documents(old)
    assert (len(before), number_of(old)) == (3, "0001")
    store = open_store(str(old), readonly=readonly, secrets=())
    assert documents(old) == before and number_of(old) == f"{schema.KNOWN_SCHEMA:04d}"
    listed = {summary.session_id: summary.state for summary in store.list_sessions()}
    assert listed == {"7f3kaaaaaa": "finished", "8zzzzzzzzz": "finished", "9killed000": "unfinished"}
    for name, document in before.items():
        assert store.read_session(name) == Session.model_validate_json(document)
    store = open_store(str(old), secrets=())
    store.put_knowledge(make.learnt("old-and-new", "session:7f3kaaaaaa", text="works"))
    assert [entry.knowledge_id for entry in store.search_knowledge("work")] == ["old-and-new"]
    with pytest.raises(StoreError, match="evidence of knowledge old-and-new"):
        store.delete_session("7f3k")
    assert stat.S_IMODE(old.stat().st_mode) == stat.S_IMODE(OLD.stat().st_mode)


def test_an_old_server_keeps_its_sessions(url: str, make_session: Callable[..., Session]) -> None:
    """The first step alone, by hand, then a session as the first schema kept it."""
    new = open_store(url, secrets=())
    session = make_session()
    new.open_session(session)
    with new._engine.begin() as connection:  # type: ignore[attr-defined]
        known = ("knowledge_words", "knowledge_evidence", "knowledge")
        for table in ("behaviours", "programs", "labels", *known, "samples", "benchmarks", "versions"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    new.close()
    again = open_store(url, secrets=())
    assert again.read_session(session.session_id) == session
    assert again.list_benchmarks() == again.list_knowledge() == again.list_documents() == ()


def test_an_old_file_that_cannot_be_changed_says_so_and_stays(old: Path) -> None:
    if os.geteuid() == 0:
        connection = sqlite3.connect(old, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")  # root may write to everything, but not while another does
        with pytest.raises(StoreError, match="another process holds it locked"):
            open_store(str(old), patience_s=0.05)
        connection.close()
    else:
        old.chmod(0o444)
        with pytest.raises(StoreError, match="cannot be"):
            open_store(str(old))
    assert number_of(old) == "0001" and len(documents(old)) == 3


def test_an_old_store_can_be_carried_away(old: Path) -> None:
    lines: list[str] = []
    export_store(open_store(str(old), readonly=True, secrets=()), lines.append)
    assert [json.loads(line)["value"]["session_id"] for line in lines[1:]] == sorted(documents(old))
