"""Finds the JSON objects of a reply that stand outside the model's reasoning. Linear in the length of the reply.

A reply is walked once, from mark to mark. A reasoning block (``<think>`` and its kin) is stepped over; a closing tag
that was never opened makes reasoning of everything before it. At a brace the strict parser has the first word. What it
cannot read, and what looks like a ballot, goes to json_repair, piece by piece and never a long one, because repairing
takes time that grows faster than the text.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import json_repair

_TAGS = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|inner_monologue"
_MARK = re.compile(
    r"(?P<brace>\{)"
    rf"|(?P<open><(?:{_TAGS})(?:\s[^<>\n]{{0,80}})?>|\[THINK\]|◁think▷)"
    rf"|(?P<close></(?:{_TAGS})\s{{0,8}}>|\[/THINK\]|◁/think▷|<\|channel\|>final<\|message\|>)",
    re.IGNORECASE,
)
_CLOSE = re.compile(rf"</(?:{_TAGS})\s{{0,8}}>|\[/THINK\]|◁/think▷|<\|channel\|>final<\|message\|>", re.IGNORECASE)
_OBJECT = re.compile(r"\{\s{0,200}+(?:[\"'“‘}]|[A-Za-z_]\w{0,40}\s{0,20}+:)")
# No possessive groups here: Python before 3.11.5 matches them wrongly (gh-106052). These need none: what follows the
# repetition is optional, so that nothing is ever tried twice.
_TOKEN = re.compile(r"\"[^\"\\]*(?:\\.[^\"\\]*)*(?P<shut>\")?|[{}\[\],:']", re.DOTALL)
_SINGLE = re.compile(r"'[^'\\]*(?:(?:\\.|'(?!\s{0,20}[,:\]}]))[^'\\]*)*(?P<shut>')?", re.DOTALL)
_KEY = re.compile(r"\s*+([A-Za-z_]\w{0,40})\s*+\Z")
VERDICT_KEYS = ("verdict", "final_verdict", "decision", "vote")
_MENTION = re.compile(r"(?:verdict|decision|vote)", re.IGNORECASE)
_BALLOT_KEYS = {*VERDICT_KEYS, "findings", "analysis"}

REPAIR_LIMIT = 32_768
"""Longest piece of text that is repaired, and twice that over a whole reply."""
_DEPTH_LIMIT = 64
_TRIES = 24


class Candidate(NamedTuple):
    """A JSON object of a reply, and how it was come by."""

    value: dict[str, Any]
    start: int
    end: int
    repaired: bool = False
    cut: bool = False
    """Its closing brace never came."""
    closed: frozenset[str] = frozenset()
    """Of a cut object: the keys whose values had come to their end."""


class Extract(NamedTuple):
    """What a reply holds outside its reasoning."""

    candidates: tuple[Candidate, ...] = ()
    broken: bool = False
    """Something looked like a ballot and could not be read."""
    start: int = 0
    """Where the answer begins: behind the last closing tag that was never opened."""
    open_reasoning: int | None = None
    """Where a reasoning block begins that never ends."""
    spans: tuple[tuple[int, int], ...] = ()
    """Stretches of reasoning behind ``start``."""


class _Outline(NamedTuple):
    """The shape of a piece of text that begins with a brace."""

    end: int
    balanced: bool
    depth: int
    keys: frozenset[str]
    closed: frozenset[str]


class Repeated(list[Any]):
    """The values of a key that an object names more than once."""


def extract_objects(text: str) -> Extract:
    """Return the objects of a reply outside its reasoning, in their order. Never raises on any text."""
    walk = _Walk(text)
    position = 0
    while (mark := _MARK.search(text, position)) is not None:
        position = walk.step(mark)
    return Extract(
        candidates=tuple(walk.found),
        broken=walk.broken,
        start=walk.start,
        open_reasoning=walk.open_reasoning,
        spans=tuple(walk.spans),
    )


class _Walk:
    """One pass over a reply: what was found so far, and how much work may still be done."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Candidate] = []
        self.spans: list[tuple[int, int]] = []
        self.broken = False
        self.start = 0
        self.open_reasoning: int | None = None
        self._strict_budget = 4 * len(text) + 10_000
        self._repair_budget = 2 * REPAIR_LIMIT
        self._tries = _TRIES

    def step(self, mark: re.Match[str]) -> int:
        """Deal with one mark and return where the search goes on."""
        if mark["open"]:
            close = _CLOSE.search(self.text, mark.end())
            end = len(self.text) if close is None else close.end()
            self.spans.append((mark.start(), end))
            if close is None:
                self.open_reasoning = mark.start()
            return end
        if mark["close"]:
            self.found.clear()
            self.spans.clear()
            self.broken = False
            self.start = mark.end()
            return mark.end()
        return self._object(mark.start())

    def _object(self, start: int) -> int:
        if _OBJECT.match(self.text, start) is None:
            return start + 1
        strict = self._strict(start)
        if strict is not None:
            value, end = strict
            self.found.append(Candidate(value=value, start=start, end=end))
            return end
        if self._tries <= 0:
            self.broken = self.broken or _MENTION.search(self.text, start) is not None
            return len(self.text)
        self._tries -= 1
        outline = _outline(self.text, start)
        close = _CLOSE.search(self.text, start, outline.end)
        if close is not None:  # a broken draft, and the end of the reasoning it stood in
            self.broken = True
            return close.start()
        if not outline.keys & _BALLOT_KEYS:
            return start + 1
        candidate = self._repair(start, outline)
        if candidate is None:
            self.broken = True
        else:
            self.found.append(candidate)
        return outline.end

    def _strict(self, start: int) -> tuple[dict[str, Any], int] | None:
        if self._strict_budget <= 0:
            return None
        try:
            value, end = _DECODER.raw_decode(self.text, start)
        except json.JSONDecodeError as error:
            # building the error counts the newlines before it, so that a late failure is dear however short it is
            self._strict_budget -= 50 + error.pos - start + error.pos // 200
            return None
        except (RecursionError, ValueError):
            self._strict_budget -= 20_000
            return None
        return (value, end) if isinstance(value, dict) else None

    def _repair(self, start: int, outline: _Outline) -> Candidate | None:
        length = outline.end - start
        if length > REPAIR_LIMIT or length > self._repair_budget or outline.depth > _DEPTH_LIMIT:
            return None
        self._repair_budget -= length
        try:
            value = json_repair.loads(self.text[start : outline.end], skip_json_loads=True)
        except (RecursionError, ValueError, IndexError, KeyError, TypeError):
            # json_repair promises to raise nothing but has limits of its own; what it cannot mend is unreadable
            return None
        if isinstance(value, list):
            dicts = [item for item in value if isinstance(item, dict)]
            value = dicts[0] if len(dicts) == 1 else None
        if not isinstance(value, dict):
            return None
        cut = not outline.balanced
        return Candidate(
            value=value,
            start=start,
            end=outline.end,
            repaired=True,
            cut=cut,
            closed=outline.closed if cut else frozenset(),
        )


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object without losing a value: a key that comes twice holds all its values."""
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key not in table:
            table[key] = value
        elif isinstance(table[key], Repeated):
            table[key].append(value)
        else:
            table[key] = Repeated([table[key], value])
    return table


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) < 16 else digits


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_integer, strict=False)


def _outline(text: str, start: int) -> _Outline:
    """Follow brackets and strings from a brace to its end, and note the keys of the outermost object.

    What is too long to be mended counts as never closed.
    """
    shape = _Shape()
    position = previous = start
    limit = start + REPAIR_LIMIT + 1
    while (token := _TOKEN.search(text, position, limit)) is not None:
        between = text[previous : token.start()]
        if token[0] == "'":
            single = _SINGLE.match(text, token.start(), limit)
            if single is None or between.strip():  # an apostrophe in a bare word
                position = token.end()
                continue
            token = single
        shape.take(token, between)
        position = previous = token.end()
        if not shape.stack:
            return _Outline(position, True, shape.deepest, frozenset(shape.keys), frozenset(shape.keys))
    return _Outline(len(text), False, shape.deepest, frozenset(shape.keys), frozenset(shape.closed))


class _Shape:
    """The open brackets, and which keys of the outermost object have their whole value."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.deepest = 0
        self.keys: set[str] = set()
        self.closed: set[str] = set()
        self._key: str | None = None
        self._last = ""

    def take(self, token: re.Match[str], between: str) -> None:
        char = token[0]
        if char in ("{", "["):
            self.stack.append(char)
            self.deepest = max(self.deepest, len(self.stack))
        elif char in ("}", "]"):
            self.stack.pop()
        if len(self.stack) == 1:
            self._outermost(char, between, shut=token.groupdict().get("shut") is not None)
        self._last = char

    def _outermost(self, char: str, between: str, *, shut: bool) -> None:
        if char == ":" and self._key is None:
            bare = _KEY.match(between)
            self._key = bare[1].lower() if bare is not None else self._last[1:-1].strip().lower()
            self.keys.add(self._key)
            self.closed.discard(self._key)
        elif self._key is not None and (shut or char in ("}", "]", ",")):
            self.closed.add(self._key)
        if char == ",":
            self._key = None
