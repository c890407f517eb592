"""Every program of examples/ runs, as a reader would run it who has no key and no Ollama; each public name is shown."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import council

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples"
ENDINGS = {
    "checks_alone": (0, "faulty: tests failed\n  test_capacity_limit: assert 3 == 2\n"),
    "count_votes": (0, "approved, 3 of 4 seats heard"),
    "list_findings": (1, "subprocess call with shell=True"),
    "look_before_you_trust": (0, "codellama:34b is banned by policy payments (rule codellama)"),
    "own_parts": (0, "late: timed_out\napproved, 3 of 4 seats heard\nmay ship: False\n"),
    "own_policy": (0, f"council {council.__version__}, policy half: approved\n"),
    "review_with_seats": (1, "test_update_order"),
    "watch_a_sitting": (0, "tests: 3 of 5 tests failed\n"),
    "write_a_function": (2, "no local model is set"),
}
"""What each program ends with, and what stands in its output."""
OF_THE_README = {"demo": "$ make demo ", "run_the_claims": "$ python examples/run_the_claims.py\n"}
"""Programs that the tests of the README run, as these lines of it: a minute that nobody needs twice."""


def test_every_program_is_run_below_or_as_a_line_of_the_readme() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(ENDINGS) | set(OF_THE_README)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(line in readme for line in OF_THE_README.values())


@pytest.mark.parametrize("program", ENDINGS)
def test_it_runs(program: str, tmp_path: Path) -> None:
    copy = tmp_path / "examples"
    shutil.copytree(EXAMPLES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    home = tmp_path / "home"
    home.mkdir()
    # No variable of whoever runs the tests: no key, no settings, no Ollama.
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, str(copy / f"{program}.py")],
        env={**env, "OLLAMA_HOST": "127.0.0.1:1"},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=240,
    )
    code, said = ENDINGS[program]
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def names_in(program: str) -> set[str]:
    """Return the public names of council that a program takes: imported from it, or as its attribute."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.ImportFrom) and node.module == "council":
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "council":
            found.add(node.attr)
    return found


def test_every_public_name_is_shown() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"\bcouncil\.(\w+)", readme))
    for path in EXAMPLES.glob("*.py"):
        shown |= names_in(path.read_text(encoding="utf-8"))
    assert set(council.__all__) - shown == set()


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_it_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "no docstring"
    assert len(text.splitlines()) <= (120 if path.stem == "demo" else 60)  # the demo is a program, not a lesson
