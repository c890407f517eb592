"""A difference made small before anybody sees it: fewer items, shorter texts, smaller numbers, while it stays one."""

from __future__ import annotations

import ast
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from council.types.versions import Difference, Input
from council.versions.agreeing import Table
from council.versions.convicting import Terms, size_of_input, hear_witnesses

_ROUNDS = 4
_MOST = 60
Observed = Callable[[tuple[Input, ...]], Awaitable[Table]]
"""Runs all programs on new inputs."""


async def shrink(
    difference: Difference,
    submission: str,
    names: Sequence[str],
    observed: Observed,
    *,
    plain: Callable[[tuple[Any, ...]], bool],
    terms: Terms,
) -> Difference:
    """Return the difference with the smallest input on which as many versions still agree against the submission.

    ``plain`` says whether arguments are ones the task allows: no input leaves that ground to become smaller.
    """
    for _ in range(_ROUNDS):
        candidates = tuple(one for one in smaller(difference.input) if _allowed(one, plain))[:_MOST]
        if not candidates:
            break
        told = hear_witnesses(await observed(candidates), submission, names, terms=terms).difference
        if told is None or size_of_input(told.input) >= size_of_input(difference.input):
            break
        difference = told.but(models=difference.models, inputs=difference.inputs)
    return difference


def _allowed(one: Input, plain: Callable[[tuple[Any, ...]], bool]) -> bool:
    if len(one.steps) > 1:
        return True  # a part of a series that was allowed
    return plain(_row(one.steps[0])[1])


def smaller(one: Input) -> Iterator[Input]:
    """Yield inputs that are one step smaller, the largest steps first."""
    seen = {one.steps}
    for steps in _shorter_series(one.steps) if len(one.steps) > 1 else _smaller_calls(one.steps[0]):
        if steps not in seen:
            seen.add(steps)
            yield one.but(steps=steps)


def _shorter_series(steps: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Leave out calls between making the object and the last one."""
    inner = len(steps) - 2
    for length in (inner // 2, 2, 1):
        for start in range(1, inner - length + 2) if length else ():
            yield (*steps[:start], *steps[start + length :])


def _smaller_calls(source: str) -> Iterator[tuple[str, ...]]:
    name, row = _row(source)
    for place, value in enumerate(row):
        for simpler in simpler_values(value):
            yield (f"{name}({', '.join(map(repr, (*row[:place], simpler, *row[place + 1 :])))})",)


def _row(source: str) -> tuple[str, tuple[Any, ...]]:
    node = ast.parse(source, mode="eval").body
    if not isinstance(node, ast.Call):
        return "", ()
    return ast.unparse(node.func), tuple(map(ast.literal_eval, node.args))


def simpler_values(value: Any) -> Iterator[Any]:
    """Yield values that are simpler than one, of its own kind."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int):
        yield from (small for small in (0, 1, 2, value // 2, value - 1 if value > 0 else value + 1, -value)
                    if _is_simpler(small, value))  # fmt: skip
    elif isinstance(value, float):
        rounded = (0.0, 1.0, 2.0, float(int(value)), round(value, 1), round(value / 2, 2))
        yield from (small for small in rounded if len(repr(small)) < len(repr(value)) or abs(small) < abs(value))
    elif isinstance(value, str):
        yield from _parts(value)
        yield from (value[:place] + "a" + value[place + 1 :] for place, c in enumerate(value) if "b" <= c <= "z")
    elif isinstance(value, list | tuple):
        items = list(value)
        yield from map(type(value), _parts(items))
        for place, item in enumerate(items):
            for simpler in simpler_values(item):
                yield type(value)([*items[:place], simpler, *items[place + 1 :]])
    elif isinstance(value, set):
        yield from (value - {item} for item in sorted(value, key=repr))
    elif isinstance(value, dict):
        yield from ({k: v for k, v in value.items() if k != key} for key in value)


def _is_simpler(small: int, value: int) -> bool:
    return (abs(small), small < 0) < (abs(value), value < 0)


def _parts(items: Any) -> Iterator[Any]:
    """Yield the halves, then all without one."""
    half = len(items) // 2
    if half:
        yield from (items[:half], items[half:])
    yield from (items[:place] + items[place + 1 :] for place in range(len(items)))
