"""What a model wrote about facts, held against them: its paragraphs, and the numbers in it that no fact has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from council.text import one_line, printable

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


def paragraphs_of(reply: str) -> tuple[str, ...]:
    """Return the paragraphs of a reply, each on one line, without its reasoning."""
    text = printable(_THINKING.sub("", reply)).strip()
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    return tuple(one_line(part, _LONGEST) for part in parts if part)[:MOST_PARAGRAPHS]


def foreign_numbers(paragraphs: Sequence[str], facts: Iterable[str]) -> tuple[str, ...]:
    """Return the numbers in a text that no fact has: ``57 %``. A share counts only where a fact has that share.

    Numbers in words count as well, where no fact uses the word: ``half`` is a number.

    >>> foreign_numbers(["It passes 34 % of 12 tasks."], ["33 % (14–61) of 12 tasks"])
    ('34 %',)
    """
    texts = list(facts)
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
