"""``vengeance-validate`` as people know it: the marks, the lines, the exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.cli.conftest import ROOT, Shell

EXAMPLE = ROOT / "examples" / "lru_cache"
FAULTY = """\
[✓] PYTHON-SYNTAX: Syntax check passed
[✓] FLAKE8: No linting issues
[✓] BANDIT: No security issues
[✗] PYTEST: Unit tests FAILED (3/5 tests failed)
    - test_capacity_limit: FAILED (assert 3 == 2)
    - test_update_order: FAILED (assert -1 == 10)
    - test_capacity_one: FAILED (assert 1 == -1)
[✓] BLACK: Formatting clean
"""


def run(shell: Shell, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "vengeance-validate"), "-q", *words]
    return subprocess.run(
        command, cwd=shell.work, env={**shell.env, **env}, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def story(shell: Shell) -> Shell:
    shell.write("lru_cache.py", (EXAMPLE / "faulty" / "lru_cache.py").read_text())
    shell.write("tests/test_lru_cache.py", (EXAMPLE / "test_lru_cache.py").read_text())
    return shell


def test_the_faulty_cache_fails_with_its_tests_by_name(story: Shell) -> None:
    done = run(story, "lru_cache.py")
    assert (done.returncode, done.stdout) == (1, FAULTY)


def test_the_right_cache_passes(story: Shell) -> None:
    story.write("lru_cache.py", (EXAMPLE / "right" / "lru_cache.py").read_text())
    done = run(story, "lru_cache.py")
    assert done.returncode == 0
    assert "[✓] PYTEST: Unit tests passed (5/5 tests)\n" in done.stdout


def test_without_tests_it_says_so(shell: Shell) -> None:
    shell.write("alone.py", "X = 1\n")
    done = run(shell, "alone.py")
    assert done.returncode == 0
    assert "[-] PYTEST: Not run (no tests were given)\n" in done.stdout


def test_a_terminal_without_unicode_gets_plain_marks(story: Shell) -> None:
    story.write("lru_cache.py", "import os\ndef f(:\n")
    done = run(story, "lru_cache.py", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 1
    assert done.stdout.startswith("[x] PYTHON-SYNTAX: Syntax check FAILED (") and done.stdout.isascii()


def test_a_hostile_name_stays_one_line(shell: Shell) -> None:
    shell.write("ok.py", "X = 1\n")
    shell.write(
        "test_ok.py", "import pytest\n@pytest.mark.parametrize('x', ['a\\x1b[31m\\n[✓] ALL'])\ndef test(x): assert 0\n"
    )
    done = run(shell, "ok.py")
    assert done.returncode == 1 and "\x1b" not in done.stdout
    assert not [line for line in done.stdout.splitlines() if line.startswith("[✓] ALL")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give a FILE to check, or --prompt"),
        (("a.py", "--prompt", "x"), "give a FILE to check, or --prompt"),
        (("missing.py",), "missing.py: no such file"),
        (("--prompt", "x", "--polcy", "y"), "Did you mean --policy?"),
    ],
)
def test_a_mistake_is_one_sentence(shell: Shell, words: tuple[str, ...], said: str) -> None:
    done = run(shell, *words)
    assert done.returncode == 2 and done.stdout == ""
    assert said in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_a_model_that_nobody_serves_is_no_verdict(shell: Shell) -> None:
    done = run(shell, "--model", "smollm2:135m", "--prompt", "a function f() that returns 1", "--set", "attempts=1")
    assert done.returncode == 3 and done.stdout == ""
    assert "127.0.0.1:1" in done.stderr
