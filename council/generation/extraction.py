"""Finds the Python module in what a local model wrote.

Small models forget the closing fence, put prose around it or inside it, repeat themselves, add a shell block or a
second version. The rules, in order: reasoning is dropped; of the fenced blocks those that parse win, the one with the
most definitions first, and others join it where they only add names; without a fence the longest run of lines that
parses counts; tests of the model's own at the end are left out. Code that does not parse is still returned, because
the syntax check can tell the model why.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from itertools import accumulate

from council.syntax import syntax_tree
from council.types.base import Record

_LONGEST_REPLY = 400_000
"""Characters that are looked at; more than any context of a local model holds."""
_MOST_PARSED = 1_000_000
"""Characters parsed in the search for code without a fence, so that a hostile reply costs a second, not an hour."""
_MOST_EDGES = 200

_REASONING = re.compile(r"\A\s*<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_REASONING_END = re.compile(r"\A(?:(?!```).)*?</(?:think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)
_OPENING = re.compile(r"^(?P<lead>.*?)(?P<fence>`{3,}|~{3,})[ \t]*(?P<tag>[^`\s]*)(?P<rest>[^`]*)$")
_CLOSING = re.compile(r"^(?P<code>.*?)(?P<fence>`{3,}|~{3,})[ \t]*$")
_PYTHON_TAGS = {"python", "py", "python3", "py3", "python2", "pycon", "{python}", "{.python}"}
_CODE_LINE = re.compile(r"^(?:def |class |async def |import |from \w|@\w|if __name__|[A-Za-z_]\w*\s*(?::[^=]+)?=[^=])")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Extraction(Record):
    """The code of a reply. ``code`` is ``None`` when there is none; ``cut`` when its end is missing."""

    code: str | None = None
    cut: bool = False


class _Block(Record):
    tag: str
    text: str
    closed: bool

    @property
    def is_python(self) -> bool:
        return self.tag in _PYTHON_TAGS


def extract_code(reply: str, *, cut_off: bool = False) -> Extraction:
    """Return the module that a reply holds, with a newline at its end.

    Args:
        reply: what the model wrote.
        cut_off: whether it stopped at its length limit. Then code counts as whole only if its fence is closed.
    """
    text = _cleaned(reply[:_LONGEST_REPLY])
    blocks = list(_blocks(text))
    whole = [block for block in blocks if block.closed]
    if cut_off:
        found = _from_blocks(whole, strict=True)
        if found is not None:
            return Extraction(code=_tidy(found))
        found = _from_blocks(blocks, strict=False) if blocks else _from_prose(text)
        return Extraction(code=None if found is None else _tidy(found), cut=True)
    found = _from_blocks(blocks, strict=False) if blocks else None
    if found is None or (not parses(found) and not any(block.is_python for block in blocks)):
        found = _from_prose(text) or found
    return Extraction(code=None if found is None else _tidy(found))


def parses(code: str) -> bool:
    """Whether this Python accepts the text as a module."""
    return syntax_tree(code) is not None


def _cleaned(reply: str) -> str:
    """Return the reply without reasoning, byte order mark, carriage returns and half characters."""
    text = reply.encode("utf-8", "replace").decode().removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _REASONING.sub("", text)
    return _REASONING_END.sub("", text)


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the fenced blocks. A fence inside a docstring does not end one: the first end that parses does."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        opening = _opening(lines[at])
        if opening is None:
            at += 1
            continue
        fence, tag, first = opening
        end, block = _closed_block(lines, at, fence, tag, first)
        at = end + 1
        if block.text.strip():
            yield block


def _opening(line: str) -> tuple[str, str, str] | None:
    """Return fence, language and code on the same line; a fence in running text counts only with a language."""
    match = _OPENING.match(line)
    if match is None:
        return None
    tag, rest = match["tag"].lower(), match["rest"].strip()
    if match["lead"].strip() and tag not in _PYTHON_TAGS:
        return None
    return match["fence"], tag, rest if tag in _PYTHON_TAGS and _CODE_LINE.match(rest) else ""


def _closed_block(lines: list[str], at: int, fence: str, tag: str, first: str) -> tuple[int, _Block]:
    """Return the line where a block ends, and the block."""
    head = [first] if first else []
    ends: list[tuple[int, str]] = []
    for number in range(at + 1, len(lines)):
        match = _CLOSING.match(lines[number])
        if match and match["fence"][0] == fence[0] and len(match["fence"]) >= len(fence):
            last = [match["code"]] if match["code"].strip() else []
            ends.append((number, _dedented([*head, *lines[at + 1 : number], *last])))
            if len(ends) >= 20 or parses(ends[-1][1]):
                break
    for number, text in reversed(ends):
        if syntax_tree(text) is not None:
            return number, _Block(tag=tag, text=text, closed=True)
    if ends:
        return ends[0][0], _Block(tag=tag, text=ends[0][1], closed=True)
    return len(lines), _Block(tag=tag, text=_dedented([*head, *lines[at + 1 :]]), closed=False)


def _dedented(lines: list[str]) -> str:
    return textwrap.dedent("\n".join(lines))


def _from_blocks(blocks: list[_Block], *, strict: bool) -> str | None:
    """Return the module that the blocks make; ``strict`` wants one that parses."""
    candidates = [b for b in blocks if b.is_python] or [b for b in blocks if not b.tag] or ([] if strict else blocks)
    texts = [text for block in candidates if (text := _mended(block.text)) is not None and _statements(text)]
    if texts:
        # A block of tests is no module; max keeps the first of equals.
        main = max(texts, key=lambda text: (sum(not _is_test(name) for name in _names(text)), len(text)))
        return _joined(texts, main)
    if strict or not candidates:
        return None
    return max((block.text for block in candidates if block.is_python or not block.tag), key=len, default=None)


def _joined(texts: list[str], main: str) -> str:
    """Put the blocks together that add to the main one: other names, and nothing that runs."""
    taken = _names(main)
    parts = []
    for text in texts:
        if text is main:
            parts.append(text)
        elif _only_defines(text) and not (_names(text) & taken):
            taken |= _names(text)
            parts.append(text)
    whole = "\n\n\n".join(part.strip("\n") for part in parts)
    return whole if parses(whole) else main


def _mended(text: str) -> str | None:
    """Return the text if it parses, else its beginning where only prose follows, else ``None``."""
    if parses(text):
        return text
    lines = text.split("\n")
    for number in _outer_lines(lines):
        if _CODE_LINE.match(lines[number]):
            return None
        begin = "\n".join(lines[:number])
        if _names(begin):
            return begin
    return None


def _from_prose(text: str) -> str | None:
    """Return the longest run of lines that parses and defines something."""
    lines = text.split("\n")
    if _names(text):
        return text
    ends = (len(lines), *_outer_lines(lines))
    offsets = [0, *accumulate(len(line) + 1 for line in lines)]
    best, left = "", _MOST_PARSED
    for start in (number for number, line in enumerate(lines) if _CODE_LINE.match(line)):
        if left <= 0 or offsets[-1] - offsets[start] - 1 <= len(best):
            break  # no later start can hold more
        for end in ends:
            size = offsets[end] - offsets[start] - 1
            if end <= start or left <= 0 or size <= len(best):
                break
            left -= size
            piece = "\n".join(lines[start:end])
            if _names(piece):
                best = piece
                break
    return best or None


def _outer_lines(lines: list[str]) -> list[int]:
    """Return the numbers of lines that begin at the left edge, last first: where a module can be cut."""
    edges = [number for number, line in enumerate(lines) if line and not line[0].isspace()]
    return edges[::-1][:_MOST_EDGES]


def _statements(text: str) -> bool:
    """Whether the text is more than a bare word or number, which prose can be too."""
    tree = syntax_tree(text)
    return tree is not None and any(not isinstance(node, ast.Expr | ast.Pass) for node in tree.body)


def _names(text: str) -> frozenset[str]:
    """Return the functions and classes that a module defines; without any, what it assigns."""
    tree = syntax_tree(text)
    if tree is None:
        return frozenset()
    defined = {n.name for n in tree.body if isinstance(n, _DEFINITIONS)}
    assigned = {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    return frozenset(defined or assigned)


def _only_defines(text: str) -> bool:
    """Whether a block holds nothing but imports, definitions and constants, and is no set of tests."""
    tree = syntax_tree(text)
    if tree is None or any(map(_is_test, _names(text))):
        return False
    allowed = (
        ast.Import,
        ast.ImportFrom,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Assign,
        ast.AnnAssign,
    )
    return all(isinstance(node, allowed) or _is_docstring(node) for node in tree.body)


def _is_test(name: str) -> bool:
    return name.lower().startswith("test")


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _without_own_tests(code: str) -> str:
    """Return the module without the tests that the model put at its end: run at import, they are often wrong."""
    tree = syntax_tree(code)
    if tree is None or not any(isinstance(node, _DEFINITIONS) and not _is_test(node.name) for node in tree.body):
        return code
    kept = len(tree.body)
    while kept and _is_own_test(tree.body[kept - 1]):
        kept -= 1
    if kept == len(tree.body):
        return code
    return "\n".join(code.split("\n")[: tree.body[kept - 1].end_lineno])


def _is_own_test(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
        return _is_test(node.value.func.id)
    if isinstance(node, ast.If) and isinstance(node.test, ast.Compare):
        guard = node.test.left
        return isinstance(guard, ast.Name) and guard.id == "__name__" and any(map(_is_own_test, node.body))
    return isinstance(node, ast.Assert) or (isinstance(node, ast.FunctionDef) and _is_test(node.name))


def _tidy(code: str) -> str:
    """Return the module without blank edges, and with one newline at its end."""
    return _without_own_tests(code).strip("\n").rstrip() + "\n"
