"""Values of a shape, values near a value, and what a value shows of the domain it is from.

Hypothesis draws from type hints too, but other values from release to release and the nasty ones first. A finding must
be the same tomorrow, and a nasty value that no example allows is no evidence, so plain ones are made here, by a seed.
"""

from __future__ import annotations

import itertools
import random
import string
from collections.abc import Iterator, Sequence
from typing import Any

from council.types.base import Record
from council.versions.shapes import Shape

_DEEPEST = 4
_LONGEST = 12
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PLAIN_INTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 20, 24, 25, 30, 36, 42, 50, 64, 81, 99, 100)
_BIG = 1000
_MARKS = " " + string.punctuation
"""Characters that give a text its form: where all examples have one, a text without it is another kind of text."""


class Pool(Record):
    """Values that task, tests and code mention, by kind."""

    ints: tuple[int, ...] = ()
    floats: tuple[float, ...] = ()
    strs: tuple[str, ...] = ()
    letters: str = ""
    """Characters of all texts in the examples."""


class Maker:
    """Makes values with one stream of random numbers: the same seed, the same values."""

    def __init__(self, seed: int, pool: Pool) -> None:
        self._random = random.Random(seed)  # reproducible, and no secret  # nosec B311
        self._pool = pool

    def choice(self, values: Sequence[Any]) -> Any:
        """Return one of the values."""
        return self._random.choice(values)

    def fresh(self, shape: Shape, depth: int = 0) -> Any:
        """Return a plain value of a shape."""
        draw = self._random
        kind = shape.kind
        if kind == "union":
            return self.fresh(draw.choice(shape.parts), depth)
        if kind == "any":
            kind = draw.choice(("int", "str", "list") if depth < 1 else ("int", "str"))
        if kind == "int":
            return draw.choice(self._pool.ints or _PLAIN_INTS) if draw.random() < 0.4 else draw.choice(_PLAIN_INTS)
        if kind == "float":
            return self._float()
        if kind == "str":
            return self._str()
        if kind == "bool":
            return draw.random() < 0.5
        if kind == "bytes":
            return self._str().encode()
        if kind == "none":
            return None
        return self._container(shape, kind, depth)

    def _float(self) -> float:
        if self._pool.floats and self._random.random() < 0.5:
            return self._random.choice(self._pool.floats)
        whole = float(self._random.choice(_PLAIN_INTS))
        return whole if self._random.random() < 0.3 else round(whole + self._random.randrange(1, 100) / 100, 2)

    def _str(self) -> str:
        letters = self._pool.letters or _LETTERS[:6]
        if self._pool.strs and self._random.random() < 0.4:
            return self._random.choice(self._pool.strs)
        return "".join(self._random.choice(letters) for _ in range(self._random.randrange(1, 8)))

    def _container(self, shape: Shape, kind: str, depth: int) -> Any:
        inner = shape.parts or (Shape(),)
        if depth >= _DEEPEST:
            return {"list": [], "tuple": (), "set": set(), "dict": {}}[kind]
        if kind == "tuple" and not shape.open_tuple:
            return tuple(self.fresh(part, depth + 1) for part in inner)
        size = self._random.choice((1, 2, 2, 3, 3, 4, 5, 6))
        if kind == "dict":
            value = inner[1] if len(inner) > 1 else Shape()
            return {_hashable(self.fresh(inner[0], depth + 1)): self.fresh(value, depth + 1) for _ in range(size)}
        items = [self.fresh(inner[0], depth + 1) for _ in range(size)]
        if kind == "set":
            return {_hashable(item) for item in items}
        return items if kind == "list" else tuple(items)

    def near(self, value: Any, shape: Shape) -> Any:
        """Return a value that differs from one in one place."""
        draw = self._random
        if value is None:
            return self.fresh(shape)
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return draw.choice((value + 1, value - 1, value * 2, value // 2, value + 10, value + draw.randrange(2, 9),
                                self.fresh(Shape(kind="int"))))  # fmt: skip
        if isinstance(value, float):
            return draw.choice((value + 1, value - 1, value * 2, value / 2, value + 0.5, round(value + 0.1, 6),
                                self._float()))  # fmt: skip
        if isinstance(value, str):
            return self._near_str(value)
        if isinstance(value, list | tuple):
            return type(value)(self._near_items(list(value), shape, fixed=_is_row(value, shape)))
        if isinstance(value, set | frozenset):
            return {_hashable(item) for item in self._near_items(sorted(value, key=repr), shape, fixed=False)}
        if isinstance(value, dict):
            return self._near_dict(value, shape)
        return value

    def _near_str(self, text: str) -> str:
        draw = self._random
        letters = sorted(set(text)) or list(self._pool.letters or _LETTERS[:6])
        place = draw.randrange(len(text) + 1)
        words = text.split(" ")
        made = (
            self._alike(text),
            self._alike(text),
            self._alike(self._alike(text)),
            text[:place] + text[place + 1 :],
            text[:place] + draw.choice(letters) + text[place:],
            text[:place] + draw.choice(letters) + text[place + 1 :],
            text[:place] + draw.choice(self._pool.letters or _LETTERS) + text[place:],
            text[::-1],
            text + text,
            text + draw.choice(self._pool.strs) if self._pool.strs else text + text[:1],
            text[: max(1, len(text) // 2)],
            "".join(draw.sample(text, len(text))),
            " ".join(draw.sample(words, len(words))) if len(words) > 1 else text[1:] + text[:1],
            " ".join(words[:-1]) if len(words) > 2 else text[:-1],
        )
        return draw.choice(made)[: 4 * _LONGEST + 2 * len(text)]

    def _alike(self, text: str) -> str:
        """Return the text with one character, or one number, replaced by another of its sort: its form stays."""
        places = [place for place, char in enumerate(text) if char.isascii() and char.isalnum()]
        if not places:
            return text
        place = self._random.choice(places)
        char = text[place]
        sort = string.digits if char.isdigit() else _LETTERS if char.islower() else _LETTERS.upper()
        return text[:place] + self._random.choice(sort) + text[place + 1 :]

    def _near_items(self, items: list[Any], shape: Shape, *, fixed: bool) -> list[Any]:
        """Return the items with one dropped, doubled, swapped, changed or added; of a fixed row one is changed."""
        draw = self._random
        inner = shape.parts[0] if shape.parts and not fixed else Shape()
        if not items:
            return [] if fixed else [self.fresh(inner, 1)]
        place = draw.randrange(len(items))
        rest = items[:place] + items[place + 1 :]
        changed = [*items[:place], self.near(items[place], _part(shape, place, fixed)), *items[place + 1 :]]
        if fixed:
            return changed
        made = (
            rest,
            [*items[: place + 1], *items[place:]],
            [*rest, items[place]],
            items[::-1],
            changed,
            changed,
            [*items[:place], self.fresh(inner, 1) if inner.kind != "any" else draw.choice(items), *items[place:]],
            draw.sample(items, len(items)),
            items[: max(1, len(items) // 2)],
            [*items, *items],
            [items[place]],
        )
        return draw.choice(made)[: 2 * _LONGEST + len(items)]

    def _near_dict(self, value: dict[Any, Any], shape: Shape) -> dict[Any, Any]:
        items = list(value.items())
        if not items:
            return {} if not shape.parts else self.fresh(shape, 1)
        place = self._random.randrange(len(items))
        key, item = items[place]
        inner = shape.parts[1] if len(shape.parts) > 1 else Shape()
        made = (
            [*items[:place], *items[place + 1 :]],
            [*items[:place], (key, self.near(item, inner)), *items[place + 1 :]],
            [*items[:place], (_hashable(self.near(key, Shape())), item), *items[place + 1 :]],
            [*items, (_hashable(self.near(key, Shape())), item)],
        )
        return dict(self._random.choice(made))


def _is_row(value: Any, shape: Shape) -> bool:
    return isinstance(value, tuple) and shape.kind == "tuple" and not shape.open_tuple


def _part(shape: Shape, place: int, fixed: bool) -> Shape:
    if fixed:
        return shape.parts[place] if place < len(shape.parts) else Shape()
    return shape.parts[0] if shape.parts else Shape()


def _hashable(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_hashable(item) for item in value)
    return repr(value) if isinstance(value, set | dict) else value


def borders(shape: Shape) -> Iterator[Any]:
    """Yield what lies at the edge of a shape: the inputs that a task forgets to speak of."""
    if shape.kind == "union":
        for part in shape.parts:
            yield from borders(part)
    yield from {
        "int": (0, -1, 1, 1000, -7), "float": (0.0, -1.5, 1e6, 0.5), "str": ("", " ", "A", "é", "a1!"),
        "list": ([],), "tuple": ((),) if shape.open_tuple else (), "set": (set(),), "dict": ({},),
        "bool": (True, False),
        "any": (0, -1, "", [], None), "bytes": (b"",), "none": (None,),
    }.get(shape.kind, ())  # fmt: skip
    if shape.kind == "list":
        inner = shape.parts[0] if shape.parts else Shape(kind="int")
        for value in borders(inner):
            yield [value]
            yield [value, value]


def traits(value: Any, place: str = "") -> frozenset[str]:
    """Return what a value shows of its domain: kinds, signs, emptiness, the sorts of characters, by place.

    >>> sorted(traits([1, -2], "x"))
    ['x: list', 'x[]: int', 'x[]: negative']
    """
    return frozenset(f"{where}: {what}" for where, what in _traits(value, place))


def _traits(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if value is None or isinstance(value, bool):
        yield place, "none" if value is None else "bool"
    elif isinstance(value, int | float):
        yield from ((place, what) for what in _of_number(value))
    elif isinstance(value, str | bytes):
        yield place, type(value).__name__
        yield from ((place, what) for what in _of_text(value if isinstance(value, str) else value.decode("latin-1")))
    elif isinstance(value, dict):
        yield place, "dict" if value else "empty dict"
        for key, item in value.items():
            yield from _traits(key, f"{place}{{}}")
            yield from _traits(item, f"{place}{{}}[]")
    elif isinstance(value, list | tuple | set | frozenset):
        name = "set" if isinstance(value, set | frozenset) else type(value).__name__
        yield place, name if value else f"empty {name}"
        row = isinstance(value, tuple) and len(value) < 5
        if row:
            yield place, f"{len(value)} in a row"
        for number, item in enumerate(value):
            yield from _traits(item, f"{place}[{number if row else ''}]")


def _of_number(value: int | float) -> Iterator[str]:
    yield "float" if isinstance(value, float) else "int"
    if value < 0:
        yield "negative"
    elif value == 0:
        yield "zero"
    if isinstance(value, float) and value == value and value not in (float("inf"), float("-inf")):
        if value != int(value):
            yield "fraction"
    if abs(value) > _BIG:
        yield "big"


def _of_text(text: str) -> Iterator[str]:
    if not text:
        yield "empty"
    elif not text.strip():
        yield "blank"
    elif text != text.strip():
        yield "space at an end"
    if "  " in text:
        yield "two spaces"
    if text:
        yield from (f"without {char}" for char in _MARKS if char not in text)
        for name, holds in (("digits", str.isdigit), ("letters", str.isalpha)):
            if not any(map(holds, text)):
                yield f"without {name}"
    for char in set(text):
        if char.isascii() and char.isalnum():
            yield "digit" if char.isdigit() else "upper" if char.isupper() else "lower"
        else:
            yield f"char {char}" if char.isascii() else "beyond ASCII"


def forms(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield the form of each text by place: ``2000-01-31`` and ``1-2-3`` are both ``9-9-9``."""
    if isinstance(value, str):
        kinds = ("9" if c.isdigit() else "a" if c.islower() else "A" if c.isupper() else c for c in value)
        runs = ((kind, list(run)) for kind, run in itertools.groupby(kinds))
        yield place, "".join(kind if kind in "9aA" else "".join(run) for kind, run in runs)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from forms(item, f"{place}[]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from forms(key, f"{place}{{}}")
            yield from forms(item, f"{place}{{}}[]")


def relations(row: Sequence[Any]) -> frozenset[str]:
    """Return how the arguments of a row stand to each other: which is larger, whether they are equally long."""
    found = set()
    for place, one in enumerate(row):
        for other_place, other in list(enumerate(row))[:place]:
            pair = f"{other_place} {place}"
            if _is_number(one) and _is_number(other):
                found.add(f"{pair}: {'less' if other < one else 'more' if other > one else 'equal'}")
            elif _is_sized(one) and type(one) is type(other):
                found.add(f"{pair}: {'as long' if len(one) == len(other) else 'not as long'}")
            elif _is_number(one) and _is_sized(other):
                found.add(f"{pair}: {'within' if one <= len(other) else 'beyond'} its length")
            elif _is_number(other) and _is_sized(one):
                found.add(f"{pair}: {'within' if other <= len(one) else 'beyond'} the other's length")
    return frozenset(found)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_sized(value: Any) -> bool:
    return isinstance(value, list | tuple | set | dict | str)


def allowed_by_hint(shape: Shape, place: str) -> frozenset[str]:
    """Return the traits that a type hint alone allows: positive numbers, lower-case words, nothing empty."""
    found = {f"{place}: {kind}" for kind in (shape.kind,) if kind not in ("union", "any")}
    if shape.kind == "union":
        for part in shape.parts:
            found |= allowed_by_hint(part, place)
    elif shape.kind == "float":
        found |= {f"{place}: fraction", f"{place}: int"}
    elif shape.kind == "str":
        found |= {f"{place}: lower", f"{place}: without digits", *(f"{place}: without {char}" for char in _MARKS)}
    elif shape.kind == "tuple" and not shape.open_tuple:
        found.add(f"{place}: {len(shape.parts)} in a row")
        for number, part in enumerate(shape.parts):
            found |= allowed_by_hint(part, f"{place}[{number}]")
    elif shape.kind == "dict" and shape.parts:
        found |= allowed_by_hint(shape.parts[0], f"{place}{{}}")
        found |= allowed_by_hint(shape.parts[-1], f"{place}{{}}[]")
    elif shape.kind in ("list", "set", "tuple"):
        found |= {f"{place}: {n} in a row" for n in range(1, 5)} if shape.kind == "tuple" else set()
        found |= allowed_by_hint(shape.parts[0], f"{place}[]") if shape.parts else set()
    return frozenset(found)
