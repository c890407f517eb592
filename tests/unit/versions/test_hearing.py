"""Versions of a task heard about a submission, with real programs in the real sandbox."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping

import pytest

from council.protocols import Sandbox
from council.types.findings import Severity
from council.types.submission import Submission
from council.types.versions import Ambiguity, Answer, Difference, Input, Origin, Outcome, Version, VersionsReport
from council.versions import Example, Terms, hear_versions, program_id
from council.versions.speaking import ambiguity_words, as_test, outcome_words

TASK = "Write largest(values): the largest of a list of numbers. largest([3, 9, 4]) == 9, largest([2, 1]) == 2"
RIGHT = (
    "def largest(values):\n    return max(values)\n",
    "def largest(values):\n    return sorted(values)[-1]\n",
    "def largest(values):\n    best = values[0]\n    for v in values[1:]:\n        if v > best:\n            best = v\n    return best\n",
    "def largest(values: list[int]) -> int:\n    if not values:\n        return None\n    return max(values)\n",
    "def largest(values):\n    if not values:\n        return None\n    return sorted(values, reverse=True)[0]\n",
)
WRONG = "def largest(values):\n    return values[-1] if len(values) == 5 else max(values)\n"
FEW = Terms(agreeing=3, share=0.7)


def versions(*codes: str) -> list[Version]:
    return [Version(id=program_id(c), code=c, model="m", seed=n, completion_tokens=7) for n, c in enumerate(codes)]


def known(text: str, functions: Mapping[str, tuple[str, ...]]) -> Iterable[Example]:
    return [Example(call="largest([3, 9, 4])", expected="9")]


def hear(sandbox: Sandbox, code: str, written: list[Version], task: str = TASK) -> VersionsReport:
    submission = Submission.from_text(code, task=task)
    return asyncio.run(hear_versions(submission, written, examples=known, sandbox=sandbox, terms=FEW))


def test_a_fault_is_convicted_by_a_small_input_and_a_test_that_runs(sandbox: Sandbox) -> None:
    report = hear(sandbox, WRONG, versions(*RIGHT))
    difference = report.testimony.difference
    assert difference is not None and difference.models == ("m",) and difference.agreeing >= 3
    (values,) = eval(f"[{difference.input}]", {"largest": lambda values: values})
    assert len(values) == 5 and len(str(difference.input)) <= len("largest([12, 2, 3, 4, 1])")
    found = report.findings[0]
    assert (found.id, found.source, found.severity) == ("versions-1", "versions", Severity.HIGH)
    assert found.location is not None and (found.location.path, found.location.line) == ("submission.py", 1)
    assert found.counterexample is not None and "from submission import largest" in found.counterexample
    assert (report.distinct, report.completion_tokens) == (5, 35)


def test_a_right_submission_is_not_accused_and_what_the_task_leaves_open_is_told(sandbox: Sandbox) -> None:
    report = hear(sandbox, RIGHT[0], versions(*RIGHT))
    assert report.testimony.difference is None and report.testimony.agreeing == 5
    (split,) = report.findings
    assert (split.rule, split.severity) == ("ambiguity", Severity.INFO)
    assert split.message.startswith("the task does not say what largest([]) gives: ")
    assert "return None" in split.message and "raise" in split.message


def test_order_and_copies_of_versions_change_nothing(sandbox: Sandbox) -> None:
    written = versions(*RIGHT[:3], RIGHT[0])
    usual = hear(sandbox, WRONG, written)
    random.Random(3).shuffle(written)
    again = hear(sandbox, WRONG, written)
    assert (again.findings, again.testimony) == (usual.findings, usual.testimony) and again.distinct == 3


@pytest.mark.parametrize("bad", ["import os\nos._exit(0)", "while True: pass", "def largest(:", "x = 1"])
def test_a_bad_version_has_no_voice(sandbox: Sandbox, bad: str) -> None:
    report = hear(sandbox, RIGHT[0], versions(*RIGHT[:3], f"{bad}\ndef largest(values): return 0"))
    assert report.testimony.difference is None and report.testimony.witnesses == 3


def test_what_cannot_be_compared_is_said(sandbox: Sandbox) -> None:
    assert "nothing can be compared" in hear(sandbox, "def other(): pass", versions(*RIGHT)).testimony.reason
    assert "nothing can be compared" in hear(sandbox, WRONG, versions("x = 1", "y = 2")).testimony.reason


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ({"r": {"l": [1, "a", {"f": "nan"}]}}, "returns [1, 'a', nan]"),
        ({"x": ["MyError", "ValueError"]}, "raises MyError"),
        ({"stop": "time"}, "does not come to an end"),
        ({"r": {"o": ["Node", []]}}, "returns a Node"),
        ({"r": None, "p": "hi\n"}, "returns None and prints 'hi\\n'"),
        ({"r": {"…": ["str", 10**9]}}, "returns a value too large to show"),
        ({"r": {"s": [1, 2]}}, "returns {1, 2}"),
        ({"r": {"d": [["a", {"t": [1]}]]}}, "returns {'a': (1,)}"),
    ],
)
def test_outcomes_in_words(outcome: Outcome, words: str) -> None:
    assert outcome_words(outcome) == words


def test_a_difference_as_a_test() -> None:
    made = Difference(
        input=Input(steps=("Box(1)", "put(2)", "get()"), origin=Origin.SEQUENCE), step=2, given={"r": 1},
        expected={"x": ["Odd", "KeyError"]}, agreeing=3, of=3,
    )  # fmt: skip
    assert as_test(made, "box", "Box") == (
        "import pytest\nfrom box import Box\n\n\ndef test_versions():\n    x = Box(1)\n    x.put(2)\n"
        "    with pytest.raises(KeyError):\n        x.get()\n"
    )
    near = made.but(input=Input(steps=("f(1)",), origin=Origin.HINT), step=0, expected={"r": 0.5})
    assert "assert f(1) == pytest.approx(0.5)" in str(as_test(near, "m", "f"))
    assert as_test(made.but(expected={"r": {"o": ["Node", []]}}), "m", "f") is None


def test_an_ambiguity_in_words() -> None:
    split = Ambiguity(
        input=Input(steps=("f([])",), origin=Origin.BORDER), step=0,
        answers=(Answer(outcome={"r": None}, members=("a", "b", "c", "d")),
                 Answer(outcome={"x": ["ValueError", "ValueError"]}, members=("e", "f", "g"))),
    )  # fmt: skip
    assert (
        ambiguity_words(split) == "the task does not say what f([]) gives: 4 versions return None, 3 raise ValueError"
    )
