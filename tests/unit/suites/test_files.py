"""Files of known benchmarks: their tests become pytest files that say which input fails."""

from __future__ import annotations

from council.suites import load_suite
from council.types.benchmarks import Suite
from council.types.checks import TestOutcome

PROMPT = '''import math


def area(side):
    """Used by the tests as well."""
    return side * side


def largest(numbers):
    """ Return the largest number; 0 where there is none.
    >>> largest([1, 3])
    3
    """
'''
CHECKED = {
    "task_id": "HumanEval/900", "prompt": PROMPT, "entry_point": "largest",
    "canonical_solution": "    return max(numbers, default=0)\n",
    "test": "\n\nMETADATA = {'author': 'x'}\n\n\ndef check(candidate):\n    assert candidate([1, 3]) == math.floor(3.5)\n"
    "    assert candidate([area(2), 1]) == 4\n    assert candidate([]) == 0\n\ncheck(largest)",
}  # fmt: skip
NUMPY = """

import numpy as np

def is_floats(x) -> bool:
    # check if it is float; List[float]; Tuple[float]
    if isinstance(x, float):
        return True
    if isinstance(x, (list, tuple)):
        return all(isinstance(i, float) for i in x)
    if isinstance(x, np.ndarray):
        return x.dtype == np.float64 or x.dtype == np.float32
    return False


def assertion(out, exp, atol):
    exact_match = out == exp

    if atol == 0 and is_floats(exp):
        atol = 1e-6
    if not exact_match and atol != 0:
        assert np.allclose(out, exp, rtol=1e-07, atol=atol)
    else:
        assert exact_match


"""
STRONG = {
    **CHECKED,
    "test": NUMPY + "def check(candidate):\n    inputs = [[[1, 3]], [[]], [[-2, -1]], [[0.1, 0.3]]]\n"
    "    results = [3, 0, -1, 0.30000000001]\n    for i, (inp, exp) in enumerate(zip(inputs, results)):\n"
    "        assertion(candidate(*inp), exp, 0)\n",
}  # fmt: skip
INPUTS = {
    **{key: CHECKED[key] for key in ("task_id", "prompt", "entry_point", "canonical_solution")},
    "contract": "", "atol": 0, "base_input": [[[1, 3]], [[]]],
    "plus_input": [[[-2, -1]], *([[list(range(n))] for n in range(1, 60)])],
}  # fmt: skip
RIGHT = PROMPT + "    return max(numbers, default=0)\n"
STARTS_AT_ZERO = PROMPT + "    best = 0\n    for n in numbers:\n        best = max(best, n)\n    return best\n"
RAISES = PROMPT + "    return max(numbers)\n"


def outcomes(suite: Suite, codes: list[str], try_all, *, edge: bool = False) -> list[list[str | None]]:
    """Return for each code the reason of every test, ``None`` for those that passed."""
    (task,) = suite.tasks
    results = try_all([(task.path, code, task.edge_tests if edge else task.tests) for code in codes])
    return [[None if t.outcome is TestOutcome.PASSED else t.reason or "" for t in tests] for tests in results]


def test_humaneval(write_rows, try_all) -> None:
    suite = load_suite(write_rows(CHECKED, name="HumanEval.jsonl"))
    assert (suite.id, suite.title, suite.licence) == ("HumanEval", "HumanEval", "MIT")
    (task,) = suite.tasks
    assert (task.id, task.title, task.path, task.reference) == ("HumanEval/900", "largest", "solution.py", RIGHT)
    assert PROMPT.strip("\n") in task.text and "whole module" in task.text
    assert "canonical" not in task.text and "assert" not in task.text
    right, wrong = outcomes(suite, [RIGHT, RAISES], try_all)
    assert right == [None]
    assert wrong[0] is not None and "empty" in wrong[0]


def test_a_plain_assert_shows_which_one(write_rows, try_all) -> None:
    suite = load_suite(write_rows(CHECKED))
    (task,) = suite.tasks
    (results,) = try_all([(task.path, PROMPT + "    return 3\n", task.tests)])
    assert results[0].output is not None and "candidate([area(2), 1]) == 4" in results[0].output
    assert results[0].name == "test_largest"


def test_strong_tests_count_on(write_rows, try_all) -> None:
    suite = load_suite(write_rows(STRONG, name="humaneval_plus_tests.jsonl"))
    assert suite.title == "HumanEval+" and "import numpy" not in suite.tasks[0].tests[0].text
    right, wrong, raises, late = outcomes(
        suite, [RIGHT, STARTS_AT_ZERO, RAISES, PROMPT + "    return str(numbers)\n"], try_all
    )
    assert right == [None]
    assert wrong == ["1 of 4 inputs failed; the first: largest([-2, -1]) returned 0, not -1"]
    assert raises[0] is not None and raises[0].startswith(
        "1 of 4 inputs failed; the first: largest([]) raised ValueError"
    )
    assert late[0] is not None and late[0].startswith(
        "4 of 4 inputs failed; the first: largest([1, 3]) returned '[1, 3]'"
    )


