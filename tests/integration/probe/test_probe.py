"""``--probe`` as people use it: a real command, a real sandbox, real tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
CACHE = ROOT / "examples" / "lru_cache" / "right" / "lru_cache.py"
STRONG = ROOT / "examples" / "lru_cache" / "test_lru_cache.py"
WEAK = ROOT / "examples" / "probe" / "test_lru_cache.py"


def review(*words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "council", "review", *map(str, words), "--policy", "checks-only", "--no-store"]
    command += ["--set", "probe_budget_s=200"]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=280)


def probed(code: Path, tests: Path, folder: Path) -> dict[str, Any]:
    done = review(code, "--tests", tests, "--probe", "--format", "json", folder=folder)
    found: dict[str, Any] = json.loads(done.stdout)["probe"]
    return found


def test_weak_tests_let_changes_pass_that_strong_ones_notice(tmp_path: Path) -> None:
    weak, strong = probed(CACHE, WEAK, tmp_path), probed(CACHE, STRONG, tmp_path)
    assert weak["found"] == strong["found"] == strong["reached"] == strong["killed"] and strong["survived"] == []
    assert weak["line_share"] < 1 == strong["line_share"] and weak["branch_share"] < 1 == strong["branch_share"]
    assert weak["reached"] < weak["found"] and weak["killed"] + len(weak["survived"]) == weak["reached"]
    assert "elif len(self._items) > self.capacity:" in [mutant["after"].strip() for mutant in weak["survived"]]


def test_the_page_shows_what_no_test_noticed_and_progress_tells_how_far_it_is(tmp_path: Path) -> None:
    done = review(CACHE, "--tests", WEAK, "--probe", folder=tmp_path)
    assert done.returncode == 0 and "Your tests would not have noticed this:" in done.stdout
    assert "-         elif len(self._items) >= self.capacity:" in done.stdout
    assert "small changes tried" in done.stderr
    assert "Your tests" not in review(CACHE, "--tests", WEAK, folder=tmp_path).stdout


@pytest.mark.parametrize(
    ("code", "tests", "reason"),
    [
        ("def f():\n    return 1\n", None, "no tests were given"),
        (
            "def f():\n    return 1\n",
            "from a import f\n\ndef test():\n    assert f() == 2\n",
            "do not pass as they stand",
        ),
        ("LIMIT = 'a'\n", "from a import LIMIT\n\ndef test():\n    assert LIMIT\n", "nothing that could be changed"),
    ],
)
def test_what_cannot_be_measured_says_why(code: str, tests: str | None, reason: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(code)
    words: list[str | Path] = ["a.py", "--probe"]
    if tests is not None:
        (tmp_path / "test_a.py").write_text(tests)
        words += ["--tests", "test_a.py"]
    assert reason in " ".join(review(*words, folder=tmp_path).stdout.split())


def test_code_that_works_on_its_judge_breaks_the_measuring_and_nothing_else(tmp_path: Path) -> None:
    """A traced process that ends itself tells nothing of its reach; changes are tried all the same."""
    (tmp_path / "a.py").write_text(
        "import os\nimport sys\n\n\ndef f(x):\n    if 'coverage' in sys.modules:\n        os._exit(0)\n    return x + 1\n"
    )
    (tmp_path / "test_a.py").write_text("from a import f\n\n\ndef test_f():\n    assert f(1) == 2\n")
    found = probed(tmp_path / "a.py", tmp_path / "test_a.py", tmp_path)
    assert found["line_share"] is None and "could not be measured" in found["reason"]
    assert found["reached"] == found["found"] == found["killed"] + len(found["survived"]) > 2
