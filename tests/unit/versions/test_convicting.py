"""Enough distinct programs that agree convict; too few, or those that disagree, do not."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.versions.agreeing import Example, witnesses
from council.versions.ambiguity import ambiguities
from council.versions.convicting import Terms, hear_witnesses

from .tables import table_of

FEW = Terms(agreeing=3, share=0.75)
ROWS = [(n,) for n in (12, 7, 5, 3, 2, 1)]


def square(n: int) -> int:
    return n * n


def double(n: int) -> int:
    return 2 * n


def raising(n: int) -> int:
    raise ValueError(n)


def test_the_smallest_input_convicts_with_both_outcomes() -> None:
    table = table_of({"a": square, "b": square, "c": square, "s": double}, ROWS)
    told = hear_witnesses(table, "s", ["a", "b", "c"], terms=FEW, models={"a": "one", "b": "two", "c": "one"})
    assert told.difference is not None
    assert str(told.difference.input) == "f(1)"
    assert (told.difference.given, told.difference.expected) == ({"r": 2}, {"r": 1})
    assert (told.difference.agreeing, told.difference.of, told.difference.inputs) == (3, 3, 5)
    assert told.difference.models == ("one", "two")


def test_who_does_the_same_is_not_accused_and_the_agreement_is_told() -> None:
    table = table_of({"a": square, "b": square, "c": square, "s": lambda n: n**2}, ROWS)
    told = hear_witnesses(table, "s", ["a", "b", "c"], terms=FEW)
    assert told.difference is None and (told.agreeing, told.witnesses, told.inputs) == (3, 3, 6)


@pytest.mark.parametrize(
    ("programs", "terms", "accused"),
    [
        ({"a": square, "b": square}, Terms(agreeing=3), False),
        ({"a": square, "b": square}, Terms(agreeing=2), True),
        ({"a": square, "b": square, "c": square, "d": double, "e": double}, Terms(agreeing=3, share=0.75), False),
        ({"a": square, "b": square, "c": square, "d": double, "e": double}, Terms(agreeing=3, share=0.6), True),
        ({"a": square, "b": square, "c": square, "d": raising}, Terms(agreeing=3, share=0.75), True),
    ],
)
def test_the_terms_decide(programs: dict[str, Any], terms: Terms, accused: bool) -> None:
    table = table_of({**programs, "s": lambda n: n + 100}, ROWS[:4])
    assert (hear_witnesses(table, "s", programs, terms=terms).difference is not None) is accused


def test_what_most_turn_away_is_no_evidence() -> None:
    table = table_of({"a": raising, "b": raising, "c": raising, "s": double}, ROWS)
    told = hear_witnesses(table, "s", "abc", terms=FEW)
    assert told.difference is None and told.inputs == 0 and "turn all of them away" in told.reason


def test_the_border_is_no_evidence() -> None:
    def strict(n: int) -> int:
        return n if n > 0 else 0

    table = table_of({"a": strict, "b": strict, "c": strict, "s": abs}, ROWS, borders=[(-1,), (-9,)])
    assert hear_witnesses(table, "s", "abc", terms=FEW).difference is None


def test_who_differs_from_itself_says_nothing() -> None:
    table = table_of({"a": square, "b": square, "c": square, "s": double}, ROWS, flaky=["a"])
    assert hear_witnesses(table, "s", "abc", terms=FEW).difference is None
    table = table_of({"a": square, "b": square, "c": square, "s": double}, ROWS, flaky=["s"])
    assert hear_witnesses(table, "s", "abc", terms=FEW).difference is None


def test_a_submission_that_cannot_be_run_is_told_and_not_accused() -> None:
    told = hear_witnesses(table_of({"a": square, "s": square}, ROWS, broken=["s"]), "s", "a")
    assert told.difference is None and "cannot be imported" in told.reason


def test_a_witness_passes_every_example_of_the_task() -> None:
    table = table_of({"a": square, "b": double, "c": square, "d": square}, ROWS, broken=["c"], flaky=["d"])
    examples = [Example(call="f(3)", expected="9"), Example(call="f(n=2)", expected="4.0")]
    assert witnesses(table, "abcd", examples) == ("a",)
    assert witnesses(table, "ab", []) == ("a", "b")


@pytest.mark.parametrize(
    ("call", "expected", "holds"),
    [
        ("round(f(3), 1)", "9.0", True),
        ("round(f(3), 1)", "8", False),
        ("sorted(f(3))", "[9]", False),
        ("str(f(3))", "'9'", True),
    ],
)
def test_an_example_may_put_a_builtin_around_the_call(call: str, expected: str, holds: bool) -> None:
    table = table_of({"a": square}, ROWS)
    assert witnesses(table, "a", [Example(call=call, expected=expected)]) == (("a",) if holds else ())


@settings(max_examples=50, deadline=None)
@given(st.permutations(["a", "b", "c", "d", "e"]), st.randoms(use_true_random=False))
def test_fifty_orders_of_versions_give_the_same_findings(order: list[str], draw: random.Random) -> None:
    programs: dict[str, Any] = {
        "a": square,
        "b": square,
        "c": square,
        "d": square,
        "e": double,
        "s": lambda n: n * n + (n == 7),
    }
    shuffled = list(programs)
    draw.shuffle(shuffled)
    terms = Terms(agreeing=3, share=0.7)
    usual = hear_witnesses(table_of(programs, ROWS), "s", "abcde", terms=terms)
    again = hear_witnesses(table_of({name: programs[name] for name in shuffled}, ROWS), "s", order, terms=terms)
    assert again == usual and usual.difference is not None and str(usual.difference.input) == "f(7)"


def test_camps_of_like_standing_are_the_tasks_fault() -> None:
    def none_of(values: list[int]) -> int | None:
        return max(values) if values else None

    programs = {"a": max, "b": max, "c": max, "d": none_of, "e": none_of, "f": none_of, "g": none_of}
    table = table_of(programs, [([1, 2],), ([3],)], borders=[([],), ([0],)])
    (split,) = ambiguities(table, list(programs))
    assert str(split.input) == "f([])"
    assert [(answer.outcome, answer.members) for answer in split.answers] == [
        ({"r": None}, ("d", "e", "f", "g")),
        ({"x": ["ValueError", "ValueError"]}, ("a", "b", "c")),
    ]
    assert ambiguities(table, ["a", "b", "c", "d"]) == ()
    assert ambiguities(table, "gfedcba"[::-1]) == ambiguities(table, "gfedcba")
