"""Files of others: packed, broken, hostile."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from council.errors import SourceError
from council.suites import load_suite, read_outputs
from council.suites.reading import read_text

ROW = {
    "task_id": "HumanEval/0",
    "prompt": "def f(x):\n",
    "entry_point": "f",
    "test": "def check(c):\n    assert c(1)\n",
}


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    line = json.dumps(ROW).encode()
    (tmp_path / "packed.jsonl").write_bytes(gzip.compress(line))
    (tmp_path / "plain.jsonl.gz").write_bytes(line)
    (tmp_path / "two.gz").write_bytes(gzip.compress(line[:20]) + gzip.compress(line[20:]))
    for name in ("packed.jsonl", "plain.jsonl.gz", "two.gz"):
        suite = load_suite(tmp_path / name)
        assert suite.id == name.split(".")[0]
        assert [task.id for task in suite.tasks] == ["HumanEval/0"]


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"\0" * (40 << 20)))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(SourceError, match="longer than 4 MB"):
        read_text(path, limit_bytes=4 << 20)


def test_cut_off_gzip(tmp_path: Path) -> None:
    path = tmp_path / "half.gz"
    path.write_bytes(gzip.compress(json.dumps(ROW).encode() * 50)[:-20])
    with pytest.raises(SourceError, match="half.gz: cannot be unpacked"):
        load_suite(path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{broken", "not valid JSON"),
        ("[1, 2]", "a JSON object is needed, not a list"),
        ("[" * 100_000, "nested too deeply"),
        ('{"task_id": ' + "9" * 10_000 + "}", "not readable as JSON"),
        (json.dumps({**ROW, "task_id": "HumanEval/1", "prompt": None}), "prompt must be text, not null"),
        (json.dumps({**ROW, "task_id": 7}), "task_id must be text, not a number"),
        (json.dumps({**ROW, "task_id": " "}), "task_id is empty"),
        (json.dumps({**ROW, "task_id": "HumanEval/1", "entry_point": "f; import os"}), "no name of a function"),
        (json.dumps({**ROW, "task_id": "HumanEval/1", "entry_point": "import"}), "no name of a function"),
        (json.dumps({**ROW, "task_id": "HumanEval/1", "entry_point": "ﬁ"}), "no name of a function"),
        (json.dumps({**ROW, "task_id": "HumanEval/1", "test": "x = 1"}), r"does not define check\(candidate\)"),
        (json.dumps({**ROW, "task_id": "HumanEval/1", "prompt": "\ud800"}), "half a character"),
        (json.dumps(ROW), "'HumanEval/0' is there twice"),
        ('{"name": "x", "value": 1}', r"no known benchmark has such rows \(fields: name, value\)"),
    ],
)
def test_a_wrong_line_is_named(line: str, told: str, write_rows) -> None:
    path = write_rows(ROW, "", line)
    with pytest.raises(SourceError, match=told) as raised:
        load_suite(path)
    assert "rows.jsonl, line 3: " in raised.value.problem
    assert "\n" not in str(raised.value) and len(str(raised.value)) < 400


def test_entries_of_one_list_are_named(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text(json.dumps([ROW, 3]))
    with pytest.raises(SourceError, match="all.json, entry 2: a JSON object is needed, not a number"):
        load_suite(path)
    path.write_text("[]")
    with pytest.raises(SourceError, match="all.json is empty"):
        load_suite(path)


def test_two_benchmarks_in_one_file(write_rows) -> None:
    other = {"task_id": 2, "prompt": "Double.", "code": "def d(x): return 2 * x", "test_list": ["assert d(1) == 2"]}
    with pytest.raises(SourceError, match="rows of humaneval and mbpp in one file"):
        load_suite(write_rows(ROW, other))


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text(" \n\n")
    (tmp_path / "latin.jsonl").write_bytes(b"{}\n\xe9")
    os.mkfifo(tmp_path / "pipe")
    for name, told in (
        ("empty.jsonl", "is empty"), ("latin.jsonl", "line 2: not UTF-8"), ("pipe", "no regular file"),
        ("missing.jsonl", "no such file"),
    ):  # fmt: skip
        with pytest.raises(SourceError, match=told):
            load_suite(tmp_path / name)


def test_names_that_are_none(tmp_path: Path) -> None:
    for name in ("x" * 5000, "a\0b", "..", "\x1b[31m"):
        with pytest.raises(SourceError) as raised:
            load_suite(name)
        assert "\x1b" not in str(raised.value) and "\0" not in str(raised.value)
    with pytest.raises(SourceError, match="Did you mean core"):
        load_suite("cores")


def test_outputs_name_the_line(write_rows) -> None:
    good = {"model": "m", "task_id": "t", "code": "x = 1"}
    for wrong, told in (
        ({**good, "code": None}, "line 2: code must be text, not null"),
        ({"task_id": "t", "code": ""}, "line 2: model is missing"),
        ({**good, "recorded_pass": "yes"}, "line 2: recorded_pass must be true or false"),
        ({**good, "model": " "}, "line 2: model and task_id must not be empty"),
    ):
        with pytest.raises(SourceError, match=told):
            read_outputs(write_rows(good, wrong))
