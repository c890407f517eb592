"""The shipped suite: a right solution passes, a stub fails, and wrong ones fail where they should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from council.suites import load_suite
from council.types.benchmarks import Task
from council.types.checks import CheckOutcome, TestOutcome

SUITE = load_suite("core")
WRONG = Path(__file__).parent / "wrong"
IDS = [task.id for task in SUITE.tasks]


def stub_of(task: Task) -> str:
    """Return a module in which everything that the tests import is there and does nothing."""
    names = set()
    for file in (*task.tests, *task.edge_tests):
        for found in re.findall(rf"^from {task.path.removesuffix('.py')} import (.+)$", file.text, re.MULTILINE):
            names |= {name.strip() for name in found.split(",")}
    return "\n".join(f"def {name}(*given, **named):\n    return None\n" for name in sorted(names))


def wrong_of(task: Task) -> list[Path]:
    return sorted((WRONG / task.id).glob("*.py"))


@pytest.mark.parametrize("task", SUITE.tasks, ids=IDS)
def test_right_passes_and_wrong_fails(task: Task, try_all) -> None:
    assert task.reference is not None
    wrong = wrong_of(task)
    texts = [task.reference, stub_of(task), *(path.read_text(encoding="utf-8") for path in wrong)]
    results = try_all([(task.path, text, tests) for text in texts for tests in (task.tests, task.edge_tests)])
    plain, edge = results[::2], results[1::2]
    assert plain[0].outcome is CheckOutcome.PASSED, plain[0].summary + str([t.reason for t in plain[0].tests])
    assert edge[0].outcome is CheckOutcome.PASSED, edge[0].summary + str([t.reason for t in edge[0].tests])
    assert plain[1].outcome is edge[1].outcome is CheckOutcome.FAILED, "a stub passes"
    for path, said, hidden in zip(wrong, plain[2:], edge[2:], strict=True):
        if path.stem.startswith("edge_"):
            assert said.outcome is CheckOutcome.PASSED, f"{path.stem} fails plain tests: {said.summary}"
            assert hidden.outcome is CheckOutcome.FAILED, f"{path.stem} passes the edge-case tests"
        else:
            assert said.outcome is CheckOutcome.FAILED, f"{path.stem} passes the plain tests"


@pytest.mark.parametrize("task", SUITE.tasks, ids=IDS)
def test_every_task_is_whole(task: Task) -> None:
    assert len(wrong_of(task)) >= 2 and any(path.stem.startswith("edge_") for path in wrong_of(task))
    assert len([tag for tag in task.tags if tag in ("easy", "medium", "hard")]) == 1
    assert task.title != task.id and len(task.text) < 3000
    tests = "\n".join(file.text for file in (*task.tests, *task.edge_tests))
    counts = [len(re.findall(r"^def test_", file.text, re.MULTILINE)) for file in (*task.tests, *task.edge_tests)]
    assert len(counts) == 2 and 5 <= counts[0] <= 8 and 4 <= counts[1] <= 10
    # They also run with data between tests and code: only what is public, called with plain data.
    assert not re.search(r"\binspect\b|monkeypatch|\bmock\b|\b\w+\._[a-z]|getsource|open\(", tests)


def test_wrong_solutions_belong_to_tasks() -> None:
    assert {path.name for path in WRONG.iterdir() if path.is_dir()} == set(IDS)


def test_the_story_is_in_it() -> None:
    assert "lru_cache" in IDS and SUITE.licence == "Apache-2.0"


def test_no_test_passes_for_a_wrong_reason(try_all) -> None:
    """A stub fails every test but those that only want nothing to happen."""
    task = next(task for task in SUITE.tasks if task.id == "clamp")
    result = try_all([(task.path, stub_of(task), task.tests)])[0]
    assert all(test.outcome is TestOutcome.FAILED for test in result.tests)
