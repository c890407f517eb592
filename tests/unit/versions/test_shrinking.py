"""A difference is shrunk to its smallest input before anybody sees it, and never leaves what the task allows."""

from __future__ import annotations

import ast
import asyncio

import pytest

from council.types.versions import Input, Origin
from council.versions.agreeing import Table
from council.versions.convicting import Terms, hear_witnesses
from council.versions.shrinking import shrink, simpler_values, smaller

from .tables import table_of

TERMS = Terms(agreeing=2)


def right(values: list[int]) -> int:
    return max(values)


def wrong(values: list[int]) -> int:
    """Wrong where a larger number follows on a smaller one."""
    return values[0] if len(values) > 1 and values[0] < values[1] else max(values)


def test_a_long_input_becomes_the_smallest_that_still_differs() -> None:
    functions = {"a": right, "b": right, "s": wrong}
    told = hear_witnesses(table_of(functions, [([3, 9, 4, 7, 5, 12],)]), "s", "ab", terms=TERMS)
    assert told.difference is not None
    asked: list[str] = []

    async def observed(inputs: tuple[Input, ...]) -> Table:
        asked.extend(map(str, inputs))
        rows = [ast.literal_eval(str(one).removeprefix("f")) for one in inputs]
        return table_of(functions, [(row,) for row in rows])

    def plain(row: tuple[list[int], ...]) -> bool:
        return all(value > 0 for value in row[0])

    found = asyncio.run(shrink(told.difference, "s", ["a", "b"], observed, plain=plain, terms=TERMS))
    values = ast.literal_eval(str(found.input).removeprefix("f"))
    assert len(values) == 2 and 0 < values[0] < values[1] and len(str(found.input)) < 10
    assert found.given == {"r": values[0]} and found.expected == {"r": values[1]}
    assert all("0" not in text.replace("10", "").replace("12", "") for text in asked), "an input that is not allowed"


def test_calls_of_a_series_are_left_out() -> None:
    series = Input(steps=("C(1)", "a()", "b()", "c()", "d()", "get()"), origin=Origin.SEQUENCE)
    made = [one.steps for one in smaller(series)]
    assert ("C(1)", "c()", "d()", "get()") in made and ("C(1)", "a()", "b()", "c()", "get()") in made
    assert all(steps[0] == "C(1)" and steps[-1] == "get()" and len(steps) < 6 for steps in made)
    assert list(smaller(Input(steps=("C(1)", "get()"), origin=Origin.SEQUENCE))) == []


@pytest.mark.parametrize("value", [17, -3, 2.75, "hello", [1, [2, 3]], (4, "x"), {5, 6}, {"k": 1}])
def test_simpler_values_are_of_the_same_kind_and_others(value: object) -> None:
    simpler = list(simpler_values(value))
    assert simpler and all(type(one) is type(value) and one != value for one in simpler)


def test_the_simplest_have_none() -> None:
    assert [list(simpler_values(value)) for value in (0, "", [], None, True)] == [[], [], [], [], []]
