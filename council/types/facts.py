"""What a document states, and the record of the store that it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from council.types.base import Record


class Source(Record):
    """A place in the store, in a policy or in the machine's own account that a fact comes from."""

    kind: Literal["benchmark", "session", "knowledge", "policy"]
    id: str
    """The record's id: ``b12…``, ``7f3k…``, ``recency-beats-the-label``, ``python-team``."""
    pointer: str = ""
    """The place inside the record, parts joined with ``/``: ``samples/qwen2.5-coder:0.5b/lru_cache/1/code``,
    ``table/tests_passed/smollm2:135m``, ``rules/task-first/text``. A ``/`` inside a part is written ``~1`` and a
    ``~`` is written ``~0`` (RFC 6901)."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" + (f"#{self.pointer}" if self.pointer else "")


class Fact(Record):
    """One statement as it is shown, the value behind it, and where that value stands."""

    text: str
    """As it is shown: ``41 % (28–55)``, ``test_capacity_limit``, a piece of code. Never empty."""
    value: str | int | float | bool | None = None
    """The value it was made from, where it is one."""
    sources: tuple[Source, ...]
    """At least one; several where it was computed from several records."""

    def __str__(self) -> str:
        return self.text


def distinct_sources(facts: Sequence[Fact]) -> tuple[Source, ...]:
    """Return every source of some facts once, in order of kind, id and pointer."""
    found = {(s.kind, s.id, s.pointer): s for fact in facts for s in fact.sources}
    return tuple(found[key] for key in sorted(found))
