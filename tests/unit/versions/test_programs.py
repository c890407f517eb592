"""Ten copies are one witness, and what is compared is what most programs offer."""

from __future__ import annotations

import pytest

from council.types.versions import Version
from council.versions.programs import common_face, completed, distinct, faces, program_id, size_of

PLAIN = """
def mean(values):
    total = 0
    for value in values:
        total += value
    return total / len(values)
"""
RETOLD = '''
from __future__ import annotations
def mean(numbers: list[float]) -> float:
    """Return the mean."""
    result: float = 0   # adds up
    for x in numbers: result += x
    return (result / len(numbers))
'''


def test_names_words_hints_and_layout_make_no_other_program() -> None:
    assert program_id(PLAIN) == program_id(RETOLD.replace("from __future__ import annotations\n", ""))


@pytest.mark.parametrize(
    "other",
    [
        PLAIN.replace("total = 0", "total = 1"),
        PLAIN.replace("/ len", "// len"),
        PLAIN.replace("mean", "average"),
        PLAIN.replace("len(values)", "len(total)"),
        "x = 1\n" + PLAIN,
        "def mean(:",
    ],
)
def test_what_computes_otherwise_is_another_program(other: str) -> None:
    assert program_id(other) != program_id(PLAIN)


def test_swapped_names_are_not_confused() -> None:
    assert program_id("def f(a, b): return a - b") == program_id("def f(x, y): return x - y")
    assert program_id("def f(a, b): return a - b") != program_id("def f(a, b): return b - a")


def test_a_global_keeps_its_name() -> None:
    one = "count = 0\ndef f():\n    global count\n    count += 1\n    return count"
    assert program_id(one) != program_id(
        one.replace("    global count\n    count += 1", "    total = 0\n    total += 1")
    )


def test_versions_are_grouped_by_program_in_any_order() -> None:
    made = [
        Version(id=program_id(code), code=code, model=model, temperature=heat)
        for code, model, heat in ((PLAIN, "b", 0.8), (RETOLD[36:], "a", 0.0), ("def mean(v): return 0", "a", 0.8))
    ]
    assert distinct(made) == distinct(made[::-1])
    assert sorted(map(len, distinct(made).values())) == [1, 2]
    first, second = next(group for group in distinct(made).values() if len(group) == 2)
    assert (first.temperature, second.temperature) == (0.0, 0.8)


def test_words_do_not_make_a_program_less_plain() -> None:
    assert size_of(PLAIN) == size_of(
        '"""Words."""\n' + PLAIN.replace("    total = 0", '    "What it does."\n    total = 0')
    )
    assert size_of(PLAIN) > size_of("def mean(values): return sum(values) / len(values)")


def test_the_face_is_what_most_offer_and_the_task_names() -> None:
    helper = "def add(a, b): return a + b\ndef total(values: list[int]) -> int:\n    return sum(values)"
    codes = [helper, "def total(values): return sum(values)", helper.replace("list[int]", "list[int]")]
    face = common_face("Write total(values).", codes)
    assert face is not None and face.name == "total" and not face.is_class
    assert face.make.parameters[0].hint == "list[int]"
    assert common_face("Write total(values).", ["x = 1", "y = 2"]) is None


def test_a_method_that_one_version_adds_is_not_compared() -> None:
    plain = "class Stack:\n    def __init__(self): self.a = []\n    def push(self, x): self.a.append(x)\n    def pop(self): return 1"
    more = plain + "\n    def peek(self): return 2\n    def _hidden(self): pass\n    def __len__(self): return 3"
    face = common_face("A class Stack.", [plain, plain, more])
    assert face is not None and face.is_class
    assert [method.name for method in face.methods] == ["pop", "push"]
    assert [m.name for m in faces(more)["Stack"].methods] == ["push", "pop", "peek", "__len__"]


def test_what_the_task_gives_is_added_where_it_is_left_out() -> None:
    task = "```python\nimport math\nfrom typing import List\ndef helper(x):\n    return x\ndef f(x: List[int]):\n    '''Do.'''\n```"
    whole = completed("import math\ndef f(x: List[int]):\n    return helper(x)", task)
    assert whole.startswith("from typing import List\ndef helper(x):\n    return x\nimport math\n")
    assert completed(whole, task) == whole


def test_an_end_that_is_cut_off_is_left_out() -> None:
    code = "def f(x):\n    return x\n\ndef check():\n    assert f(1) == "
    assert completed(code, "Write f(x).") == "def f(x):\n    return x\n\n"
    assert completed("def f(x):\n    return (", "") == "def f(x):\n    return ("
