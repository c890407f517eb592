"""What other models wrote, and the real files of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from council.errors import SourceError
from council.suites import load_suite, read_outputs, suite_of_outputs, with_edge_tests
from council.types.checks import TestOutcome

DATA = Path(__file__).parents[4] / "shared" / "data" / "programs"
OUTPUTS, STRONG = DATA / "humaneval_outputs.jsonl.gz", DATA / "humaneval_plus_tests.jsonl.gz"
real = pytest.mark.skipif(not OUTPUTS.is_file(), reason="the recorded programs are not on this machine")
ROW = {
    "model": "m/1", "task_id": "HumanEval/0", "entry_point": "f", "prompt": "def f(x):\n", "recorded_pass": True,
    "code": "def f(x):\n    return x\n", "test": "def check(candidate):\n    assert candidate(1) == 1\n",
}  # fmt: skip


def test_read(write_rows) -> None:
    second = {"model": "m/1", "task_id": "HumanEval/0", "code": ""}
    other = {**ROW, "model": "n", "recorded_pass": None}
    recorded = read_outputs(write_rows(ROW, second, other, name="wrote.jsonl"))
    assert recorded.name == "wrote.jsonl" and recorded.models == ("m/1", "n") and recorded.task_ids == ("HumanEval/0",)
    assert [(o.model, o.number, o.passed) for o in recorded.outputs] == [
        ("m/1", 1, True),
        ("m/1", 2, None),
        ("n", 1, None),
    ]
    assert recorded.outputs[1].test is None and recorded.outputs[1].code == ""


def test_suite_of_outputs(write_rows) -> None:
    recorded = read_outputs(write_rows(ROW, {**ROW, "model": "n"}, {**ROW, "task_id": "HumanEval/1"}))
    suite = suite_of_outputs(recorded)
    assert suite.id == "rows" and [task.id for task in suite.tasks] == ["HumanEval/0", "HumanEval/1"]
    stronger = load_suite(write_rows({**ROW, "canonical_solution": "    return x\n"}, name="strong.jsonl"))
    both = with_edge_tests(suite, stronger)
    assert [file.path for file in both.tasks[0].tests] == ["test_plain.py"]
    assert [file.path for file in both.tasks[0].edge_tests] == ["test_edge_1.py"]
    assert both.tasks[0].reference == "def f(x):\n    return x\n" and both.tasks[1].edge_tests == ()
    assert suite_of_outputs(recorded, edge=stronger) == both


def test_what_does_not_fit(write_rows) -> None:
    two = read_outputs(write_rows(ROW, {**ROW, "model": "n", "test": ROW["test"] + "    assert candidate(2) == 2\n"}))
    with pytest.raises(SourceError, match="'HumanEval/0' has two different prompts or tests"):
        suite_of_outputs(two)
    bare = read_outputs(write_rows({"model": "m", "task_id": "t", "code": ""}))
    with pytest.raises(SourceError, match="'t' comes without test and entry_point"):
        suite_of_outputs(bare)
    with pytest.raises(SourceError, match="core has none of the tasks of rows"):
        with_edge_tests(suite_of_outputs(read_outputs(write_rows(ROW))), load_suite("core"))


@real
def test_the_recorded_files() -> None:
    recorded = read_outputs(OUTPUTS)
    assert len(recorded.outputs) == 492 and len(recorded.models) == 3 and len(recorded.task_ids) == 164
    assert "CodeLlama-34b-Instruct" in recorded.models
    assert sum(o.passed is True for o in recorded.outputs if o.model == "CodeLlama-34b-Instruct") == 81
    strong = load_suite(STRONG)
    assert (strong.title, len(strong.tasks)) == ("HumanEval+", 164)
    assert all(task.reference and task.tests for task in strong.tasks)
    assert not any("import numpy" in file.text for task in strong.tasks for file in task.tests)
    whole = suite_of_outputs(recorded, edge=strong)
    assert all(len(task.tests) == len(task.edge_tests) == 1 for task in whole.tasks)
    assert len(whole.digest) == 64


@real
def test_converted_tests_agree_with_the_recording(try_all) -> None:
    """Plain tests as recorded; the strong ones take every reference and catch what the plain ones let pass."""
    recorded = read_outputs(OUTPUTS)
    suite = suite_of_outputs(recorded, edge=load_suite(STRONG))
    tasks = {task.id: task for task in suite.tasks}
    five = {f"HumanEval/{number}" for number in (0, 1, 4, 46, 50)}
    chosen = [output for output in recorded.outputs if output.task_id in five]
    work = [(tasks[o.task_id].path, o.code, tasks[o.task_id].tests) for o in chosen]
    named = [tasks[name] for name in dict.fromkeys(o.task_id for o in chosen)]
    work += [(task.path, task.reference or "", task.edge_tests) for task in named]
    results = try_all(work)
    passed = [all(test.outcome is TestOutcome.PASSED for test in tests) for tests in results]
    told = [(o.model, o.task_id, [t.reason for t in tests]) for o, tests in zip(chosen, results, strict=False)]
    assert passed[: len(chosen)] == [o.passed for o in chosen], told
    assert len(chosen) == 15 and True in passed[:15] and False in passed[:15]
    assert all(passed[len(chosen) :])
