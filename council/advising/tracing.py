"""Walks a rendered document and names every number and quoted line that comes from no fact.

A number is traced when it stands inside the whole text of a fact, and a fact that is nothing but a number only proves
a place that holds nothing else: a bare ``3`` proves no other ``3``. A block of code is traced when each part of it is
part of a fact, line by line. Marks of lists and numbers that count headings are structure and need no source; neither
do the fixed words of commands in ``console`` blocks, but numbers in them do.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from council.text import one_line, printable
from council.types.advisories import Advisory
from council.types.base import Record

BETWEEN = "# …"
"""What stands between two parts of an excerpt."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MARK = re.compile(r"^\s*(?:\d+[.)]\s+|#{1,6}\s+(?:\w+\s+)?\d+[.:)]\s+)")
_MARKUP = re.compile(r"[\\`*|_~]")
_FENCE = re.compile(r"^(`{3,})(.*)$")
_QUOTE = re.compile(r"^\s*>\s?(.*)$")


class Untraced(Record):
    """Something a document states that comes from no fact."""

    line: int
    """Counted from 1."""
    kind: str
    """``number``, ``code`` or ``quote``."""
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.kind} {one_line(self.text, 80)!r}"


def trace(text: str, advisory: Advisory) -> tuple[Untraced, ...]:
    """Return what a rendered advisory states and no fact of it does, in the order of the lines."""
    known = _Known(fact.text for fact in advisory.facts().values())
    known.add_sentences(sentence_text for sentence_text in _sentences(advisory))
    return tuple(_walk(text, known))


def _sentences(advisory: Advisory) -> Iterator[str]:
    """Yield the text of commands: fixed words around facts."""
    for _, commands in advisory.migration:
        yield from (command.text for command in commands)
    yield from (command.text for command in (*advisory.validation_commands, *advisory.in_doubt))


class _Known:
    """The texts of all facts, found by the numbers in them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.by_number: dict[str, set[str]] = {}
        self.lines: set[str] = set()
        self.blocks: set[tuple[str, ...]] = set()
        self.commands: set[str] = set()
        for text in set(texts):
            flat = _flat(text)
            for number in _NUMBER.findall(flat):
                self.by_number.setdefault(number, set()).add(flat)
            block = tuple(line.rstrip() for line in printable(text).split("\n"))
            self.blocks.add(block)
            self.lines.update(block)
            self.lines.add(flat)

    def add_sentences(self, texts: Iterable[str]) -> None:
        """Take the commands of the advisory: in a ``console`` block each must be one of them."""
        self.commands.update(texts)

    def covers(self, line: str, start: int, end: int) -> bool:
        """Whether a number of a line stands inside the whole text of a fact."""
        for text in self.by_number.get(line[start:end], ()):
            if _NUMBER.fullmatch(text):
                if line.strip() == text:
                    return True
                continue
            at = line.find(text, max(0, start - len(text)))
            while 0 <= at <= start:
                if at + len(text) >= end and _bordered(line, at, at + len(text)):
                    return True
                at = line.find(text, at + 1)
        return False

    def has_part(self, part: tuple[str, ...]) -> bool:
        """Whether some lines of a block follow each other so in a fact."""
        if part in self.blocks:
            return True
        if not set(part) <= self.lines:
            return False
        size = len(part)
        return any(
            block[at : at + size] == part for block in self.blocks for at in range(max(0, len(block) - size + 1))
        )


def _walk(text: str, known: _Known) -> Iterator[Untraced]:
    fence, info, begun = "", "", 0
    block: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        opening = _FENCE.match(line)
        if fence:
            if line == fence:
                yield from _console(block, begun, known) if info == "console" else _code(block, begun, known)
                fence = ""
            else:
                block.append(line)
        elif opening is not None:
            fence, info, begun, block = opening[1], opening[2].strip().split(" ")[0], number + 1, []
        else:
            yield from _running(line, number, known)


def _running(line: str, number: int, known: _Known) -> Iterator[Untraced]:
    quoted = _QUOTE.match(line)
    said = _flat(quoted[1]) if quoted is not None else ""
    if said.startswith("“") and said.strip("“” ") not in known.lines:
        yield Untraced(line=number, kind="quote", text=said)
        return
    bare = _MARK.sub("", line)
    cells = bare.strip().strip("|").split(" | ") if bare.lstrip().startswith("|") else [bare]
    for cell in cells:
        flat = _flat(cell)
        for match in _NUMBER.finditer(flat):
            if not known.covers(flat, match.start(), match.end()):
                yield Untraced(line=number, kind="number", text=match.group())


def _code(block: list[str], begun: int, known: _Known) -> Iterator[Untraced]:
    part: list[str] = []
    start = begun
    for number, line in enumerate([*block, BETWEEN], begun):
        if line.strip() != BETWEEN:
            part.append(line.rstrip())
            continue
        shown = tuple(part)
        if any(shown) and not known.has_part(shown):
            for offset, each in enumerate(shown):
                if each and each not in known.lines:
                    yield Untraced(line=start + offset, kind="code", text=each)
            if set(shown) <= known.lines | {""} and not _pieced(shown, known):
                yield Untraced(line=start, kind="code", text=shown[0])
        part, start = [], number + 1


def _pieced(part: tuple[str, ...], known: _Known) -> bool:
    """Whether every line is a whole fact of its own: the lines of a check's report."""
    return all(not line or (line,) in known.blocks for line in part)


def _console(block: list[str], begun: int, known: _Known) -> Iterator[Untraced]:
    for number, line in enumerate(block, begun):
        if line.startswith("$ ") and line[2:].split("  #")[0].rstrip() in known.commands:
            continue
        flat = _flat(line)
        for match in _NUMBER.finditer(flat):
            if not known.covers(flat, match.start(), match.end()):
                yield Untraced(line=number, kind="number", text=match.group())


def _flat(text: str) -> str:
    """Return text without markup and escapes, the same for a fact and for what a template made of it."""
    shown = html.unescape(html.unescape(printable(text)))
    return " ".join(_MARKUP.sub("", shown).split())


def _bordered(line: str, start: int, end: int) -> bool:
    before, after = line[start - 1 : start], line[end : end + 1]
    return not (before.isalnum() and line[start].isalnum()) and not (after.isalnum() and line[end - 1].isalnum())
