"""Python, cut into tokens without parsing it: code that a model wrote need not be right, and nesting costs nothing."""

from __future__ import annotations

import keyword
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
      | (?P<string>(?i:[rbuft]{0,2})(?:'''(?:[^\\]|\\.)*?(?:'''|\Z)|\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)
                   |'(?:[^'\\\r\n]|\\(?:\r\n|.))*'?|\"(?:[^\"\\\r\n]|\\(?:\r\n|.))*\"?))
      | (?P<name>[^\W\d]\w*)
      | (?P<number>\d[\w.]*)
      | (?P<newline>\r\n|\r|\n)
      | (?P<join>\\(?:\r\n|\r|\n))
      | (?P<space>[ \t\f\ufeff]+)
      | (?P<operator>->|:=|\*\*=?|//=?|<<=?|>>=?|[=!<>+*/%&|^@-]=|.)""",
    re.VERBOSE | re.DOTALL,
)
_OPEN, _CLOSE = "([{", ")]}"


class Token(NamedTuple):
    """A piece of a program: what it is, its text, its line (from 1) and column (from 0), and how deep in brackets."""

    kind: str
    text: str
    line: int
    column: int
    depth: int


def read_tokens(text: str) -> list[Token]:
    """Return the tokens of Python code. White space is left out; nothing can make it fail."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    tokens, depth = [], 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "operator"
        if kind in ("space", "join"):
            continue
        piece = match.group()
        if kind == "operator" and piece in _CLOSE:
            depth = max(0, depth - 1)
        line = bisect_right(starts, match.start())
        tokens.append(Token(kind, piece, line, match.start() - starts[line - 1], depth))
        if kind == "operator" and piece in _OPEN:
            depth += 1
        elif kind == "name" and match.start() == starts[line - 1] and piece in ("def", "class", "import", "from"):
            depth = 0  # a bracket that was never closed ends where the next definition begins
    return tokens


def lone_strings(tokens: list[Token]) -> Iterator[Token]:
    """Yield the strings that stand alone as a statement: docstrings, and strings used as comments."""
    solid = [token for token in tokens if token.kind != "comment" and not (token.kind == "newline" and token.depth)]
    for number, token in enumerate(solid):
        before = solid[number - 1] if number else None
        after = solid[number + 1] if number + 1 < len(solid) else None
        begins = before is None or before.kind == "newline" or (before.text in (":", ";") and before.depth == 0)
        ends = after is None or after.kind == "newline" or after.text == ";"
        if token.kind == "string" and token.depth == 0 and begins and ends:
            yield token


def is_word(token: Token) -> bool:
    """Whether a token is a name that the writer chose, and no keyword."""
    return token.kind == "name" and not keyword.iskeyword(token.text) and token.text not in ("self", "cls")


def inner_text(literal: str) -> str:
    """Return what stands between the quotes of a string literal, as it is written."""
    body = literal.lstrip("rRbBuUfFtT")
    quote = body[:3] if body[:3] in ('"""', "'''") else body[:1]
    return body[len(quote) :].removesuffix(quote)
