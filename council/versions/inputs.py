"""The inputs of a function: the task's examples, what lies near them, what type hints and literals give, the borders.

The same task gives the same inputs. Nothing is taken from what the submission does.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from council.syntax import expression_tree, syntax_tree
from council.types.base import Record
from council.types.versions import Input, Origin
from council.versions.programs import Face
from council.versions.shapes import ANY, Shape, of_values, shape_of_hint, union
from council.versions.values import Maker, Pool, allowed_by_hint, borders, forms, relations, traits

MOST_SOURCE = 1500
"""Characters of one input's source."""


class Budget(Record):
    """How many inputs of each origin are made at most."""

    near: int = 200
    hinted: int = 120
    far: int = 80
    borders: int = 60


class Known(Record):
    """What task and tests say: calls with literals, as source, and texts whose literals may matter."""

    calls: tuple[str, ...] = ()
    """``f([1], 2)``: from examples, and from tests that came with the task."""
    codes: tuple[str, ...] = ()
    """Versions and tests, for their literals."""
    task: str = ""


class Domain:
    """What the examples and hints show of each parameter."""

    def __init__(self, face: Face, rows: list[tuple[Any, ...]]) -> None:
        self.names = [p.name for p in face.make.parameters]
        self.rows = rows
        width = max([len(row) for row in rows], default=len([p for p in face.make.parameters if p.required]))
        self.width = min(width, max(len(self.names), width))
        self.shapes = [self._shape(face, place) for place in range(self.width)]
        shown: set[str] = set()
        for row in rows:
            shown |= self._row_traits(row)
        # Where examples show a parameter they say more than its hint.
        for place in range(self.width):
            if not any(len(row) > place for row in rows):
                shown |= allowed_by_hint(self.shapes[place], str(place))
        self.shown = frozenset(shown)
        self._forms = _few_forms(rows)
        self.related = frozenset[str]().union(*map(relations, rows))

    def _shape(self, face: Face, place: int) -> Shape:
        seen = of_values([row[place] for row in self.rows if place < len(row)])
        hint = shape_of_hint(face.make.parameters[place].hint) if place < len(self.names) else ANY
        if seen.kind == "any":
            return hint
        return seen if hint.kind in ("any", seen.kind) or seen.kind == "union" else union((seen,))

    def _row_traits(self, row: tuple[Any, ...]) -> frozenset[str]:
        found = {f"{len(row)} arguments"}
        for place, value in enumerate(row):
            found |= traits(value, str(place))
        return frozenset(found)

    def plain(self, row: tuple[Any, ...]) -> bool:
        """Whether a row of arguments shows nothing that examples and hints do not show.

        How arguments stand to each other is only known where there are several examples to show it.
        """
        related = relations(row) <= self.related or len(self.rows) < 2
        formed = all(form in self._forms.get(place, (form,)) for place, form in forms(row))
        return related and formed and self._row_traits(row) - {f"{self.width} arguments"} <= self.shown


def _few_forms(rows: list[tuple[Any, ...]]) -> dict[str, frozenset[str]]:
    """Return the forms that texts have, for the places where the examples keep to few: dates, fractions, codes."""
    found: dict[str, list[str]] = {}
    for row in rows:
        for place, form in forms(row):
            found.setdefault(place, []).append(form)
    return {place: frozenset(seen) for place, seen in found.items() if 2 * len(set(seen)) <= len(seen)}


def domain_of(face: Face, known: Known) -> Domain:
    """Return what examples and hints show of a function's parameters."""
    return Domain(face, [row for call in known.calls if (row := row_of(call, face)) is not None])


