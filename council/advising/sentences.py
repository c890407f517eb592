"""Sentences of fixed words and facts, and commands of fixed words and names."""

from __future__ import annotations

import shlex

from council.text import one_line
from council.types.advisories import Command, Sentence
from council.types.facts import Fact


def say(key: str, words: str, **facts: Fact) -> Sentence:
    """Return a sentence; ``{name}`` in the words stands for the fact of that name.

    >>> say("k", "It passed {share}.", share=Fact(text="41 %", sources=())).text
    'It passed 41 %.'
    """
    text = words.format_map({name: fact.text for name, fact in facts.items()})
    return Sentence(key=key, text=text, facts=tuple(facts.values()))


def listed(facts: tuple[Fact, ...], most: int = 6) -> str:
    """Return words with places for some facts: ``“{f0}”, “{f1}” and “{f2}”``; what is too many is left out."""
    names = [f"“{{f{number}}}”" for number in range(len(facts[:most]))]
    if len(facts) > most:
        return ", ".join(names) + " and more"
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part) if names else ""


def numbered(facts: tuple[Fact, ...]) -> dict[str, Fact]:
    """Return facts by the names that ``listed`` gives them."""
    return {f"f{number}": fact for number, fact in enumerate(facts)}


def command(key: str, words: str, *, ollama: bool = False, **names: Fact) -> Command:
    """Return a command; ``{name}`` stands for a fact that becomes one shell word."""
    quoted = {name: shlex.quote(one_line(str(fact.value or fact.text), 200)) for name, fact in names.items()}
    for name, word in quoted.items():
        if word.lstrip("'").startswith("-"):  # else a model of that name would be read as an option
            words = words.replace(f" {{{name}}}", f"={{{name}}}")
    return Command(
        key=key,
        text=words.format_map(quoted),
        needs="ollama" if ollama else "nothing",
        facts=tuple(names.values()),
    )
