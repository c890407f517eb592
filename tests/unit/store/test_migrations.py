"""The steps lead to the tables that the code uses, on both kinds of database."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from council.protocols import Store
from council.store import migrations, schema
from council.store.tables import metadata


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
