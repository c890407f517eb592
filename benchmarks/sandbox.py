"""What the sandbox costs: five tests run by pytest with and without it, side by side, by each backend that works here.

    python benchmarks/sandbox.py [--rounds N]

Each round runs every way once, and begins with another one each time, so that a machine that is busy for a while is
busy for all of them. Prints the median seconds and their ratio to pytest without a sandbox, which is the quickest there
is: the same words and environment, no plugins that a program did not ask for, everything compiled before.

* ``pytest``: those words in the sandbox;
* ``tests``: what council does to believe the result, which runs the tests and finds out beforehand which there are.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from council.policies import Criterion
from council.protocols import Job, Sandbox
from council.sandbox import open_sandbox, probe_sandbox
from council.settings import Settings
from council.types.submission import SourceFile, Submission
from council.validation.pytest import TestsCheck

CODE = """
def clamp(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))
"""
TESTS = """
import pytest
from clamp import clamp


@pytest.mark.parametrize("value, expected", [(-1, 0), (0, 0), (5, 5), (9, 9), (10, 9)])
def test_clamp(value, expected):
    assert clamp(value, 0, 9) == expected
"""
WORDS = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_clamp.py")
BAR = 1.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "clamp.py").write_text(CODE, encoding="utf-8")
        Path(folder, "test_clamp.py").write_text(TESTS, encoding="utf-8")
        ways = ways_to_run(folder)
        spent = measure(ways, rounds)
    plain = statistics.median(spent["pytest, no sandbox"])
    print(f"{rounds} rounds after one to warm up, {os.cpu_count()} processors, Python {sys.version.split()[0]}")
    print(f"{'way':28} {'median s':>9} {'ratio':>6}  at most {BAR}")
    for way, seconds in spent.items():
        ratio = statistics.median(seconds) / plain
        print(f"{way:28} {statistics.median(seconds):9.3f} {ratio:6.2f}  {'yes' if ratio <= BAR else 'NO'}")


def ways_to_run(folder: str) -> dict[str, Callable[[], None]]:
    ways: dict[str, Callable[[], None]] = {"pytest, no sandbox": lambda: directly(folder)}
    for backend in ("bubblewrap", "landlock"):
        settings = Settings(store=False, sandbox=backend)
        if probe_sandbox(settings).chosen is None:
            print(f"{backend} does not work here: {probe_sandbox(settings).problem}")
            continue
        sandbox = open_sandbox(settings)
        ways[f"pytest, {backend}"] = lambda s=sandbox: walled(s)  # type: ignore[misc]
        check = TestsCheck(settings)
        ways[f"tests, {backend}"] = lambda c=check, s=sandbox: believed(c, s)  # type: ignore[misc]
    return ways


def measure(ways: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    spent: dict[str, list[float]] = {way: [] for way in ways}
    names = list(ways)
    for number in range(rounds + 1):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            started = time.perf_counter()
            ways[name]()
            if number > 0:
                spent[name].append(time.perf_counter() - started)
    return spent


def directly(folder: str) -> None:
    words = [sys.executable, *WORDS]
    environment = {"PATH": os.defpath, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    # In a session of its own, as the sandboxes are: the kernel shares a busy machine among sessions.
    done = subprocess.run(words, cwd=folder, capture_output=True, check=True, env=environment, start_new_session=True)
    assert b"5 passed" in done.stdout, done


def walled(sandbox: Sandbox) -> None:
    files = (("clamp.py", CODE.encode()), ("test_clamp.py", TESTS.encode()))
    done = asyncio.run(sandbox.run(Job(argv=("{python}", *WORDS), files=files)))
    assert done.exit_code == 0 and b"5 passed" in done.stdout, done


def believed(check: TestsCheck, sandbox: Sandbox) -> None:
    submission = Submission(
        files=(SourceFile(path="clamp.py", text=CODE),), tests=(SourceFile(path="test_clamp.py", text=TESTS),)
    )
    result = asyncio.run(check.run(submission, Criterion(check="tests"), sandbox))
    assert result.passed, result


if __name__ == "__main__":
    main()
