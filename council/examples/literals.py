"""Reads Python literals out of prose: where one begins, where it ends, and what may follow it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

LONGEST = 2000
"""Characters of a literal or a call that are looked at; what is longer is left alone."""
_WORDS = {"true": "True", "false": "False", "none": "None", "null": "None"}
_OPEN, _CLOSE = "([{", ")]}"
_AFTER = re.compile(
    r"\s*(?:$|[.;#,]|\(|\[|//|--|–|—|because\b|since\b|as\b|where\b|and\b|or\b|if\b|which\b|for\b)", re.I
)
"""What may stand behind an expected value. An operator may not: the value would be a part of something longer."""
_CHAIN = re.compile(r"^[\s\d+*/().-]+=\s*(?P<last>[^=]+)$")


def call_end(text: str, start: int) -> int | None:
    """Return the place after the bracket that closes the one at ``start``; ``None`` where none does on the way.

    >>> call_end('f("(") == 1', 1)
    6
    """
    depth = 0
    quote = ""
    place = start
    while place < min(len(text), start + LONGEST):
        char = text[place]
        if quote:
            if char == "\\":
                place += 1
            elif text.startswith(quote, place):
                place += len(quote) - 1
                quote = ""
        elif char in "\"'":
            quote = char * 3 if text.startswith(char * 3, place) else char
            place += len(quote) - 1
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    return None


def is_literal(text: str) -> bool:
    """Whether a text is one Python literal, as ``ast.literal_eval`` takes it."""
    try:
        ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def leading_literal(text: str) -> str | None:
    """Return the literal that a text begins with, as Python source; ``None`` where it begins with none, or with more.

    A lone value in brackets, ``("Venus")``, may be meant as a tuple: nobody can say, so it is left alone.

    >>> leading_literal(' [1, 2] # sorted'), leading_literal("true."), leading_literal("19 - 5 - 6 = 8")
    ('[1, 2]', 'True', '8')
    >>> leading_literal('("Venus")'), leading_literal("3 + x")
    (None, None)
    """
    text = text.lstrip()[:LONGEST]
    chain = _CHAIN.match(text)
    if chain is not None and is_literal(chain["last"]):
        return chain["last"].strip()
    for end in _ends(text):
        candidate = text[:end].strip()
        known = _WORDS.get(candidate, candidate)
        if is_literal(known) and _AFTER.match(text, end):
            return None if _lone_in_brackets(known) else known
    return None


def _lone_in_brackets(source: str) -> bool:
    return source.startswith("(") and not isinstance(ast.literal_eval(source), tuple)


def _ends(text: str) -> Iterator[int]:
    """Yield the ends that a literal may have, the longest first."""
    if not text:
        return
    first = text[0]
    if first in _OPEN:
        end = call_end(text, 0)
        if end is not None:
            yield end
        return
    if first in "\"'" or re.match(r"[rbuRBU]['\"]", text):
        try:
            token = next(tokenize.generate_tokens(io.StringIO(text).readline))
        except (tokenize.TokenError, SyntaxError, StopIteration, IndentationError):
            return
        if token.type == tokenize.STRING and token.start == (1, 0):
            yield sum(len(line) for line in text.splitlines(keepends=True)[: token.end[0] - 1]) + token.end[1]
        return
    number = re.match(r"[-+]?(?:\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+)", text)
    if number is not None:
        end = number.end()
        if text[end - 1] == "." and is_literal(text[: end - 1]):
            yield end - 1  # the full stop of a sentence
        yield end
        return
    word = re.match(r"[A-Za-z]+", text)
    if word is not None:
        yield word.end()
