"""Examples are read out of a task's text where it says them for sure, and nowhere else."""

from __future__ import annotations

import ast

import pytest
from hypothesis import example as case
from hypothesis import given
from hypothesis import strategies as st

from council.examples import Example, example_tests, extract_examples

ONE = {"f": ("x",)}
TWO = {"f": ("x", "y")}

SAID = [
    ("f(1) == 2", ONE, [("f(1)", "2")]),
    ("f([1, 2]) ➞ [2, 4]", ONE, [("f([1, 2])", "[2, 4]")]),
    ("* f(1) => 2\n* f(3) ==> 4", ONE, [("f(1)", "2"), ("f(3)", "4")]),
    ("f(1) -> 2 because it doubles", ONE, [("f(1)", "2")]),
    ("so f(1) returns 2, and f('a') should return 'aa'.", ONE, [("f(1)", "2"), ("f('a')", "'aa'")]),
    ("f(1) is equal to 2.", ONE, [("f(1)", "2")]),
    ("f(1) must be 2.5.", ONE, [("f(1)", "2.5")]),
    ("f(') (') == 1", ONE, [("f(') (')", "1")]),
    ("f(5, 6) -> 19 - 5 - 6 = 8", TWO, [("f(5, 6)", "8")]),
    ("f(1) # => 'Yes'", ONE, [("f(1)", "'Yes'")]),
    ("f(1) == true", ONE, [("f(1)", "True")]),
    ("f([1,\n   2]) == [\n  3]", ONE, [("f([1,    2])", "[\n  3]")]),
    (">>> f(1)\n2\n>>> f(2)\n3", ONE, [("f(1)", "2"), ("f(2)", "3")]),
    (">>> round(f(1), 2)\n2.5", ONE, [("round(f(1), 2)", "2.5")]),
    ("For x = 3 the output should be 4.", ONE, [("f(3)", "4")]),
    ("For n = 3 the output should be 4.", ONE, [("f(3)", "4")]),
    ('For x = "ab", y = 2, the result should be ("ab", 2)', TWO, [('f("ab", 2)', '("ab", 2)')]),
    ("Input: x = 1, y = [2]\nOutput: 3", TWO, [("f(1, [2])", "3")]),
    ("Example 1:\n  Input:\n    a : [1]\n    b : 2\n  Output: 6", TWO, [("f([1], 2)", "6")]),
    ("Input: [1, 2]\nOutput: 3", ONE, [("f([1, 2])", "3")]),
    ("| x | y | output |\n|---|---|---|\n| 1 | 2 | 3 |\n| 4 | `5` | 9 |", TWO, [("f(1, 2)", "3"), ("f(4, 5)", "9")]),
    ('assert g([1]) => ["a"]\nassert g([2]) => ["b"]', ONE, [("f([1])", '["a"]'), ("f([2])", '["b"]')]),
]  # fmt: skip
UNSAID = [
    ("f(x) == 2", ONE),
    ("f(1) + 1 == 2", ONE),
    ("f(1) == x + 1", ONE),
    ("f(1) == 2 + x", ONE),
    ("g.f(1) == 2", ONE),
    ("half(1) == 2", ONE),
    ("g(1) == 2 and h(1) == 3 and g(2) == 4", ONE),
    ("f(1, 2) == 3", ONE),
    ("f(z=1) == 3", ONE),
    ("f(open('x')) == 3", ONE),
    ("find x such that f(1) = 0 where f(n) = n - 1", ONE),
    ('f("Earth") ==> ("Venus")', ONE),
    ("f(1) == 2, but f(1) == 3", ONE),
    (">>> f(1) == 2", ONE),
    (">>> f(1)\n<object at 0x7f>", ONE),
    (">>> __import__('os').remove(f(1))\n2", ONE),
    ("For x = 3 and more the output is large", ONE),
    ("Input: a = 1\nOutput: 2", TWO),
    ("f(1) or f(2)", ONE),
    ("f(1)", ONE),
    ("", ONE),
    ("f(1) == 2", {}),
]


@pytest.mark.parametrize(("text", "functions", "told"), SAID, ids=[text[:30] for text, *_ in SAID])
def test_what_a_text_says(text: str, functions: dict[str, tuple[str, ...]], told: list[tuple[str, str]]) -> None:
    found = extract_examples(text, functions)
    assert [(example.call, example.expected) for example in found] == told
    for example in found:
        assert example.quote in text and text.splitlines()[example.line - 1].strip().startswith(example.quote[:20])


@pytest.mark.parametrize(("text", "functions"), UNSAID, ids=[text[:30] for text, _ in UNSAID])
def test_what_is_not_said_for_sure_is_left_alone(text: str, functions: dict[str, tuple[str, ...]]) -> None:
    assert extract_examples(text, functions) == ()


PIECES = st.sampled_from(
    ["f(", ")", "(", "[", "]", "1", "2", "x", "'", '"', " == ", " = ", "->", "=>", ">>> ", "\n", "\n\n", "Input: ", "Output: ",
     "For x = ", " the output should be ", "|", "| x | output |\n", "---", "returns ", ",", ".", "#", "{", "}", "\\", "é", "\x00"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
@case('f("""')
@case("f(1) == '''")
@case(">>> f(1)\n" + "(" * 300)
@case("f(" + "[" * 500 + ") == 1")
@case("f(1) == " + "-" * 5000 + "1")
def test_no_text_breaks_it_and_no_text_becomes_code(text: str) -> None:
    """What is run is a call of a known function, of builtins that compute, and literals: never anything else."""
    found = extract_examples(text, ONE)
    if not found:
        return
    tree = ast.parse(example_tests(found, "solution"))
    calls = [node for test in tree.body if isinstance(test, ast.FunctionDef) for node in ast.walk(test)]
    named = {node.id for node in calls if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert named <= {"f", "_value", "pytest", "expected", "isinstance", "float", "list", "tuple", "any", "type", "item",
                     "abs", "bool", "int", "len", "max", "min", "round", "set", "sorted", "str", "sum"}  # fmt: skip
    assert not any(isinstance(node, ast.Import) for node in calls)


def test_a_line_is_counted_as_it_stands() -> None:
    (found,) = extract_examples("Double.\n\n\n    >>> f(1)\n    2\n", ONE)
    assert (found.line, found.quote) == (4, ">>> f(1)")


def test_the_tests_say_what_the_text_says() -> None:
    made = example_tests((Example(call="f(1)", expected="2.5", line=1, quote="f(1) == 2.5"),), "solution")
    space: dict[str, object] = {}
    exec(compile(made.replace("from solution import f", "f = lambda x: 2.5000000001"), "tests", "exec"), space)
    space["test_example_1"]()  # type: ignore[operator]
    exec(compile(made.replace("from solution import f", "f = lambda x: 2.51"), "tests", "exec"), space)
    with pytest.raises(AssertionError):
        space["test_example_1"]()  # type: ignore[operator]
