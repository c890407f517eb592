"""``--apply-fix`` writes a fix that was run and held: asked for, whole, and only into the file that was judged."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys
from typing import Any

import council
from council.api import submission_of
from council.models import ScriptedClient, ScriptedHost
from council.sandbox import open_sandbox
from council.settings import Settings
from council.store import open_store

CODE = '"""Doubles."""\n\n\ndef twice(x):\n    """Return the double."""\n    return x * x\n'
TESTS = "from twice import twice\n\n\ndef test_two():\n    assert twice(2) == 4\n"
FIXED = CODE.replace("x * x", "2 * x")
GOOD = {
    "severity": "critical",
    "claim": "it squares",
    "file": "twice.py",
    "line": 6,
    "counterexample": "def test_three():\n    assert twice(3) == 6\n",
    "fix": "return 2 * x",
}
BAD = GOOD | {"fix": "return 6", "claim": "SQL injection in the name of the table", "severity": "low"}


def sat(shell: Any, *findings: dict[str, Any]) -> council.Session:
    """Keep a sitting of scripted seats over ``twice.py`` in the store that the command will open."""
    path, tests = shell.write("twice.py", CODE), shell.write("test_twice.py", TESTS)
    url = str(shell.home / "council.db")
    shell.write("council.toml", f'store_url = "{url}"\n')
    settings = Settings(store_url=url, counterexample_runs=2)
    answer = {"analysis": "no", "findings": list(findings), "verdict": "reject"}
    house = council.Council(
        settings, client=ScriptedClient(default=answer), host=ScriptedHost(), sandbox=open_sandbox(settings), store=open_store(url)
    )
    submission = submission_of(path, tests=tests, task="twice(3) == 6", settings=settings)
    session = asyncio.run(house.review(submission, seats=("a/one", "b/two", "c/three")))
    house.close()
    return session


def apply(shell: Any, number: str, *more: str) -> Any:
    words = ["review", "twice.py", "--tests", "test_twice.py", "--task", "twice(3) == 6", "--apply-fix", number, *more]
    return shell.council(*words)


def test_a_fix_that_held_is_written(shell: Any) -> None:
    session = sat(shell, GOOD)
    assert session.evidence[0].state.value == "upheld" and session.consensus.concerns[0].id == "1"
    piped = apply(shell, "1")
    assert piped.returncode == 2 and "nobody is there to answer" in piped.stderr
    assert (shell.work / "twice.py").read_text() == CODE
    done = apply(shell, "1", "--yes")
    assert done.returncode == 0 and "+    return 2 * x" in done.stdout and "wrote twice.py" in done.stderr, done.stderr
    assert (shell.work / "twice.py").read_text() == FIXED
    none = apply(shell, "7", "--yes")
    assert none.returncode == 2  # another file than was judged: nobody has a key, so there is no concern either
    assert (shell.work / "twice.py").read_text() == FIXED


def test_what_did_not_hold_is_refused(shell: Any) -> None:
    sat(shell, BAD)
    done = apply(shell, "1", "--yes")
    assert done.returncode == 2 and "has no fix that held: breaks test_two" in done.stderr
    assert apply(shell, "9", "--yes").returncode == 2
    assert (shell.work / "twice.py").read_text() == CODE
    only_yes = shell.council("review", "twice.py", "--yes")
    assert only_yes.returncode == 2 and "--apply-fix" in only_yes.stderr


def test_it_asks_first(shell: Any) -> None:
    sat(shell, GOOD)
    command = [sys.executable, "-m", "council", "review", "twice.py", "--tests", "test_twice.py", "--task", "twice(3) == 6"]
    for answer, code, text in (("n\n", 1, CODE), ("y\n", 0, FIXED)):
        near, far = pty.openpty()
        os.write(near, answer.encode())
        done = subprocess.run(
            [*command, "--apply-fix", "1"], cwd=shell.work, env=shell.env, stdin=far, capture_output=True, text=True, timeout=120
        )
        os.close(near)
        os.close(far)
        assert done.returncode == code and "Write this to twice.py? [y/N]" in done.stderr, done.stderr
        assert (shell.work / "twice.py").read_text() == text
