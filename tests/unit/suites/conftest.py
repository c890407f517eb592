"""Suites are tried in the sandbox that works here, many solutions in one run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from council.policies import load_policy
from council.protocols import Sandbox
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.checks import CheckResult
from council.types.submission import SourceFile, Submission
from council.validation import run_checks

Try = Callable[[Sequence[tuple[str, str, tuple[SourceFile, ...]]]], list[CheckResult]]
_AT_ONCE = 4


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return open_sandbox(Settings())


@pytest.fixture
def try_all(sandbox: Sandbox) -> Try:
    """Run the tests check of the base policy for each ``(path, code, tests)`` and return the results in that order."""
    base = load_policy("base")
    policy = base.but(criteria=tuple(c for c in base.criteria if c.check == "tests"))

    async def one(gate: asyncio.Semaphore, path: str, code: str, tests: tuple[SourceFile, ...]) -> CheckResult:
        submission = Submission(files=(SourceFile(path=path, text=code),), tests=tests)
        async with gate:
            return (await run_checks(submission, policy, sandbox, settings=Settings())).checks[0]

    async def every(work: Sequence[tuple[str, str, tuple[SourceFile, ...]]]) -> list[CheckResult]:
        gate = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(gate, *each)) for each in work]
        return [task.result() for task in tasks]

    return lambda work: asyncio.run(every(work))


@pytest.fixture
def write_rows(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as a JSON-lines file; a text stands as it is."""

    def write(*rows: Any, name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
        return path

    return write