def test_the_known_mistake_of_the_publisher(write_rows, try_all) -> None:
    """HumanEval/32 asks for the polynomial at its zero the wrong way round: nothing could pass."""
    test = (
        "def _poly(xs, x):\n    return sum(c * x**i for i, c in enumerate(xs))\n\n\ndef check(candidate):\n"
        "    inputs = [[[-10, -2]], [[1, 2]]]\n    results = [-5.0, -0.5]\n"
        "    for i, (inp, exp) in enumerate(zip(inputs, results)):\n"
        "        assert _poly(*candidate(*inp), inp) <= 0.0001\n"
    )
    row = {"task_id": "HumanEval/32", "prompt": "def find_zero(xs):\n", "entry_point": "find_zero", "test": test}
    zero = "def find_zero(xs):\n    return -xs[0] / xs[1]\n"
    right, wrong = outcomes(load_suite(write_rows(row)), [zero, zero.replace("-xs", "9 - xs")], try_all)
    assert right == [None] and wrong != [None]


def test_inputs_are_compared_with_the_reference(write_rows, try_all) -> None:
    suite = load_suite(write_rows(INPUTS, name="HumanEvalPlus.jsonl.gz"))
    (task,) = suite.tasks
    assert suite.title == "HumanEval+" and task.reference == RIGHT
    assert outcomes(suite, [RIGHT, STARTS_AT_ZERO], try_all) == [[None], [None]]
    right, wrong = outcomes(suite, [RIGHT, STARTS_AT_ZERO], try_all, edge=True)
    assert right == [None] * 6
    assert wrong == ["1 of 10 inputs failed; the first: largest([-2, -1]) returned 0, not -1", *[None] * 5]


def test_an_answer_that_changes_its_argument_changes_no_question(write_rows, try_all) -> None:
    """The published tests ask their own function after the solution, for the same list."""
    test = NUMPY + (
        "def ref_func(numbers):\n    return max(numbers, default=0)\n\n\ndef check(candidate):\n"
        "    inputs = [[[1, 3]], [[]], [[5]]]\n    for i, inp in enumerate(inputs):\n"
        "        assertion(candidate(*inp), ref_func(*inp), 0)\n"
    )
    clears = PROMPT + "    best = max(numbers, default=0)\n    numbers.clear()\n    return best\n"
    wrong = PROMPT + "    numbers.clear()\n    return 0\n"
    assert outcomes(load_suite(write_rows({**CHECKED, "test": test})), [clears, wrong], try_all) == [
        [None],
        ["2 of 3 inputs failed; the first: largest([1, 3]) returned 0"],
    ]


def test_more_inputs_than_a_file_takes(write_rows) -> None:
    row = {**INPUTS, "plus_input": [[["x" * 100_000]]] * 20}
    (task,) = load_suite(write_rows(row)).tasks
    text = task.edge_tests[0].text
    assert len(text) < 1 << 20 and "The first 9 of 20 inputs." in text


def test_mbpp_sanitised_and_whole(write_rows, tmp_path, try_all) -> None:
    row = {
        "source_file": "x", "task_id": 9001, "prompt": "Write a function to double a number.",
        "code": "import math\n\ndef half(x):\n  return x / 2\n\ndef double(x):\n  return 2 * x\n",
        "test_imports": ["import math"], "test_list": ["assert double(2) == 4", "assert double(math.floor(0.5)) == 0"],
    }  # fmt: skip
    suite = load_suite(write_rows(row, name="sanitized-mbpp.json"))
    (task,) = suite.tasks
    assert (suite.id, suite.title, task.id, task.title) == ("sanitized-mbpp", "MBPP", "Mbpp/9001", "double")
    assert "assert double(2) == 4" in task.text and "half" not in task.text
    right, wrong = outcomes(suite, [row["code"], "def double(x):\n    return x + 2\n"], try_all)
    assert right == [None, None]
    assert wrong[0] is None and wrong[1] is not None and "assert" in wrong[1]
    whole = {**row, "text": row["prompt"], "test_setup_code": "", "challenge_test_list": ["assert double(-1) == -2"]}
    del whole["prompt"], whole["test_imports"], whole["source_file"]
    whole["test_list"] = ["assert double(2) == 4"]
    suite = load_suite(write_rows(whole, name="mbpp.jsonl"))
    assert outcomes(suite, [row["code"], "def double(x):\n    return x + 2\n"], try_all) == [[None], [None]]
    edge = outcomes(suite, [row["code"], "def double(x):\n    return x + 2\n"], try_all, edge=True)
    assert edge[0] == [None] and edge[1] != [None]


