"""Python itself speaks of the text that it parses: that must not become a line of council's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = '''"""Text."""


def f(text: str) -> str:
    """Return it.

    >>> f("\\d")
    '\\d'
    """
    return text + "\\\x1b" + "\\d"
'''


def test_odd_escapes_of_the_code_are_no_words_of_council(tmp_path: Path) -> None:
    """From Python 3.12 on they are warned of in any process, with the character that follows: here, of a terminal."""
    path = tmp_path / "odd.py"
    path.write_text(CODE, encoding="utf-8")
    task = 'Write f(text). For example f("\\d") == "\\d".'
    words = ["review", str(path), "--task", task, "--policy", "checks-only", "--no-store", "-q"]
    done = subprocess.run(
        [sys.executable, "-W", "default", "-m", "council", *words], capture_output=True, text=True, cwd=tmp_path,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}, timeout=120,
    )  # fmt: skip
    assert "escape" not in done.stderr and "\x1b" not in done.stdout + done.stderr, done.stderr
    assert "\ncouncil" in done.stdout, done.stdout
    assert done.returncode in (1, 3)
