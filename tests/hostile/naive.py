"""The judges that most people write: they believe exit codes, the last line and the JUnit file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

from hostile_attacks import Attack
from judging import TESTS

_TOOLS = {
    "lint": ["flake8", "--max-line-length=88"],
    "security": ["bandit", "-q", "-r", "-lll"],
    "formatting": ["black", "--check", "-q"],
    "syntax": ["compileall", "-q"],
}
_WITHOUT = [word for plugin in entry_points(group="pytest11") for word in ("-p", f"no:{plugin.name}")]
"""Plugins of our own environment: they double pytest's start, and no attack needs them."""


def believes(attack: Attack) -> bool:
    """Whether the naive judge of its kind lets the submission pass."""
    with tempfile.TemporaryDirectory(prefix="naive-") as folder:
        root = Path(folder, "work")
        _lay(root, {"cache.py": attack.code, **attack.files})
        if attack.kind != "tampering":
            return all(_ends_well([sys.executable, "-m", *_TOOLS[check], "."], root) for check in attack.check.split())
        tests = attack.tests or TESTS
        _lay(root, {"test_cache.py": tests} if isinstance(tests, str) else tests, keep=True)
        return _passes(root)


def _lay(root: Path, files: dict[str, str], *, keep: bool = False) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (keep and path.exists()):
            path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")


def _environment() -> dict[str, str]:
    packages = ":".join(path for path in sys.path if path.endswith("site-packages"))
    return {"PATH": os.defpath, "HOME": "/nonexistent", "PYTHONPATH": packages, "LANG": "C.UTF-8"}


def _ends_well(words: list[str], root: Path) -> bool:
    try:
        done = subprocess.run(words, cwd=root, env=_environment(), capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _passes(root: Path) -> bool:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=junit.xml", *_WITHOUT]
    try:
        done = subprocess.run(words, cwd=root, env=_environment(), capture_output=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return False
    said = done.stdout.decode("utf-8", "replace")
    passed = bool(re.search(r"^\d+ passed", said, re.MULTILINE)) and "failed" not in said
    try:
        report = (root / "junit.xml").read_text()
    except OSError:
        report = "failures"
    recorded = 'failures="0"' in report and 'errors="0"' in report and 'tests="0"' not in report
    return done.returncode == 0 or passed or recorded
