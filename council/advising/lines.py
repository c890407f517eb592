"""Lines of code that matter: where a faulty program differs from one that passes the same tests."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Collection, Sequence

from council.advising.seen import Seen
from council.syntax import syntax_tree
from council.text import plural

MOST_LINES = 16
"""Longest excerpt; of a longer function only the lines around the first difference are shown."""
_AROUND = 2
_MOST_PLACES = 3
_IN_THE_CODE = re.compile(r"^-* ?In the code(?: -*|:)$", re.MULTILINE)
_PLACE = re.compile(r"^\S+\.py:([1-9][0-9]{0,5}): in ", re.MULTILINE)


def spans_of(code: str, other: str | None, *, also: Collection[int] = ()) -> tuple[tuple[int, int], ...]:
    """Return the lines of ``code`` worth showing beside ``other``: first and last line, counted from 1, each run.

    Docstrings and empty ends are left out. Where the function is short it is shown whole. Lines of ``also`` are shown
    wherever they stand: an error arose there.
    """
    text = code.splitlines()
    function = _function(code, other)
    wanted = _written(code, function) if function is not None else [n for n, t in enumerate(text, 1) if t.strip()]
    if len(wanted) > MOST_LINES:
        wanted = _around(text, wanted, other or "", function)
    there = {line for line in also if line <= len(text) and text[line - 1].strip()}
    return _runs(sorted({*wanted, *there}), text)


def named_in(output: str | None) -> tuple[int, ...]:
    """Return the lines of the code that pytest's output names below ``In the code``, the last few.

    >>> named_in("E   TypeError: ...\\nIn the code:\\nclamp.py:9: in <module>\\n    print(clamp(10))")
    (9,)
    """
    found = _IN_THE_CODE.search(output or "")
    places = [int(match[1]) for match in _PLACE.finditer((output or "")[found.end() :])] if found else []
    return tuple(dict.fromkeys(reversed(places)))[:_MOST_PLACES]


def cut(code: str, span: str) -> Seen:
    """Return the lines ``4-9`` of some code. Raises ``LookupError`` where there are none."""
    first, last = _ends(span, code)
    shown = "\n".join(code.splitlines()[first - 1 : last])
    return Seen(shown, shown)


def place(code: str, spans: str) -> Seen:
    """Return ``lines 4 and 12–17`` for ``4-4,12-17``. Raises ``LookupError`` where there are no such lines."""
    words = [str(a) if a == b else f"{a}–{b}" for a, b in (_ends(span, code) for span in spans.split(","))]
    text = " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
    single = len(words) == 1 and "–" not in text
    return Seen(spans, f"{plural(1 if single else 2, 'line').split()[1]} {text}")


def _ends(span: str, code: str) -> tuple[int, int]:
    first, _, last = span.partition("-")
    if not (first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last) <= len(code.splitlines())):
        raise LookupError(f"there are no lines {span}")
    return int(first), int(last)


def _function(code: str, other: str | None) -> ast.stmt | None:
    """Return the function or class that differs: one that both have before one that the other lacks."""
    mine, theirs = _definitions(code), _definitions(other or "")
    if not mine:
        return None
    changed = [node for name, node in mine.items() if name in theirs and _bare(node) != _bare(theirs[name])]
    added = [node for name, node in mine.items() if name not in theirs]
    return [*changed, *added, *reversed(mine.values())][0]


def _definitions(code: str) -> dict[str, ast.stmt]:
    if (tree := syntax_tree(code)) is None:
        return {}
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, kinds):
            found.pop(node.name, None)  # a later one of the same name counts
            found[node.name] = node
    return found


def _bare(node: ast.stmt) -> str:
    """Return a definition without its docstrings."""
    hidden = {line for node_ in ast.walk(node) for line in _docstring(node_)}
    return "\n".join(t for n, t in enumerate(ast.unparse(node).splitlines(), node.lineno) if n not in hidden)


def _docstring(node: ast.AST) -> range:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or not node.body:
        return range(0)
    first = node.body[0]
    text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    if not text or len(node.body) == 1:  # nothing but a docstring: then that is what was written
        return range(0)
    return range(first.lineno, (first.end_lineno or first.lineno) + 1)


def _written(code: str, function: ast.stmt) -> list[int]:
    hidden = {line for node in ast.walk(function) for line in _docstring(node)}
    text = code.splitlines()
    last = function.end_lineno or function.lineno
    return [n for n in range(function.lineno, last + 1) if n not in hidden and text[n - 1].strip()]


def _around(text: Sequence[str], wanted: list[int], other: str, function: ast.stmt | None) -> list[int]:
    """Return the head of the function and the lines around the first difference to the other program."""
    known = {" ".join(line.split()) for line in other.splitlines()}
    body = wanted[1:] if function is not None else wanted
    new = [n for n in body if " ".join(text[n - 1].split()) not in known] or body
    start = max(body.index(new[0]) - _AROUND, 0)
    return [*(wanted[:1] if function is not None else []), *body[start : start + MOST_LINES - 1]]


def _runs(wanted: Sequence[int], text: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Put lines together that follow each other, over empty lines between them."""
    runs: list[tuple[int, int]] = []
    for line in wanted:
        if runs and not any(text[n - 1].strip() for n in range(runs[-1][1] + 1, line)):
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    return tuple(runs)


def likeness(one: str, other: str) -> float:
    """Return how alike two programs are, 0 to 1: of several right ones the nearest shows the difference best."""
    return difflib.SequenceMatcher(None, one.splitlines(), other.splitlines(), autojunk=False).ratio()
