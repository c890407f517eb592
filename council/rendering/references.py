"""Where statements come from, in words: the reference line under a section, and the list at the end of a document."""

from __future__ import annotations

from collections.abc import Iterable

from council.templating import markdown_inline
from council.types.base import Record
from council.types.facts import Fact, Source, distinct_sources
from council.types.guidelines import facts_of, unescaped


def reference(*subjects: object) -> str:
    """Return ``policy `python-team` · benchmark `b12…` `` for facts, records and lists of them, as Markdown.

    Nothing where no fact is in them. What is ``None`` is left out.
    """
    told = {(source.kind, source.id) for source in distinct_sources(tuple(_facts(subjects)))}
    return " · ".join(f"{kind} {markdown_inline(name)}" for kind, name in sorted(told, key=_order))


def references(*subjects: object) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return kind, id and places of each record that facts were taken from, the policy first."""
    places: dict[tuple[str, str], set[str]] = {}
    for source in distinct_sources(tuple(_facts(subjects))):
        places.setdefault((source.kind, source.id), set()).update({_place(source)} - {""})
    return tuple((kind, name, tuple(sorted(places[kind, name]))) for kind, name in sorted(places, key=_order))


def _facts(subjects: Iterable[object]) -> Iterable[Fact]:
    for subject in subjects:
        if isinstance(subject, Fact):
            yield subject
        elif isinstance(subject, Record):
            yield from facts_of(subject).values()
        elif isinstance(subject, list | tuple):
            yield from _facts(subject)


def _order(entry: tuple[str, str]) -> tuple[bool, str, str]:
    kind, name = entry
    return (kind != "policy", kind, name)


def _place(source: Source) -> str:
    """Return the first two parts of a pointer: ``rules/task-first``, ``table/tests_passed``."""
    return unescaped(" ".join(source.pointer.split("/")[:2])) if source.pointer else ""
