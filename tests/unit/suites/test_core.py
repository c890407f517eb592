"""The shipped suite: a right solution passes, a stub fails, and wrong ones fail where they should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from council.suites import load_suite
from council.types.benchmarks import Task
from council.types.checks import TestOutcome, TestResult

SUITE = load_suite("core")
WRONG = Path(__file__).parent / "wrong"
IDS = [task.id for task in SUITE.tasks]
PARTS = (SUITE.tasks[::2], SUITE.tasks[1::2])


def stub_of(task: Task) -> str:
    """Return a module in which everything that the tests import is there and does nothing."""
    names = set()
    for file in (*task.tests, *task.edge_tests):
        for found in re.findall(rf"^from {task.path.removesuffix('.py')} import (.+)$", file.text, re.MULTILINE):
            names |= {name.strip() for name in found.split(",")}
    return "\n".join(f"def {name}(*given, **named):\n    return None\n" for name in sorted(names))


def wrong_of(task: Task) -> list[Path]:
    return sorted((WRONG / task.id).glob("*.py"))


def passed(results: list[TestResult]) -> bool:
    assert results
    return all(test.outcome is TestOutcome.PASSED for test in results)


def told(results: list[TestResult]) -> str:
    return ", ".join(f"{test.name}: {test.reason}" for test in results if test.outcome is not TestOutcome.PASSED)


@pytest.mark.parametrize("tasks", PARTS, ids=lambda tasks: tasks[0].id)
def test_right_passes_and_wrong_fails(tasks: tuple[Task, ...], try_all) -> None:
    assert not mistaken(tasks, wrong_of, try_all)


def test_apart_says_the_same(try_all) -> None:
    """With the code in a process of its own, and only data between it and the tests."""
    assert not mistaken(SUITE.tasks, lambda task: wrong_of(task)[:1], try_all, apart=True)


def mistaken(tasks: tuple[Task, ...], wrong, try_all, *, apart: bool = False) -> list[str]:
    """Return what is not as it should be, in a line each."""
    named = []
    for task in tasks:
        assert task.reference is not None
        named += [(task, "reference", task.reference)] + ([] if apart else [(task, "stub", stub_of(task))])
        named += [(task, path.stem, path.read_text(encoding="utf-8")) for path in wrong(task)]
    given = [(task.path, code, kind) for task, _, code in named for kind in (task.tests, task.edge_tests)]
    results = try_all(given, apart=apart)
    lines = []
    for (task, name, _), plain, edge in zip(named, results[::2], results[1::2], strict=True):
        wanted = {"reference": (True, True), "stub": (False, False)}.get(name, (name.startswith("edge_"), False))
        if (passed(plain), passed(edge) and wanted[0]) != wanted:
            lines.append(f"{task.id}/{name}: {told(plain) or 'plain passed'}; {told(edge) or 'edge passed'}")
    return lines


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
