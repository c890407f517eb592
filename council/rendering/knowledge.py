"""What was learnt, as one document."""

from __future__ import annotations

from collections.abc import Sequence

from council.text import redact_record
from council.types.base import Record
from council.types.knowledge import Knowledge


class KnowledgeBook(Record):
    """Pieces of knowledge in the order they are shown. Every key is always there."""

    schema_version: int = 1
    knowledge: tuple[Knowledge, ...]


def public_knowledge(book: KnowledgeBook, *, secrets: Sequence[str]) -> KnowledgeBook:
    """Return the book as it is shown: without secrets."""
    return redact_record(book, secrets)
