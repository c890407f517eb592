"""Checks are tested in the sandbox that works here, for real."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from council.policies import Criterion, load_policy
from council.protocols import Sandbox
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.checks import CheckResult, ValidationReport
from council.types.submission import SourceFile, Submission
from council.validation import run_checks


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return open_sandbox(Settings())


@pytest.fixture
def validate(sandbox: Sandbox) -> Callable[..., ValidationReport]:
    """Run a policy's checks over ``{path: text}`` of code and of tests."""

    def run(
        code: dict[str, str] | str, tests: dict[str, str] | str | None = None, *, policy: str = "base",
        only: str | None = None, criteria: tuple[Criterion, ...] | None = None, **settings: object,
    ) -> ValidationReport:  # fmt: skip
        files = {"cache.py": code} if isinstance(code, str) else code
        given = {"test_cache.py": tests} if isinstance(tests, str) else tests or {}
        submission = Submission(
            files=tuple(SourceFile(path=path, text=text) for path, text in files.items()),
            tests=tuple(SourceFile(path=path, text=text) for path, text in given.items()),
        )
        rules = load_policy(policy)
        if only is not None:
            rules = rules.but(criteria=tuple(c for c in rules.criteria if c.check == only))
        rules = rules if criteria is None else rules.but(criteria=criteria)
        return asyncio.run(run_checks(submission, rules, sandbox, settings=Settings.model_validate(settings)))

    return run


@pytest.fixture
def check(validate: Callable[..., ValidationReport]) -> Callable[..., CheckResult]:
    """Run one check of the base policy."""

    def run(name: str, code: dict[str, str] | str, tests: object = None, **settings: object) -> CheckResult:
        return validate(code, tests, only=name, **settings).checks[0]

    return run