def test_mbpp_plus_with_results(write_rows, try_all) -> None:
    row = {
        "task_id": 9002, "prompt": "Write a function to average.", "source_file": "x", "test_imports": [],
        "code": "def mean(xs):\n  return sum(xs) / len(xs)\n", "test_list": ["assert mean([2, 4]) == 3"],
        "test": NUMPY.replace("\n\nimport", "import", 1) + "inputs = [[[2, 4]], [[1, 2]]]\nresults = [3.0, 1.5]\n"
        "for i, (inp, exp) in enumerate(zip(inputs, results)):\n    assertion(mean(*inp), exp, 0)\n",
    }  # fmt: skip
    suite = load_suite(write_rows(row))
    assert suite.title == "MBPP+"
    wrong = "def mean(xs):\n    return sum(xs) // len(xs)\n"
    assert outcomes(suite, [row["code"], wrong], try_all) == [[None], [None]]
    assert outcomes(suite, [row["code"], wrong], try_all, edge=True) == [
        [None],
        ["1 of 2 inputs failed; the first: mean([1, 2]) returned 1, not 1.5"],
    ]


def test_mbpp_plus_with_inputs(write_rows, try_all) -> None:
    row = {
        "task_id": "Mbpp/2", "entry_point": "similar_elements", "atol": 0, "contract": "",
        "prompt": '"""\nWrite a function to find the shared elements.\nassert set(similar_elements((1,), (1,))) == {1}\n"""\n',
        "canonical_solution": "def similar_elements(a, b):\n  return tuple(set(a) & set(b))\n",
        "base_input": [[[3, 4], [4, 5]]], "plus_input": [[[], []], [[1, 2, 2], [2, 1]]],
        "assertion": "assert set(similar_elements((3, 4), (4, 5))) == {4}",
    }  # fmt: skip
    suite = load_suite(write_rows(row, name="MbppPlus.jsonl"))
    (task,) = suite.tasks
    assert task.text.startswith("Write a function to find the shared elements.") and "`similar_elements`" in task.text
    assert "INPUTS = [\n    [(3, 4), (4, 5)],\n]" in task.tests[0].text, "lists become the tuples of the task"
    ordered = "def similar_elements(a, b):\n    return [x for x in dict.fromkeys(b) if x in a]\n"
    nothing = "def similar_elements(a, b):\n    return []\n"
    right, other, wrong = outcomes(suite, [row["canonical_solution"], ordered, nothing], try_all, edge=True)
    assert right == other == [None], "the order and the type of the answer are not asked for"
    assert wrong != [None]


def test_shapes_that_json_cannot_say(write_rows) -> None:
    def inputs_of(number: int, given: list) -> str:
        row = {
            "task_id": f"Mbpp/{number}", "entry_point": "f", "prompt": "Do it.", "base_input": [given],
            "canonical_solution": "def f(*a):\n  return 0\n", "plus_input": [],
        }  # fmt: skip
        (task,) = load_suite(write_rows(row)).tasks
        return task.tests[0].text.split("INPUTS = [\n    ")[1].split(",\n]")[0]

    assert inputs_of(3, [[1, [2]]]) == "[[1, [2]]]"
    assert inputs_of(63, [[[1, 2], [3, 4]]]) == "[[(1, 2), (3, 4)]]"
    assert inputs_of(75, [[[6, 24]], 6]) == "[[(6, 24)], 6]"
    assert inputs_of(106, [[5, 6], [7]]) == "[[5, 6], (7,)]"
    assert inputs_of(307, [[1], 0, 50]) == "[(1,), 0, 50]"
    assert inputs_of(115, [[[1], []]]) == "[[{1}, {}]]"
    assert inputs_of(124, ["0", "1j"]) == "[0.0, 1j]"
    assert inputs_of(252, ["1"]) == "[(1+0j)]"
    assert inputs_of(278, [[4, [5, 6]]]) == "[(4, (5, 6))]"
    assert inputs_of(259, [[[1, 2]], [[3]]]) == "[((1, 2),), ((3,),)]"
    assert inputs_of(615, [[[1, [2]]]]) == "(((1, (2,)),),)"
    assert inputs_of(722, [{"x": [6.2, 70]}, 6.0]) == "[{'x': (6.2, 70)}, 6.0]"


def test_names_of_files_become_no_program(write_rows) -> None:
    row = {**CHECKED, "task_id": 'x"""\nimport os; os.abort()\n"""'}
    (task,) = load_suite(write_rows(row)).tasks
    assert task.tests[0].text.splitlines()[0] == '"""Tests of x___ import os_ os.abort__ ___, as published."""'
