"""Calls that a task mentions: whatever they give, the task speaks of such inputs, so they are allowed.

Where ``== value`` follows, the line says what the author believed. Nobody ran it, and of the published tasks some are
wrong: so it prefers one of several programs, and convicts none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from council.versions.agreeing import Example

_LARGEST_TEXT = 200_000
_LONGEST = 2000
_MOST = 60
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_EQUALS = re.compile(r"\s*==\s*")


def mentioned(task: str, name: str) -> tuple[str, ...]:
    """Return the calls of a function with literals that stand in a text, in their order, each once.

    >>> mentioned("f([1, 2]) gives 3, and f(x) == f(4)", "f")
    ('f([1, 2])', 'f(4)')
    """
    return tuple(dict.fromkeys(call for call, _ in _found(task, name)))[:_MOST]


def believed(task: str, name: str) -> tuple[Example, ...]:
    """Return what the author of a task believed of calls: ``f([]) == 0``, also where nobody ran it."""
    found = {}
    for call, end in _found(task, name):
        equals = _EQUALS.match(task, end)
        if equals is not None:
            expected = _literal_at(task, equals.end())
            if expected is not None:
                found[call] = Example(call=call, expected=expected)
    return tuple(found.values())[:_MOST]


def _found(task: str, name: str) -> Iterator[tuple[str, int]]:
    text = task[:_LARGEST_TEXT]
    for match in re.finditer(rf"(?<![\w.]){re.escape(name)}\(", text):
        end = _closing(text, match.end() - 1)
        if end is None:
            continue
        call = " ".join(text[match.start() : end].split("\n"))
        try:
            node = ast.parse(call, mode="eval").body
            if isinstance(node, ast.Call):
                for value in (*node.args, *(keyword.value for keyword in node.keywords)):
                    ast.literal_eval(value)
                yield call, end
        except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
            continue


def _closing(text: str, start: int) -> int | None:
    """Return the place after the bracket that closes the one at ``start``; quotes are respected."""
    open_ones: list[str] = []
    quote = ""
    place = start
    while place < min(len(text), start + _LONGEST):
        char = text[place]
        if quote:
            if char == "\\":
                place += 1
            elif char == quote:
                quote = ""
        elif char in "\"'":
            quote = char
        elif char in _BRACKETS:
            open_ones.append(_BRACKETS[char])
        elif open_ones and char == open_ones[-1]:
            open_ones.pop()
            if not open_ones:
                return place + 1
        place += 1
    return None


def _literal_at(text: str, place: int) -> str | None:
    """Return the longest literal at a place of its line."""
    line = text[place : place + _LONGEST].partition("\n")[0]
    for end in range(len(line), 0, -1):
        candidate = line[:end].strip()
        try:
            ast.literal_eval(candidate)
        except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
            continue
        return candidate
    return None
