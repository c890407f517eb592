"""Examples of classes: an object is made, its methods are called, and the text says what some calls give.

Read are doctest sessions and fenced blocks of Python whose lines end in a comment with the value. Only what is made of
literals, known classes and their objects is read, and a session ends at the first line that is anything else.
"""

from __future__ import annotations

import ast
import doctest
import re
import textwrap
from collections.abc import Iterator

from council.examples.extraction import Example
from council.examples.literals import is_literal, leading_literal
from council.syntax import syntax_tree

MOST = 20
"""Expectations of one text that are used."""
_FENCE = re.compile(
    r"^[ \t]*```[ \t]*(?:python|py|pycon)?[ \t]*\n(?P<code>.*?)^[ \t]*```[ \t]*$", re.DOTALL | re.MULTILINE
)
_COMMENT = re.compile(r"#\s*(?P<arrow>->|=>|==>|→|returns\b:?)?\s*(?P<rest>.*)$")
_CHANGES = re.compile(
    r"(?:push|append|add|insert|put|set|remove|delete|discard|update|enqueue|clear|sort|extend|write|save|store|move)"
)
"""Methods called for what they change: a bare comment behind them may speak of the state and not of the result."""


def extract_sessions(text: str, classes: frozenset[str]) -> tuple[Example, ...]:
    """Return what a text says that calls on objects of these classes give, in their order.

    >>> told = extract_sessions(">>> s = Stack()\\n>>> s.push(1)\\n>>> s.pop()\\n1\\n", frozenset({"Stack"}))
    >>> [(e.setup, e.call, e.expected) for e in told]
    [(('s = Stack()', 's.push(1)'), 's.pop()', '1')]
    """
    if not classes:
        return ()
    found = [*_doctests(text, classes), *_blocks(text, classes)]
    return tuple(found[:MOST])


def _doctests(text: str, classes: frozenset[str]) -> Iterator[Example]:
    try:
        parsed = doctest.DocTestParser().get_examples(textwrap.dedent(text))
    except ValueError:
        return
    lines = [(e.source.strip(), re.split(r'"""|\'\'\'|```', e.want)[0].strip(), e.lineno + 1) for e in parsed]
    yield from _told(lines, text, classes)


def _blocks(text: str, classes: frozenset[str]) -> Iterator[Example]:
    for match in _FENCE.finditer(text):
        code = textwrap.dedent(match["code"])
        if ">>>" in code:
            continue  # a doctest, which is read already
        if (tree := syntax_tree(code)) is None:
            continue
        above = text.count("\n", 0, match.start("code"))
        rows = code.splitlines()
        lines = []
        for node in tree.body:
            last = rows[(node.end_lineno or node.lineno) - 1]
            lines.append((ast.unparse(node), _commented(last, node), above + node.lineno))
        yield from _told(lines, text, classes)


def _commented(row: str, node: ast.stmt) -> str:
    """Return the value that the comment behind a call says it gives, as source; nothing where it says none."""
    call = node.value if isinstance(node, ast.Expr) else None
    found = _COMMENT.search(row[node.end_col_offset or 0 :])
    if not isinstance(call, ast.Call) or found is None:
        return ""
    changes = isinstance(call.func, ast.Attribute) and _CHANGES.match(call.func.attr)
    return "" if changes and not found["arrow"] else leading_literal(found["rest"]) or ""


def _told(lines: list[tuple[str, str, int]], text: str, classes: frozenset[str]) -> Iterator[Example]:
    """Yield one example a line that says a value; the lines before it are its setup."""
    setup: list[str] = []
    objects: set[str] = set()
    rows = text.splitlines()
    for source, value, line in lines:
        kind = _kind(source, classes, objects)
        if kind is None:
            return
        if kind == "import":
            continue
        call, expected = (source, value) if kind != "assert" else _asserted(source)
        if expected and is_literal(expected) and kind != "assign" and objects:
            quote = rows[line - 1].strip()[:200] if line <= len(rows) else source
            yield Example(call=call, expected=expected, line=line, quote=quote, setup=tuple(setup))
        elif expected:
            return  # it gives something that is no literal, or says so of no call
        setup.append(call)
        if kind == "assign":
            objects.add(source.partition("=")[0].strip())


def _kind(source: str, classes: frozenset[str], objects: set[str]) -> str | None:
    """Return what a statement is: import, assign, call or assert; ``None`` for whatever is not sure to be harmless."""
    tree = syntax_tree(source)
    node = tree.body[0] if tree is not None and len(tree.body) == 1 else None
    if isinstance(node, ast.Import | ast.ImportFrom):
        return "import"
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return "assign" if _is_known_call(node.value, classes, objects) else None
    if isinstance(node, ast.Expr):
        return "call" if _is_known_call(node.value, frozenset(), objects) else None
    if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and isinstance(node.test.ops[0], ast.Eq):
        return "assert" if _is_known_call(node.test.left, frozenset(), objects) else None
    return None


def _is_known_call(node: ast.AST, classes: frozenset[str], objects: set[str]) -> bool:
    """Whether it calls a known class, a method of a known object, or ``len`` of one, with literals."""
    if not isinstance(node, ast.Call):
        return False
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    if isinstance(node.func, ast.Name):
        sized = node.func.id == "len" and len(values) == 1 and isinstance(values[0], ast.Name)
        if sized and ast.unparse(values[0]) in objects:
            return True
        known = node.func.id in classes
    else:
        known = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) in objects
        known = known and not ast.unparse(node.func).rpartition(".")[2].startswith("_")
    return known and all(is_literal(ast.unparse(value)) for value in values)


def _asserted(source: str) -> tuple[str, str]:
    node = ast.parse(source).body[0]
    if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
        return ast.unparse(node.test.left), ast.unparse(node.test.comparators[0])
    return source, ""
