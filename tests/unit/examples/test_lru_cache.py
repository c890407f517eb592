"""The shipped example: five tests, a right cache and a faulty one, run by plain pytest."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[3] / "examples"
FIVE = ("test_capacity_limit", "test_lru_ordering", "test_update_order", "test_capacity_one", "test_edge_cases")


def outcomes(folder: Path, *tests: Path) -> dict[str, str]:
    """Run the tests against the module in a folder and return each test's outcome."""
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "--rootdir", str(EXAMPLES)]
    environ = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    run = subprocess.run(
        [*command, "-c", os.devnull, *map(str, tests)],
        env=environ,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=60,
    )
    found = re.findall(r"^(PASSED|FAILED) \S*::(test_\w+)", run.stdout, re.MULTILINE)
    assert found, run.stdout + run.stderr
    return {name: outcome for outcome, name in found}


def of_lru(folder: Path) -> dict[str, str]:
    return outcomes(folder, EXAMPLES / "lru_cache" / "test_lru_cache.py")


def test_the_right_cache_passes_all_five() -> None:
    assert of_lru(EXAMPLES / "lru_cache" / "right") == dict.fromkeys(FIVE, "PASSED")


def test_the_faulty_cache_fails_exactly_three() -> None:
    found = of_lru(EXAMPLES / "lru_cache" / "faulty")
    failed = {"test_capacity_limit", "test_update_order", "test_capacity_one"}
    assert found == {name: "FAILED" if name in failed else "PASSED" for name in FIVE}


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ((">= self.capacity", "> self.capacity"), {"test_capacity_limit", "test_capacity_one"}),
        ((">= self.capacity", ">= self.capacity - 1"), None),
        (
            ("            self._items.move_to_end(key)\n        elif", "            pass\n        elif"),
            {"test_update_order"},
        ),
        (("        self._items.move_to_end(key)\n        return", "        return"), {"test_lru_ordering"}),
        (("popitem(last=False)", "popitem()"), None),
        (("            return -1", "            raise KeyError(key)"), None),
        (("capacity < 1", "capacity < 0"), {"test_edge_cases"}),
    ],
    ids=["one too many", "one too few", "update stays", "get stays", "drops the newest", "raises", "takes zero"],
)
def test_each_fault_alone_is_noticed(tmp_path: Path, change: tuple[str, str], failed: set[str] | None) -> None:
    right = (EXAMPLES / "lru_cache" / "right" / "lru_cache.py").read_text()
    assert right.count(change[0]) == 1
    tmp_path.joinpath("lru_cache.py").write_text(right.replace(*change))
    found = {name for name, outcome in of_lru(tmp_path).items() if outcome == "FAILED"}
    assert found and (failed is None or found == failed)


@pytest.mark.parametrize("kind", ["faulty", "right"])
def test_linters_see_nothing_in_either(kind: str) -> None:
    file = EXAMPLES / "lru_cache" / kind / "lru_cache.py"
    for tool in (["flake8", "--isolated"], ["bandit", "-q"], ["black", "--check", "-q", "-l", "79"]):
        run = subprocess.run([sys.executable, "-m", *tool, str(file)], capture_output=True, text=True, timeout=60)
        assert run.returncode == 0, run.stdout + run.stderr


SOLUTIONS = {
    "is_palindrome": """
def is_palindrome(text):
    kept = [char.lower() for char in text if char.isalnum()]
    return kept == kept[::-1]
""",
    "fizzbuzz": """
def fizzbuzz(n):
    return ["Fizz" * (i % 3 == 0) + "Buzz" * (i % 5 == 0) or str(i) for i in range(1, n + 1)]
""",
    "clamp": """
def clamp(value, low, high):
    if low > high:
        raise ValueError("low is larger than high")
    return max(low, min(value, high))
""",
    "count_vowels": """
def count_vowels(text):
    return sum(char in "aeiou" for char in text.lower())
""",
    "flatten": """
def flatten(items):
    flat = []
    for item in items:
        flat += flatten(item) if isinstance(item, list) else [item]
    return flat
""",
}


def test_every_task_has_its_text_and_its_tests() -> None:
    folders = sorted(path for path in (EXAMPLES / "tasks").iterdir() if path.is_dir())
    assert [folder.name for folder in folders] == sorted(SOLUTIONS)
    for folder in folders:
        assert f"`{folder.name}(" in (folder / "task.md").read_text()
        assert (folder / f"test_{folder.name}.py").is_file()


@pytest.mark.parametrize(("solved", "outcome"), [(True, "PASSED"), (False, "FAILED")], ids=["solved", "empty"])
def test_the_tasks_can_be_solved_and_not_by_nothing(tmp_path: Path, solved: bool, outcome: str) -> None:
    for name, text in SOLUTIONS.items():
        tmp_path.joinpath(f"{name}.py").write_text(text if solved else f"def {name}(*args):\n    return None\n")
    tests = [EXAMPLES / "tasks" / name / f"test_{name}.py" for name in SOLUTIONS]
    found = outcomes(tmp_path, *tests)
    assert len(found) > 15
    # What changes nothing leaves the input as it was, whatever else it fails to do.
    assert {name for name, got in found.items() if got != outcome} <= {"test_input_stays"}
