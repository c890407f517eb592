"""Brings a database to the schema this version knows, or says why it cannot."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from council.errors import StoreError

KNOWN_SCHEMA = 5
"""Number of the newest step in ``migrations/versions``."""
_STEPS = Path(__file__).resolve().parent / "migrations"
_LOCK = 0x636F756E  # any number that all councils agree on


def schema_of(connection: Connection) -> int:
    """Return the number of the schema in a database; 0 when it is empty.

    Raises ``StoreError`` when the database belongs to another program or to a newer council.
    """
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if "sessions" in tables:
            raise StoreError("it has a table named sessions that council did not make", "Name another database")
        return 0
    marks = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if not marks:
        return 0
    if len(marks) > 1 or not (marks[0].isascii() and marks[0].isdigit()):
        raise StoreError("it belongs to another program", "Name another database")
    found = int(marks[0])
    if found > KNOWN_SCHEMA:
        raise StoreError(
            f"written by a newer council (schema {found}, this one knows {KNOWN_SCHEMA})",
            "Upgrade with: pip install -U code-council",
        )
    return found


def migrate(connection: Connection) -> None:
    """Take the steps that are missing, inside the caller's transaction: all of them or none."""
    if connection.dialect.name == "postgresql":  # SQLite has its write lock from the first statement on
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if schema_of(connection) == KNOWN_SCHEMA:
        return
    # Half a second of imports, needed once in the life of a database.
    from alembic import command
    from alembic.config import Config

    config = Config()
    # The path may hold a %, which the format of the option would read as a variable.
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, f"{KNOWN_SCHEMA:04d}")
