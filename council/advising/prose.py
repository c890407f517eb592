"""A summary that a model writes from the facts: what it is asked, and whether its numbers are theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from council.templating import Templates
from council.text import one_line, printable
from council.types.advisories import Advisory
from council.types.calls import Message

MOST_PARAGRAPHS = 4
_LONGEST = 1200
_NUMBER = re.compile(r"(?P<number>\d+(?:[.,]\d+)*)(?P<share>\s*(?:%|percent\b|per cent\b))?")
_INTERVAL = re.compile(r"\d %\s\((\d+)–(\d+)\)")
_THINKING = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|hundred|thousand"
    r"|half|third|quarter|twice|double|triple)\b",
    re.IGNORECASE,
)


def prose_prompt(advisory: Advisory, templates: Templates) -> tuple[Message, ...]:
    """Return what the chair is asked: the built sentences are all it may use."""
    sentences = [*((advisory.key_finding,) if advisory.key_finding else ()), *advisory.summary, *advisory.why]
    sentences += [advisory.verdict] if advisory.verdict else []
    facts = tuple(dict.fromkeys(one_line(sentence.text, 600) for sentence in sentences))
    return (
        Message(role="system", content=templates.render("prompts/advisory_system.txt.j2", {})),
        Message(role="user", content=templates.render("prompts/advisory_user.txt.j2", {"facts": facts})),
    )


def paragraphs_of(reply: str) -> tuple[str, ...]:
    """Return the paragraphs of a reply, each on one line, without its reasoning."""
    text = printable(_THINKING.sub("", reply)).strip()
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    return tuple(one_line(part, _LONGEST) for part in parts if part)[:MOST_PARAGRAPHS]


def foreign_numbers(paragraphs: tuple[str, ...], advisory: Advisory) -> tuple[str, ...]:
    """Return the numbers in a text that no fact has: ``57 %``. A share counts only where a fact has that share.

    Numbers in words count as well, where no fact uses the word: ``half`` is a number.
    """
    texts = [fact.text for fact in advisory.facts().values()]
    known = {number for text in texts for number in _numbers(text)}
    known |= {f"{end} %" for text in texts for match in _INTERVAL.finditer(text) for end in match.groups()}
    said = {word.casefold() for text in texts for word in _WORDS.findall(text)}
    found = [number for text in paragraphs for number in _numbers(text) if number not in known]
    found += [word for text in paragraphs for word in _WORDS.findall(text) if word.casefold() not in said]
    return tuple(dict.fromkeys(found))


def _numbers(text: str) -> Iterator[str]:
    """Yield every number; a share only as one: ``57 %`` is not ``57``."""
    for match in _NUMBER.finditer(text):
        yield f"{match['number']} %" if match["share"] else match["number"]
