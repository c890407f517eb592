"""Examples of classes are read where a text says them for sure; the check runs all kinds and names their lines."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import SandboxError
from council.examples import extract_sessions, gather_examples
from council.policies import Criterion
from council.protocols import Sandbox
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.checks import CheckOutcome, CheckResult
from council.types.submission import Submission
from council.validation.examples import ExamplesCheck

BOX = frozenset({"Box"})
LRU = Path(__file__).parents[3] / "examples" / "lru_cache"


@pytest.fixture(scope="module")
def box() -> Sandbox:
    try:
        return open_sandbox(Settings())
    except SandboxError as error:
        pytest.skip(f"no sandbox here: {error}")


def check(submission: Submission, sandbox: Sandbox, **criterion: object) -> CheckResult:
    asked = Criterion(check="examples", required="if_given", **criterion)  # type: ignore[arg-type]
    return asyncio.run(ExamplesCheck(Settings()).run(submission, asked, sandbox))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (">>> b = Box(2)\n>>> b.add(1)\n>>> b.size()\n1\n>>> len(b)\n1", [("b.size()", "1"), ("len(b)", "1")]),
        ("```python\nb = Box(2)\nb.get(1)  # -1, for it is empty\n```", [("b.get(1)", "-1")]),
        ("```\nb = Box()\nassert b.get(1) == 2\n```", [("b.get(1)", "2")]),
        ("```python\nb = Box()\nb.push(1)  # [1]\nb.top()  # 1\n```", [("b.top()", "1")]),
        ("```python\nb = Box()\nb.push(1)  # -> 7\n```", [("b.push(1)", "7")]),
        ("```python\nb = Box()\nb.get(2)  # two items left\n```", []),
        ("```python\nb = Box(open('x'))\nb.get(2)  # 1\n```", []),
        ("```python\nb = Box()\nb._hidden(2)  # 1\n```", []),
        ("```python\nb = Box()\nfor x in (1, 2):\n    b.put(x)\nb.get(2)  # 1\n```", []),
        ("```python\nc = Other()\nc.get(2)  # 1\n```", []),
        ("```python\nb = Box(\nb.get(2)  # 1\n```", []),
        ("b = Box()\nb.get(2)  # 1", []),
    ],
)
def test_what_a_session_says(text: str, told: list[tuple[str, str]]) -> None:
    assert [(e.call, e.expected) for e in extract_sessions(text, BOX)] == told


PIECES = st.sampled_from(["```python\n", "```", "\n", ">>> ", "b = Box()", "b.get(1)", "  # 1", "#", "(", ")", "'", "1", "assert ", "=="])


@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_text_breaks_it(text: str) -> None:
    for example in extract_sessions(text, BOX):
        assert example.call and example.expected


def test_the_task_of_the_story_convicts_the_faulty_cache_and_not_the_right_one(box: Sandbox) -> None:
    def judged(kind: str) -> CheckResult:
        code = (LRU / kind / "lru_cache.py").read_text()
        submission = Submission.from_text(code, path="lru_cache.py", task=(LRU / "task.md").read_text())
        return check(submission.but(task_path="task.md"), box)

    right, faulty = judged("right"), judged("faulty")
    assert right.outcome is CheckOutcome.PASSED and right.summary == "3 examples hold" and right.required
    assert faulty.outcome is CheckOutcome.FAILED
    line = next(n for n, text in enumerate((LRU / "task.md").read_text().splitlines(), 1) if text.startswith('cache.get("b")'))
    assert f"task.md:{line} says cache.get('b') == -1 after 5 lines; the code gives 2" in faulty.summary


def test_a_docstring_is_a_promise_of_the_code(box: Sandbox) -> None:
    code = 'def f(xs):\n    """Sum.\n\n    >>> f([1])\n    1\n    >>> f([1, 2])\n    4\n    """\n    return sum(xs)\n'
    submission = Submission.from_text(code, path="sums.py", task="f([5]) returns 5, and so on.")
    result = check(submission, box)
    assert [(t.name, t.outcome.value) for t in result.tests] == [
        ("task:1", "passed"),
        ("sums.py:4", "passed"),
        ("sums.py:6", "failed"),
    ]
    assert result.summary == "1 of 3 examples do not hold: sums.py:6 says f([1, 2]) == 4; the code gives 3"
    assert check(submission, box, min_pass_rate=0.5).outcome is CheckOutcome.PASSED


def test_what_raises_or_cannot_be_run_has_not_held(box: Sandbox) -> None:
    raising = Submission.from_text("def f(x):\n    return 1 / x\n", path="a.py", task="f(0) == 0")
    assert "the code raises ZeroDivisionError" in check(raising, box).summary
    broken = Submission.from_text("import nothing_here\n\n\ndef f(x):\n    return x\n", path="a.py", task="f(0) == 0")
    assert check(broken, box).outcome is CheckOutcome.FAILED


def test_without_examples_nothing_is_run_and_nothing_is_asked(box: Sandbox) -> None:
    plain = Submission.from_text("def f(x):\n    return x\n", path="a.py", task="Return x. For two numbers it is odd.")
    assert gather_examples(plain) == ()
    result = check(plain, box)
    assert result.outcome is CheckOutcome.SKIPPED and not result.required
