"""Versions of an advisory: the same facts make none, other facts make one that says what moved, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from council.advising.pointers import split
from council.text import one_line
from council.types.advisories import Advisory
from council.types.facts import Fact, Source
from council.types.knowledge import DocumentVersion

_NOT_COMPARED = ("version", "date", "changelog/", "prose")
"""What says when it was rendered, and by whom, is no evidence."""
_MOST_CHANGES = 40
_FIRST = "First version."


def stated(advisory: Advisory) -> dict[str, Fact]:
    """Return what an advisory states, without what belongs to its versions."""
    return {key: fact for key, fact in advisory.facts().items() if not key.startswith(_NOT_COMPARED)}


def same_facts(
    version: DocumentVersion, facts: Mapping[str, Fact], *, clean: Callable[[str], str] = lambda text: text
) -> bool:
    """Whether a version stated the same. ``clean`` is what the store does to a text before it keeps it."""
    kept = {key: text for key, text in version.facts.items() if not key.startswith((*_NOT_COMPARED, "asked/"))}
    return _cleaned(kept, clean) == _cleaned({key: fact.text for key, fact in facts.items()}, clean)


def _cleaned(facts: Mapping[str, str], clean: Callable[[str], str]) -> dict[str, str]:
    return {clean(key): clean(text) for key, text in facts.items()}


def changes_between(
    version: DocumentVersion | None, facts: Mapping[str, Fact], *, summary_by: str | None = None
) -> tuple[str, ...]:
    """Return what changed, one sentence a fact with the evidence that changed it; a first version says so.

    A fact that stands in several places is told once, by the place in the store that it comes from. ``summary_by`` is
    the model that wrote the summary anew.
    """
    if version is None:
        return (_FIRST,)
    told: dict[str, None] = {}
    for key, fact in facts.items():
        before = version.facts.get(key)
        if before is not None and before != fact.text and "\n" not in before + fact.text:
            told[f"{_label(fact)}: {one_line(before, 80)} → {one_line(fact.text, 80)} ({_evidence(fact.sources)})"] = (
                None
            )
    told.update(dict.fromkeys(_came_and_went(version, facts)))
    if summary_by is not None:
        told[f"The summary was written by {one_line(summary_by, 80)}."] = None
    sentences = tuple(told) or ("The text of an example changed.",)
    if len(sentences) > _MOST_CHANGES:
        return (*sentences[:_MOST_CHANGES], "and more")
    return sentences


def _came_and_went(version: DocumentVersion, facts: Mapping[str, Fact]) -> list[str]:
    """Return the records, classes and models that are new, or no longer there."""
    now = {str(s): s for fact in facts.values() for s in fact.sources}
    then = {str(s): s for sources in version.sources.values() for s in sources}
    records = [
        *(f"New evidence: {r}" for r in sorted(_records(now.values()) - _records(then.values()))),
        *(f"No longer used: {r}" for r in sorted(_records(then.values()) - _records(now.values()))),
    ]
    titles = {key: fact.text for key, fact in facts.items() if _names_a_part(key)}
    before = {key: text for key, text in version.facts.items() if _names_a_part(key)}
    records += [f"New: {one_line(titles[key], 100)}" for key in sorted(titles.keys() - before.keys())]
    return records + [f"Gone: {one_line(before[key], 100)}" for key in sorted(before.keys() - titles.keys())]


def _names_a_part(key: str) -> bool:
    parts = key.split("/")
    return (parts[0], parts[-1]) in (("bugs", "title"), ("alternatives", "model")) and len(parts) == 3


def _records(sources: Iterable[Source]) -> set[str]:
    return {f"{source.kind} {source.id}" for source in sources}


def _label(fact: Fact) -> str:
    """Return what a fact is about, from the place it comes from: ``tests passed of smollm2:135m``."""
    parts = split(fact.sources[0].pointer)
    match parts:
        case ("table", metric, model):
            return f"{metric.replace('_', ' ')} of {one_line(model, 60)}"
        case ("rows", metric, what):
            return f"{what} of {metric.replace('_', ' ')}"
        case ("tally", model, name):
            return f"{name.replace('_', ' ')} of {one_line(model, 60)}"
        case ("classes", model, key, field):
            return f"{field} of {key.replace('-', ' ')}, {one_line(model, 60)}"
        case (what, model) if what in ("status", "severity", "verdict"):
            return f"{what} of {one_line(model, 60)}"
        case ():
            return fact.sources[0].kind
    return one_line(" ".join(parts).replace("_", " "), 100)


def _evidence(sources: Sequence[Source]) -> str:
    return ", ".join(sorted({f"{source.kind} {source.id}" for source in sources}))
