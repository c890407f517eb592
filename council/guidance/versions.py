"""Versions of a document: the same facts make none, and a new one says what changed and which evidence changed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from council.text import one_line, plural
from council.types.facts import Fact, Source
from council.types.guidelines import unescaped
from council.types.knowledge import DocumentVersion

FIRST = "first version"
_WORDS = {
    "rules": "rule",
    "criteria": "check",
    "advisories": "advisory",
    "benchmarks": "benchmark",
    "unwritten": "advisory of",
    "tiers": "two tiers:",
    "time_per_task_s": "time a task",
    "tokens_per_s": "tokens a second",
    "on_gpu": "on GPU",
}
_OTHERS = "versions/"
_SILENT = {"models", "fact", "figures", "measured", "text", "choices", "by_memory", "versions", "voting"}
# What tells most about a thing that has come or gone.
_HEADLINES = ("status", "text", "required", "measured/figures/tests_passed/fact", "figures/tests_passed/fact", "model")


def next_version(
    name: str,
    facts: Mapping[str, Fact],
    known: Sequence[DocumentVersion],
    created_at: datetime,
    also: Sequence[str] = (),
) -> DocumentVersion:
    """Return the newest version where it states the same facts, else the one that follows it.

    ``known`` are the versions there are, the newest first; ``also`` is said before what changed.
    """
    latest = known[0] if known else None
    texts = {key: fact.text for key, fact in facts.items()}
    sources = {key: fact.sources for key, fact in facts.items()}
    if latest is not None and latest.facts == texts and latest.sources == sources:
        return latest
    return DocumentVersion(
        name=name,
        number=latest.number + 1 if latest else 1,
        created_at=created_at,
        facts=texts,
        sources=sources,
        changes=(*also, *differences(latest, facts)) if latest else (FIRST,),
    )


def differences(old: DocumentVersion, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Return what moved between a version and the facts of now, a sentence each with the evidence that moved it.

    Versions of other documents are no facts of their own: what moved there is told there.
    """
    new = {key: fact.text for key, fact in facts.items() if not key.startswith(_OTHERS)}
    before = {key: text for key, text in old.facts.items() if not key.startswith(_OTHERS)}
    sentences = [
        f"{label_of(key)} was {_told(before[key])}, is {_told(new[key])}{_because(facts[key].sources)}"
        for key in sorted(new.keys() & before.keys())
        if new[key] != before[key]
    ]
    for group, keys in _groups(new.keys() - before.keys(), before):
        sources = [source for key in keys for source in facts[key].sources]
        sentences.append(f"{label_of(group)} is new: {_headline(group, keys, new)}{_because(sources)}")
    for group, keys in _groups(before.keys() - new.keys(), new):
        sources = [source for key in keys for source in old.sources.get(key, ())]
        gone = _headline(group, keys, before)
        sentences.append(f"{label_of(group)} is no longer stated: was {gone}{_because(sources)}")
    shared = new.keys() & before.keys()
    kept = [key for key in shared if new[key] == before[key] and facts[key].sources != old.sources.get(key)]
    if kept:
        sources = [source for key in kept for source in facts[key].sources]
        sentences.append(f"{plural(len(kept), 'fact')} unchanged, resting on other evidence now{_because(sources)}")
    return tuple(sentences)


def label_of(key: str) -> str:
    """Return a fact's key in words: ``models/x:3b/measured/figures/tests_passed/fact`` → ``x:3b tests passed``.

    >>> label_of("rules/task-first/severity")
    'rule task-first severity'
    """
    parts = key.split("/")
    # Only field names are words of ours; the key of a thing in a list stays as it is.
    words = [_WORDS.get(part, part.replace("_", " ")) if part.isidentifier() else part for part in parts]
    kept = [word for part, word in zip(parts, words, strict=True) if part not in _SILENT]
    return one_line(unescaped(" ".join(kept or words)), 160)


def _groups(keys: Iterable[str], others: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """Put keys together under the shortest beginning, of two parts or more, that the other side knows nothing of."""
    beginnings = {beginning for key in others for beginning in _beginnings(key)}
    groups: dict[str, list[str]] = {}
    for key in sorted(keys):
        own = next((beginning for beginning in _beginnings(key) if beginning not in beginnings), key)
        groups.setdefault(own, []).append(key)
    return sorted(groups.items())


def _beginnings(key: str) -> list[str]:
    parts = key.split("/")
    return ["/".join(parts[:length]) for length in range(min(2, len(parts)), len(parts) + 1)]


def _headline(group: str, keys: Sequence[str], texts: Mapping[str, str]) -> str:
    wanted = next((f"{group}/{tail}" for tail in _HEADLINES if f"{group}/{tail}" in keys), keys[0])
    return _told(texts[wanted])


def _told(text: str) -> str:
    return one_line(text, 120)


def _because(sources: Iterable[Source]) -> str:
    told = sorted({f"{source.kind} {source.id}" for source in sources})
    shown = [*told[:3], f"and {len(told) - 3} more"] if len(told) > 4 else told
    return f" ({one_line(', '.join(shown), 200)})" if shown else ""
