"""Examples first, then the largest cluster of equal behaviour, then the plainest program of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from council.types.versions import Version
from council.versions.agreeing import Example, Table
from council.versions.clustering import clusters_of, pick

from .tables import table_of

ROWS = [(n,) for n in (12, 7, 3, 2)]
BORDERS = [(0,), (-2,)]


def made(name: str, code: str = "x", temperature: float | None = 0.8) -> Version:
    return Version(id=name, code=code, model="m", temperature=temperature)


def table(functions: dict[str, Callable[..., Any]], **more: Any) -> Table:
    return table_of(functions, ROWS, **more)


def square(n: int) -> int:
    return n * n


def double(n: int) -> int:
    return 2 * n


def test_the_largest_cluster_is_taken_and_copies_count_as_votes() -> None:
    behaviours = table({"a": square, "b": double, "c": lambda n: n**2})
    versions = [made("a"), made("b"), made("b"), made("b"), made("c")]
    found = pick(behaviours, versions, [])
    assert found.chosen == "b" and [c.written for c in found.clusters] == [3, 2]
    assert pick(behaviours, [*versions, made("c"), made("a")], []).chosen in "ac"


def test_examples_come_before_any_majority() -> None:
    behaviours = table({"a": square, "b": double})
    found = pick(behaviours, [made("a"), made("b"), made("b")], [Example(call="f(3)", expected="9")])
    assert found.chosen == "a" and (found.examples_passed, found.examples) == (1, 1)


def test_what_the_author_believed_prefers_and_does_not_forbid() -> None:
    behaviours = table({"a": square, "b": double})
    believed = [Example(call="f(3)", expected="9"), Example(call="f(7)", expected="1")]
    assert pick(behaviours, [made("a"), made("b"), made("b")], [], believed).chosen == "a"


def test_then_the_border_then_temperature_then_plainness() -> None:
    behaviours = table({"a": square, "b": lambda n: n * abs(n), "c": square}, borders=BORDERS)
    assert pick(behaviours, [made("a"), made("b"), made("c")], []).chosen in "ac"
    alike = table({"a": square, "b": square})
    assert pick(alike, [made("a"), made("b", temperature=0.0)], []).chosen == "b"
    assert (
        pick(
            alike, [made("a", "def f(n): return n * n"), made("b", "def f(n):\n    m = n\n    return m * n")], []
        ).chosen
        == "a"
    )


def test_what_cannot_be_run_is_not_picked() -> None:
    behaviours = table({"a": square, "b": double}, broken=["a"])
    assert pick(behaviours, [made("a"), made("a"), made("b")], []).chosen == "b"
    assert pick(table({"a": square}, broken=["a"]), [made("a")], []).chosen is None


@settings(max_examples=50, deadline=None)
@given(st.permutations(["a", "b", "c", "d"]), st.randoms(use_true_random=False))
def test_no_order_changes_the_pick(order: list[str], draw: random.Random) -> None:
    functions: dict[str, Any] = {"a": square, "b": double, "c": lambda n: n**2, "d": lambda n: n}
    names = ["a", "a", "b", "b", "c", "d"]
    usual = pick(table(functions, borders=BORDERS), [made(name) for name in names], [])
    draw.shuffle(names)
    again = pick(table({name: functions[name] for name in order}, borders=BORDERS), [made(name) for name in names], [])
    assert again == usual
    assert clusters_of(table(functions), order, dict.fromkeys("abcd", 1)) == clusters_of(
        table(functions), "abcd", dict.fromkeys("abcd", 1)
    )
