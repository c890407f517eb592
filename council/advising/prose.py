"""A summary that a model writes from the facts: what it is asked, and whether its numbers are theirs."""

from __future__ import annotations

from council import prose
from council.templating import Templates
from council.text import one_line
from council.types.advisories import Advisory
from council.types.calls import Message


def prose_prompt(advisory: Advisory, templates: Templates) -> tuple[Message, ...]:
    """Return what the chair is asked: the built sentences are all it may use."""
    sentences = [*((advisory.key_finding,) if advisory.key_finding else ()), *advisory.summary, *advisory.why]
    sentences += [advisory.verdict] if advisory.verdict else []
    facts = tuple(dict.fromkeys(one_line(sentence.text, 600) for sentence in sentences))
    return (
        Message(role="system", content=templates.render("prompts/advisory_system.txt.j2", {})),
        Message(role="user", content=templates.render("prompts/advisory_user.txt.j2", {"facts": facts})),
    )


def foreign_numbers(paragraphs: tuple[str, ...], advisory: Advisory) -> tuple[str, ...]:
    """Return the numbers in a text that no fact of an advisory has, as ``council.prose`` finds them."""
    return prose.foreign_numbers(paragraphs, [fact.text for fact in advisory.facts().values()])
