"""What people type after ``council bench``, as processes."""

from __future__ import annotations

import json
from typing import Any

import pytest

RECORDED = [
    {"model": "old", "task_id": "one", "code": "def add(a, b):\n    return a + b\n", "recorded_pass": True},
    {"model": "old", "task_id": "two", "code": "def add(a, b):\n    return a - b\n", "recorded_pass": True},
    {"model": "\x1b[31mred", "task_id": "one", "code": "import os\nos._exit(0)\n", "recorded_pass": False},
]


def test_run_shows_the_table_and_what_to_type_next(bench: Any) -> None:
    bench.record()
    done = bench.council(*bench.words())
    assert "tests passed" in done.stdout and "good:1b" in done.stdout
    assert "council advise bad:1b --against good:1b" in done.stdout
    lines = done.stderr.splitlines()
    assert lines[0].startswith("good:1b, bad:1b: 4 tasks × 1 sample")
    assert sum(" of 8 " in line for line in lines) == 8 and any("left" in line for line in lines)
    (summary,) = bench.summaries()
    shown = bench.council("bench", "show", summary.benchmark_id[:4]).stdout
    assert shown == done.stdout
    one = bench.council("bench", "show", summary.benchmark_id, "--model", "bad:1b", "--task", "three").stdout
    assert "return a - b" in one and "test_add" in one
    as_json = json.loads(
        bench.council(
            "bench", "show", summary.benchmark_id, "--model", "bad:1b", "--task", "three", "--format", "json"
        ).stdout
    )
    assert (as_json["outcome"], as_json["number"]) == ("failed", 1)
    same = bench.council("bench", "compare", summary.benchmark_id, summary.benchmark_id).stdout
    assert "compared with itself" in same
    assert summary.benchmark_id in bench.council("bench", "list").stdout
    assert f"deleted {summary.benchmark_id}" in bench.council("bench", "delete", summary.benchmark_id).stderr
    assert not bench.summaries()


def test_import_judges_what_was_recorded(bench: Any) -> None:
    (bench.folder / "outputs.jsonl").write_text("\n".join(json.dumps(row) for row in RECORDED))
    words = ("bench", "import", "outputs.jsonl", "--suite", "adding", "--policy", "quick.toml")
    done = bench.council(*words)
    assert "\x1b" not in done.stdout + done.stderr
    assert "2 of 3 outcomes are the same" in done.stdout and "os._exit" not in done.stdout
    (summary,) = bench.summaries()
    shown = bench.shown(summary.benchmark_id)
    assert {(s["model"], s["task"]): s["outcome"] for s in shown["samples"]} == {
        ("old", "one"): "passed",
        ("old", "two"): "failed",
        ("\x1b[31mred", "one"): "failed",
    }
    only = bench.council(*words, "--model", "old", "--limit", "1", "--format", "json").stdout
    assert [(s["model"], s["task"]) for s in json.loads(only)["samples"]] == [("old", "one")]


@pytest.mark.parametrize(
    "words, code, said",
    [
        (["run"], 2, "no suite is named"),
        (["run", "nowhere"], 2, "there is no suite 'nowhere'"),
        (["run", "adding", "--task", "five"], 2, "adding has no task five. It has: one, two, three, four"),
        (["run", "adding", "--samples", "0"], 2, "must be at least 1"),
        (["run", "adding", "--record", "a", "--replay", "b"], 2, "contradict each other"),
        (["run", "adding", "--resume", "b123", "--model", "m"], 2, "--model was decided when"),
        (["run", "adding", "--resume", "b123"], 3, "b123"),
        (["run", "adding", "--replay", "nowhere"], 2, "no folder of recordings"),
        (["run", "adding", "--set", "store=false"], 2, "the store is switched off"),
        (["run", "adding"], 3, "127.0.0.1:1"),
        (["show", "b123"], 3, "b123"),
        (["show", "b123", "--model", "m"], 2, "Give both"),
        (["import", "nothing.jsonl"], 2, "nothing.jsonl"),
        (["runn"], 2, "Did you mean run?"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_the_exit_code_of_the_laws(
    bench: Any, words: list[str], code: int, said: str
) -> None:
    done = bench.council("bench", *words, code=code)
    assert said in done.stderr and done.stdout == "" and done.stderr.count("\n") == 1