def digest_seed(text: str) -> int:
    """Return the seed of a task."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big")


def function_inputs(face: Face, known: Known, *, budget: Budget | None = None) -> tuple[Input, ...]:
    """Return the inputs for a function, the most trusted first, each once."""
    budget = budget or Budget()
    domain = domain_of(face, known)
    rows = domain.rows
    maker = Maker(digest_seed(known.task), pool_of(known, rows))
    found: dict[str, Input] = {}

    def take(made: Iterable[tuple[Any, ...]], origin: Origin, most: int) -> None:
        taken = 0
        for row in made:
            source = _source(face.name, row)
            if source is None or source in found:
                continue
            plain = origin is Origin.EXAMPLE or (origin is not Origin.BORDER and domain.plain(row))
            found[source] = Input(steps=(source,), origin=origin if plain else Origin.BORDER)
            taken += 1
            if taken >= most:
                return

    take(rows, Origin.EXAMPLE, 200)
    take(_crossed(domain), Origin.MUTATION, budget.near // 4)
    take(_near(domain, maker, budget.near * 3, 1), Origin.MUTATION, budget.near)
    take(_related(domain, maker, budget.near), Origin.MUTATION, budget.near // 4)
    take(_long(domain, maker), Origin.MUTATION, budget.near // 8)
    take(_hinted(domain, maker, budget.hinted * 3), Origin.HINT, budget.hinted)
    take(_near(domain, maker, budget.far * 3, 3), Origin.MUTATION, budget.far)
    take(_bordering(domain, maker), Origin.BORDER, budget.borders)
    return tuple(found.values())


def row_of(call: str, face: Face) -> tuple[Any, ...] | None:
    """Return the arguments of a call with literals, by place; ``None`` where it is no such call."""
    if (node := expression_tree(call)) is None:
        return None
    calls = [n for n in ast.walk(node) if isinstance(n, ast.Call) and getattr(n.func, "id", None) == face.name]
    if not calls:
        return None
    names = [p.name for p in face.make.parameters]
    try:
        row = [ast.literal_eval(value) for value in calls[0].args]
        named = {keyword.arg: ast.literal_eval(keyword.value) for keyword in calls[0].keywords}
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    for name in names[len(row) :]:
        if name not in named:
            break
        row.append(named.pop(name))
    return None if named else tuple(row)


def _source(name: str, row: tuple[Any, ...]) -> str | None:
    source = f"{name}({', '.join(map(repr, row))})"
    return source if len(source) <= MOST_SOURCE and "nan" not in source and "inf" not in source else None


def pool_of(known: Known, rows: list[tuple[Any, ...]]) -> Pool:
    """Return the literals of examples, tests and versions that may stand for something."""
    ints: set[int] = set()
    floats: set[float] = set()
    strs: set[str] = set()
    for value in _leaves(rows):
        if isinstance(value, bool):
            continue
        if isinstance(value, int):
            ints |= {value, value + 1}
        elif isinstance(value, float):
            floats.add(value)
        elif isinstance(value, str):
            strs.add(value)
    letters = _letters("".join(strs))
    for code in known.codes:
        for value in _constants(code):
            if isinstance(value, bool):
                continue
            if isinstance(value, int) and abs(value) <= 10_000:
                ints |= {value - 1, value, value + 1}
            elif isinstance(value, str) and 0 < len(value) <= 30 and (not letters or set(value) <= set(letters)):
                strs.add(value)
    return Pool(
        ints=tuple(sorted(ints)), floats=tuple(sorted(floats)), strs=tuple(sorted(strs)), letters=letters
    )  # fmt: skip


def _letters(text: str) -> str:
    """Return the characters of a text, with a few more of their sorts: what works for ``a`` may not for ``b``."""
    found = set(text)
    for char in text:
        for few, holds in (("abcxy", str.islower), ("ABCXY", str.isupper), ("0129", str.isdigit)):
            found |= set(few) if holds(char) else set()
    return "".join(sorted(found))


def _constants(code: str) -> Iterator[Any]:
    tree = syntax_tree(code)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Constant):
            yield node.value


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        for item in sorted(value, key=repr) if isinstance(value, set | frozenset) else value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(key)
            yield from _leaves(item)
    else:
        yield value


def _crossed(domain: Domain) -> Iterator[tuple[Any, ...]]:
    """Yield examples with one argument taken from another example."""
    for row in domain.rows:
        for other in domain.rows:
            for place in range(min(len(row), len(other))):
                if len(row) > 1:
                    yield (*row[:place], other[place], *row[place + 1 :])


def _near(domain: Domain, maker: Maker, tries: int, steps: int) -> Iterator[tuple[Any, ...]]:
    """Yield examples changed in one place, or in a few."""
    rows = [row for row in domain.rows if row]
    for number in range(tries if rows else 0):
        row = rows[number % len(rows)]
        for step in range(steps):
            place = (number // len(rows) + step) % len(row)
            shape = domain.shapes[place] if place < domain.width else ANY
            row = (*row[:place], maker.near(row[place], shape), *row[place + 1 :])
        yield row


def _related(domain: Domain, maker: Maker, tries: int) -> Iterator[tuple[Any, ...]]:
    """Yield rows in which a number meets what another argument holds: an item, a difference, a length, a sum."""
    numbers = [place for place, shape in enumerate(domain.shapes) if shape.kind in ("int", "float")]
    others = [place for place, shape in enumerate(domain.shapes) if shape.kind in ("list", "str", "int", "float")]
    for number in range(tries if numbers and len(domain.shapes) > 1 else 0):
        place = numbers[number % len(numbers)]
        row = domain.rows[number % len(domain.rows)] if domain.rows and number % 2 else None
        if row is None or len(row) <= max(*others, place):
            row = tuple(maker.fresh(shape) for shape in domain.shapes)
        found = [value for other in others if other != place for value in _meetings(row[other])]
        fitting = [value for value in found if isinstance(value, float) or domain.shapes[place].kind == "int"]
        if fitting:
            yield (*row[:place], maker.choice(fitting), *row[place + 1 :])


def _long(domain: Domain, maker: Maker) -> Iterator[tuple[Any, ...]]:
    """Yield examples with a text or list many times as long: what holds for five items may not for a hundred."""
    for row in domain.rows[:4]:
        for place, value in enumerate(row):
            if isinstance(value, str | list) and value:
                for _ in range(6):
                    size = maker.choice(range(20, 120))
                    yield (*row[:place], (value * (size // len(value) + 1))[:size], *row[place + 1 :])


def _meetings(value: Any) -> list[int | float]:
    if isinstance(value, str):
        return [len(value), len(value) - 1]
    if not isinstance(value, list):
        return [value] if isinstance(value, int | float) else []
    items = [item for item in value if isinstance(item, int | float) and not isinstance(item, bool)][:8]
    gaps = [abs(one - other) for place, one in enumerate(items) for other in items[:place]]
    return [*items, *gaps, len(value), *([sum(items)] if items else [])]


def _hinted(domain: Domain, maker: Maker, tries: int) -> Iterator[tuple[Any, ...]]:
    for _ in range(tries if domain.width else 1):
        yield tuple(maker.fresh(shape) for shape in domain.shapes)


def _bordering(domain: Domain, maker: Maker) -> Iterator[tuple[Any, ...]]:
    """Yield rows with one argument at the edge of its shape, the others from an example or plain."""
    bases = domain.rows[:2] or [tuple(maker.fresh(shape) for shape in domain.shapes)]
    for base in bases:
        for place in range(min(len(base), domain.width)):
            for value in borders(domain.shapes[place]):
                yield (*base[:place], value, *base[place + 1 :])
