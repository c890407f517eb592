"""Keeps sessions, benchmarks, knowledge: SQLite by default, PostgreSQL by URL. Behind the ``Archive`` seam."""

from council.store.database import open_store

__all__ = ["open_store"]
