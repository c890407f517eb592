"""Keeps sessions, benchmarks, knowledge: SQLite by default, PostgreSQL by URL. Behind the ``Archive`` seam."""

from council.store.counts import Counts, count_records
from council.store.database import open_store
from council.store.exports import Choice, export_store
from council.store.imports import Imported, import_store
from council.store.naming import find_source
from council.store.searching import words_of

__all__ = [
    "Choice",
    "Counts",
    "Imported",
    "count_records",
    "export_store",
    "find_source",
    "import_store",
    "open_store",
    "words_of",
]
