"""The inputs of a class: an object made and then used, all short series of calls first, longer ones at random after.

Small scope (Jackson, "Software Abstractions", 2006): most faults of a data structure show within few calls over few
values. A series contains all the shorter ones it begins with, so only those of full length are run. Values of a first
parameter that methods share by its name are like keys: what differs from a known series only by another choice of keys
is not made again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from council.types.base import Record
from council.types.versions import Input, Origin
from council.versions.inputs import Known, digest_seed, pool_of, row_of
from council.versions.programs import Face, Method, Parameter
from council.versions.shapes import Shape, shape_of_hint
from council.versions.values import Maker

LONGEST = 5
"""Calls of the series that are enumerated."""
_LONGER = 14
_MAKINGS = 3
_KEYS = 3


class SequenceBudget(Record):
    """How many series are made at most."""

    short: int = 4000
    long: int = 200
    borders: int = 12


class _Call(Record):
    """One method with its first argument's number: the others follow from the place in the series."""

    method: Method
    key: int | None


def class_inputs(face: Face, known: Known, *, budget: SequenceBudget | None = None) -> tuple[Input, ...]:
    """Return the inputs for a class: each way to make an object with all series of calls that the budget allows."""
    budget = budget or SequenceBudget()
    maker = Maker(digest_seed(known.task), pool_of(known, []))
    makings = _makings(face, known, maker)
    calls = _alphabet(face)
    found: dict[tuple[str, ...], Input] = {}

    def take(series: Iterator[tuple[str, ...]], origin: Origin, most: int) -> None:
        for steps in itertools.islice(series, most):
            found.setdefault(steps, Input(steps=steps, origin=origin))

    length = _length(len(calls), len(makings), budget.short)
    for making in makings:
        take(_short(making, calls, length, face), Origin.SEQUENCE, budget.short // len(makings))
    take(_long(makings, calls, face, maker), Origin.SEQUENCE, budget.long)
    take(((making,) for making in _bordering(face)), Origin.BORDER, budget.borders)
    return tuple(found.values())


def _makings(face: Face, known: Known, maker: Maker) -> list[str]:
    """Return sources that make an object: those of the task, then small numbers or plain values for each parameter."""
    as_function = Face(name=face.name, make=face.make)
    rows = [row for call in known.calls if (row := row_of(call, as_function)) is not None]
    needed = [p for p in face.make.parameters if p.required]
    for number in range(1, _MAKINGS + 1):
        rows.append(tuple(_value(parameter, number, maker) for parameter in needed))
    sources = [f"{face.name}({', '.join(map(repr, row))})" for row in rows]
    return sorted(dict.fromkeys(sources), key=lambda s: (len(s), s))[: _MAKINGS + 1]


def _value(parameter: Parameter, number: int, maker: Maker) -> Any:
    shape = shape_of_hint(parameter.hint)
    if shape.kind in ("any", "int"):
        return number
    if shape.kind == "float":
        return float(number)
    return maker.fresh(shape)


def _alphabet(face: Face) -> list[_Call]:
    """Return the calls a series is made of: a method for each of a few first arguments."""
    made: list[_Call] = []
    for method in sorted(face.methods, key=lambda m: m.name):
        needed = [p for p in method.parameters if p.required] or list(method.parameters[:1])
        made += [_Call(method=method, key=key) for key in (range(_KEYS) if needed else (None,))]
    return made


def _length(calls: int, makings: int, most: int) -> int:
    """Return how long all series may be: as long as they fit, when keys count once."""
    length = 1
    while length < LONGEST and makings * (calls / 1.6) ** (length + 1) <= 4 * most:
        length += 1
    return length


def _short(making: str, calls: list[_Call], length: int, face: Face) -> Iterator[tuple[str, ...]]:
    """Yield the series of a length in which new keys come in their order."""
    for series in itertools.product(calls, repeat=length):
        highest = -1
        for call in series:
            if call.key is not None and call.key > highest + 1:
                break
            highest = max(highest, -1 if call.key is None else call.key)
        else:
            yield (making, *_written(series, face))


def _long(makings: list[str], calls: list[_Call], face: Face, maker: Maker) -> Iterator[tuple[str, ...]]:
    while calls:
        size = maker.choice(range(LONGEST + 1, _LONGER + 1))
        yield (maker.choice(makings), *_written(tuple(maker.choice(calls) for _ in range(size)), face))


def _written(series: tuple[_Call, ...], face: Face) -> Iterator[str]:
    for place, call in enumerate(series):
        needed = [p for p in call.method.parameters if p.required] or list(call.method.parameters[:1])
        given = [_argument(p, call.key or 0, place, first=not number) for number, p in enumerate(needed)]
        yield f"{call.method.name}({', '.join(map(repr, given))})"


def _argument(parameter: Parameter, key: int, place: int, *, first: bool) -> Any:
    """Return a key for the first argument, and for another one a value that no other call of the series gives."""
    number = key + 1 if first else (place + 1) * 10
    return _of_shape(shape_of_hint(parameter.hint), number)


def _of_shape(shape: Shape, number: int) -> Any:
    if shape.kind == "union":
        return _of_shape(shape.parts[0], number)
    inner = shape.parts[0] if shape.parts else Shape()
    made: dict[str, Any] = {
        "float": float(number), "str": "abcdefghijklmnopqrstuvwxyz"[(number - 1) % 26] * (1 + number // 26),
        "bool": bool(number % 2), "none": None, "bytes": str(number).encode(),
    }  # fmt: skip
    if shape.kind in ("list", "set"):
        return [_of_shape(inner, number)]
    if shape.kind == "tuple":
        return tuple(_of_shape(part, number) for part in shape.parts) or (number,)
    if shape.kind == "dict":
        return {_of_shape(inner, number): _of_shape(shape.parts[-1] if shape.parts else Shape(), number)}
    return made.get(shape.kind, number)


def _bordering(face: Face) -> Iterator[str]:
    """Yield makings at the border: the task must say whether they are allowed."""
    needed = [p for p in face.make.parameters if p.required]
    for value in (0, -1, None, "") if needed else ():
        yield f"{face.name}({', '.join(repr(value) for _ in needed)})"
