"""Keeps sessions: SQLite by default, PostgreSQL by URL. Behind the ``Store`` seam."""

from council.store.database import open_store

__all__ = ["open_store"]
