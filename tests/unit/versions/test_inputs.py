"""Inputs come from the task, are plain where the task shows it, and are the same tomorrow."""

from __future__ import annotations

import ast
import itertools
import re

import pytest

from council.types.versions import Input, Origin
from council.versions.inputs import Known, function_inputs
from council.versions.mentions import believed, mentioned
from council.versions.programs import Face, common_face
from council.versions.sequences import class_inputs
from council.versions.shapes import of_values, shape_of_hint
from council.versions.values import forms, traits


def face(code: str) -> Face:
    found = common_face("", [code])
    assert found is not None
    return found


def made(code: str, *calls: str, codes: tuple[str, ...] = (), task: str = "") -> tuple[Input, ...]:
    return function_inputs(face(code), Known(calls=calls, codes=codes, task=task))


def values(inputs: tuple[Input, ...], *, plain: bool = True) -> list[object]:
    rows = [ast.parse(one.steps[0], mode="eval").body for one in inputs if one.plain is plain]
    return [ast.literal_eval(row.args[0]) for row in rows if isinstance(row, ast.Call) and row.args]


def test_the_same_task_gives_the_same_inputs() -> None:
    one = made("def f(x: list[int]): pass", "f([1, 2])", task="a")
    assert one == made("def f(x: list[int]): pass", "f([1, 2])", task="a")
    assert one != made("def f(x: list[int]): pass", "f([1, 2])", task="b")


def test_examples_come_first_and_each_input_once() -> None:
    inputs = made("def f(x, y): pass", "f([1, 2], y=3)", "f([4], 5)", "round(f([6], 7), 2)")
    assert [str(one) for one in inputs[:3]] == ["f([1, 2], 3)", "f([4], 5)", "f([6], 7)"]
    assert len({str(one) for one in inputs}) == len(inputs) > 100
    assert "f([1, 2], 5)" in map(str, inputs)


@pytest.mark.parametrize("code", ["def f(x): pass", "def f(x: int): pass"])
def test_what_no_example_shows_is_a_border(code: str) -> None:
    inputs = made(code, "f(3)", "f(12)")
    assert all(isinstance(value, int) and 0 < value <= 1000 for value in values(inputs))
    assert {0, -1} <= {value for value in values(inputs, plain=False) if isinstance(value, int)}


def test_what_an_example_shows_is_allowed() -> None:
    shown = values(made("def f(x): pass", "f([])", "f([0, -3])"))
    assert [] in shown and any(isinstance(v, list) and any(n < 0 for n in v) for v in shown)
    hidden = values(made("def f(x): pass", "f([4, 3])"))
    assert [] not in hidden and not any(isinstance(v, list) and any(n <= 0 for n in v) for v in hidden)


def test_hints_are_read_and_never_run() -> None:
    inputs = made("def f(x: __import__('os').system('touch /tmp/pwned'), y: 'dict[str, list[float]]'): pass")
    assert inputs
    assert shape_of_hint("Optional[List[int]]").kind == "union"
    assert shape_of_hint("tuple[int, ...]").open_tuple
    assert shape_of_hint("int | None") == shape_of_hint("Optional[int]")
    assert shape_of_hint("(((((") == shape_of_hint(None)


def test_literals_of_the_code_come_with_their_neighbours() -> None:
    inputs = made("def f(x: int): pass", "f(3)", codes=("def f(x): return x > 731",))
    assert {730, 731, 732} & {v for v in values(inputs) if isinstance(v, int)}


def test_a_number_meets_what_the_list_beside_it_holds() -> None:
    inputs = made("def f(x, limit): pass", "f([1.0, 2.5], 0.5)", "f([1.0, 2.0, 4.5], 0.3)")
    rows = [ast.parse(one.steps[0], mode="eval").body for one in inputs]
    pairs = [tuple(map(ast.literal_eval, row.args)) for row in rows if isinstance(row, ast.Call)]
    assert any(limit in {abs(a - b) for a, b in itertools.combinations(x, 2)} for x, limit in pairs)


def test_traits_tell_the_places_apart() -> None:
    assert {"0: list", "0[]: int", "0[]: str", "0[]: upper", "0[]: without -"} <= traits([1, "A"], "0")
    assert "0[]: without -" not in traits(["A-B"], "0")
    assert "0{}[]: negative" in traits({"a": -1}, "0")
    assert of_values([[1], ["a"]]).parts[0].kind == "union"


def test_a_text_keeps_the_form_that_all_examples_have() -> None:
    shown = values(made("def f(x, y): pass", "f('1/5', '5/1')", "f('7/10', '10/2')"))
    assert len(shown) > 40 and all(re.fullmatch(r"\d+/\d+", str(value)) for value in shown)
    assert list(forms("ab12//-C")) == [("", "a9//-A")]


def test_lists_that_are_equally_long_in_all_examples_stay_so() -> None:
    rows = [
        ast.parse(one.steps[0], mode="eval").body
        for one in made("def f(x, y): pass", "f([1, 2], [3, 4])", "f([1, 2, 3], [7, 8, 9])")
        if one.plain
    ]
    pairs = [tuple(map(ast.literal_eval, row.args)) for row in rows if isinstance(row, ast.Call)]
    assert len(pairs) > 20 and all(len(x) == len(y) for x, y in pairs)


def test_a_call_that_the_task_mentions_is_allowed() -> None:
    task = ">>> f([]) == 0\n>>> f([-1, (2)]) == {'a': 1} and f(x) is not f"
    assert mentioned(task, "f") == ("f([])", "f([-1, (2)])")
    assert [(e.call, e.expected) for e in believed(task, "f")] == [("f([])", "0"), ("f([-1, (2)])", "{'a': 1}")]
    assert mentioned("f(')', 2)", "f") == ("f(')', 2)",)
    assert mentioned("f(" * 5000, "f") == ()


STACK = """
class Stack:
    def __init__(self, most): pass
    def push(self, item): pass
    def pop(self): pass
"""


def test_all_short_series_of_calls_come_first() -> None:
    inputs = class_inputs(face(STACK), Known(task="a stack"))
    assert inputs == class_inputs(face(STACK), Known(task="a stack"))
    short = {one.steps for one in inputs if one.origin is Origin.SEQUENCE and len(one.steps) == 6}
    for calls in itertools.product(("push", "pop"), repeat=5):
        assert any([step.partition("(")[0] for step in steps[1:]] == list(calls) for steps in short), calls
    assert {steps[0] for steps in short} == {"Stack(1)", "Stack(2)", "Stack(3)"}
    assert any(len(one.steps) > 7 for one in inputs)
    assert [str(one) for one in inputs if not one.plain] == ["Stack(0)", "Stack(-1)", "Stack(None)", "Stack('')"]


def test_new_keys_come_in_their_order() -> None:
    code = "class Cache:\n    def __init__(self, n): pass\n    def get(self, key): pass\n    def put(self, key, value): pass"
    inputs = class_inputs(face(code), Known(task="a cache"))
    for one in inputs:
        if len(one.steps) == 6:
            keys = [int(step.partition("(")[2].rstrip(")").partition(",")[0]) for step in one.steps[1:]]
            assert all(key <= max([0, *keys[:place]]) + 1 for place, key in enumerate(keys))
