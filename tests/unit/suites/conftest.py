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
from council.types.checks import TestResult
from council.types.submission import SourceFile, Submission
from council.validation import run_checks

Work = tuple[str, str, tuple[SourceFile, ...]]
"""A solution's path, its text, and the tests it is given."""


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return open_sandbox(Settings())


@pytest.fixture
def try_all(sandbox: Sandbox) -> Callable[..., list[list[TestResult]]]:
    """Run many solutions with their tests in one visit to the sandbox; return the tests of each, in that order.

    So that each keeps its own module, number ``n`` is called ``NAME_n``, also where its tests import it.
    """
    base = load_policy("base")
    policy = base.but(criteria=tuple(c for c in base.criteria if c.check == "tests"))

    def run(work: Sequence[Work], *, apart: bool = False) -> list[list[TestResult]]:
        files, tests = [], []
        for number, (path, code, given) in enumerate(work):
            name = path.removesuffix(".py")
            files.append(SourceFile(path=f"{name}_{number}.py", text=code))
            for file in given:
                text = file.text.replace(f"from {name} import", f"from {name}_{number} import")
                assert text != file.text, "the tests do not import the solution"
                tests.append(SourceFile(path=f"test_{number}_{file.path}", text=text))
        settings = Settings(tests_apart=apart)
        submission = Submission(files=tuple(files), tests=tuple(tests))
        result = asyncio.run(run_checks(submission, policy, sandbox, settings=settings)).checks[0]
        assert result.tests and "cannot be imported" not in result.summary, result.summary
        assert result.apart is apart
        found: list[list[TestResult]] = [[] for _ in work]
        for test in result.tests:
            found[int(test.node_id.split("_")[1])].append(test)
        return found

    return run


@pytest.fixture
def write_rows(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as a JSON-lines file; a text stands as it is."""

    def write(*rows: Any, name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
        return path

    return write
