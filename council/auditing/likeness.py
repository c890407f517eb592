"""Whether code is code that is known: blind to comments, layout, order and files, and near enough after small edits.

Code is cut into its functions and classes. Each becomes two rows of tokens: as written, and with every chosen name made
the same. Equal rows are the same code. Else rows that share many runs of five tokens are compared whole, and the
similarity is the mean of both rows' normalised indel similarity (rapidfuzz): renaming every name, or adding a line,
stays above ``ENOUGH``; the same skeleton with other names, calls and numbers does not.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from council.auditing.tokens import Token, is_word, lone_strings, read_tokens
from council.types.base import Record

ENOUGH = 0.8
"""Similarity from which code counts as known."""
SMALLEST_SAME = 32
"""Tokens below which even equal code says nothing: everybody writes it so."""
SMALLEST_NEAR = 60
"""Tokens below which code must be equal."""
_RUN = 5
_CANDIDATES = 8
_SHARED = 0.35
"""Share of its runs that a candidate must have in common before it is compared."""


class KnownCode(Record):
    """Code that a model is known to have written."""

    model: str
    code: str
    source: str
    """Where it stands: ``session 7f3k9``, ``benchmark b12, task lru_cache``."""
    session_id: str | None = None
    made_at: datetime | None = None


class Likeness(Record):
    """A piece of a file that is known code."""

    known: KnownCode
    line: int
    similarity: float


class _Unit(NamedTuple):
    """A function, a class, or what stands outside of them."""

    line: int
    named: tuple[str, ...]
    blind: tuple[str, ...]
    whole: bool


class Library:
    """Known code, ready to be compared with many files."""

    def __init__(self, known: Iterable[KnownCode]) -> None:
        self._units: list[tuple[KnownCode, _Unit]] = []
        self._same: dict[bytes, list[int]] = defaultdict(list)
        self._runs: dict[int, list[int]] = defaultdict(list)
        self._sizes: list[int] = []
        seen: set[tuple[str, bytes]] = set()
        for entry in sorted(known, key=lambda k: (k.model, k.source, k.code)):
            for unit in _units(entry.code):
                key = (entry.model, _digest(unit.named))
                if key not in seen:
                    seen.add(key)
                    self._add(entry, unit)

    def __bool__(self) -> bool:
        """Whether it holds any code that is large enough to be known."""
        return bool(self._units)

    def look(self, code: str) -> list[Likeness]:
        """Return the closest likeness of each model in a piece of code; what is closer to another's is none."""
        best: dict[str, tuple[float, Likeness]] = {}
        for unit in _units(code):
            likes = self._like(unit)
            closest = max((similarity for similarity, _, _ in likes), default=0.0)
            for similarity, known, size in likes:
                if similarity < closest - 0.03:
                    continue
                weight = similarity * min(size, len(unit.named))  # a whole class says more than one of its methods
                if known.model not in best or weight > best[known.model][0]:
                    likeness = Likeness(known=known, line=unit.line, similarity=round(similarity, 3))
                    best[known.model] = (weight, likeness)
        return [best[model][1] for model in sorted(best)]

    def _add(self, known: KnownCode, unit: _Unit) -> None:
        number = len(self._units)
        self._units.append((known, unit))
        self._same[_digest(unit.named)].append(number)
        runs = _runs(unit.blind) if len(unit.blind) >= SMALLEST_NEAR else set()
        self._sizes.append(len(runs))
        for run in runs:
            self._runs[run].append(number)

    def _like(self, unit: _Unit) -> list[tuple[float, KnownCode, int]]:
        same = self._same.get(_digest(unit.named), ())
        if same:
            return [(1.0, self._units[number][0], len(unit.named)) for number in same]
        if len(unit.blind) < SMALLEST_NEAR:
            return []
        runs = _runs(unit.blind)
        shared: Counter[int] = Counter()
        common = max(50, len(self._units) // 5)
        for run in runs:
            numbers = self._runs.get(run, ())
            if len(numbers) <= common:  # what stands everywhere says nothing
                shared.update(numbers)
        found = []
        for number, count in shared.most_common(_CANDIDATES):
            if count >= _SHARED * min(len(runs), self._sizes[number]):
                known, other = self._units[number]
                similarity = _similarity(unit, other)
                if similarity >= ENOUGH:
                    found.append((similarity, known, len(other.named)))
        return found


def compare_code(one: str, other: str) -> float:
    """Return how alike two pieces of code are, 0 to 1, comparing them whole.

    >>> compare_code("def f(a):\\n    return a + 1  # one", "def f(a): return a+1")
    1.0
    """
    return _similarity(_unit(read_tokens(one), 1, whole=True), _unit(read_tokens(other), 1, whole=True))


def _similarity(one: _Unit, other: _Unit) -> float:
    from rapidfuzz.distance import Indel

    names: dict[str, int] = {}
    rows = [
        [names.setdefault(word, len(names)) for word in row] for row in (one.named, other.named, one.blind, other.blind)
    ]
    named = Indel.normalized_similarity(rows[0], rows[1])
    blind = Indel.normalized_similarity(rows[2], rows[3])
    return float(named + blind) / 2


def _units(code: str) -> list[_Unit]:
    """Return the functions and classes of some code, and its methods, and the whole where it holds little else."""
    tokens = read_tokens(code)
    pieces = _cut(tokens, 0)
    units = [_unit(piece, piece[0].line, whole=False) for piece in pieces if _is_definition(piece)]
    for piece in pieces:
        if _is_definition(piece) and any(token.text == "class" for token in piece[:40] if token.column == 0):
            inner = min((t.column for t in piece if t.text in ("def", "async", "@") and t.column > 0), default=0)
            methods = [
                _unit(part, part[0].line, whole=False) for part in _cut(piece[1:], inner) if _is_definition(part)
            ]
            units += [method for method in methods if len(method.named) >= SMALLEST_NEAR]
    units.append(_unit(tokens, 1, whole=True))
    return [unit for unit in dict.fromkeys(units) if len(unit.named) >= SMALLEST_SAME]


def _cut(tokens: Sequence[Token], column: int) -> list[list[Token]]:
    """Cut tokens where a definition begins at a column; decorators belong to what they decorate."""
    pieces: list[list[Token]] = []
    current: list[Token] = []
    line = 0
    decorated = False
    for token in tokens:
        if token.kind in ("newline", "comment"):
            continue
        begins = token.line != line and token.depth == 0 and token.column <= column
        line = token.line
        if begins and not (decorated and token.text in ("def", "class", "async", "@")):
            if current:
                pieces.append(current)
            current = []
        if begins:
            decorated = token.text == "@"
        current.append(token)
    return [*pieces, current] if current else pieces


def _is_definition(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and tokens[0].text in ("def", "class", "async", "@")


def _unit(tokens: Sequence[Token], line: int, *, whole: bool) -> _Unit:
    documented = {(token.line, token.column) for token in lone_strings(list(_with_ends(tokens)))}
    solid = [
        token
        for token in tokens
        if token.kind not in ("comment", "newline") and (token.line, token.column) not in documented
    ]
    named = tuple(_plain(token) for token in solid)
    blind = tuple("_" if is_word(token) else word for token, word in zip(solid, named, strict=True))
    return _Unit(line, named, blind, whole)


def _with_ends(tokens: Sequence[Token]) -> Iterable[Token]:
    """Put ends of lines back where a piece was cut without them: docstrings are known by them."""
    before: Token | None = None
    for token in tokens:
        if before is not None and token.line > before.line and before.kind != "newline" and token.kind != "newline":
            if not token.depth:
                yield Token("newline", "\n", before.line, before.column + len(before.text), 0)
        yield token
        before = token


def _plain(token: Token) -> str:
    if token.kind == "string":
        return '"' + token.text.lstrip("rRbBuUfFtT").strip("\"'") + '"'
    return token.text


def _runs(row: tuple[str, ...]) -> set[int]:
    return {hash(row[at : at + _RUN]) for at in range(len(row) - _RUN + 1)}


def _digest(row: tuple[str, ...]) -> bytes:
    return hashlib.blake2b("\0".join(row).encode("utf-8", "surrogatepass"), digest_size=16).digest()
