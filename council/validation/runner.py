"""Runs every check a policy asks for, at the same time, and puts the results in the policy's order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from council.concurrency import first_failure
from council.policies import Criterion, Policy
from council.protocols import Check, Sandbox
from council.settings import Settings
from council.types.checks import CheckOutcome, CheckResult, ValidationReport
from council.types.submission import Submission
from council.validation import bandit, examples, flake8, formatting, pytest, syntax

CHECKS: dict[str, Callable[[Settings], Check]] = {
    "syntax": syntax.SyntaxCheck,
    "tests": pytest.TestsCheck,
    "examples": examples.ExamplesCheck,
    "security": bandit.SecurityCheck,
    "lint": flake8.LintCheck,
    "formatting": formatting.FormattingCheck,
}
CHECK_NAMES = tuple(CHECKS)
_TOOLS = {
    tool.name: tool for tool in (syntax.TOOL, pytest.TOOL, examples.TOOL, bandit.TOOL, flake8.TOOL, formatting.TOOL)
}
_UNPARSED = "not run: the code does not parse"
_AT_ONCE = 3
"""Checks under way at the same time: more than the cores of a small machine only makes each slower."""


async def run_checks(
    submission: Submission,
    policy: Policy,
    sandbox: Sandbox,
    *,
    settings: Settings,
    on_check: Callable[[CheckResult], None] | None = None,
) -> ValidationReport:
    """Run the checks that the policy's criteria name and return them in that order.

    ``on_check`` hears each result as it comes. Where the code does not parse, only the syntax check answers.
    Whatever goes wrong with a tool is a result. Raises ``SandboxError`` when nothing could be executed.
    """
    started = time.monotonic()
    round_ = _Round(submission, sandbox, settings, on_check, policy.criterion("syntax") is not None)
    try:
        async with asyncio.TaskGroup() as group:
            for criterion in policy.criteria:
                group.create_task(round_.run(criterion))
    except BaseExceptionGroup as failures:
        raise first_failure(failures) from None
    return ValidationReport(
        checks=tuple(round_.results[criterion.check] for criterion in policy.criteria),
        sandbox=sandbox.info,
        policy=policy.id,
        duration_s=time.monotonic() - started,
    )


async def run_tests(submission: Submission, sandbox: Sandbox, *, settings: Settings) -> CheckResult:
    """Run the tests of a submission alone. All of them must pass; whatever goes wrong is a result."""
    return await pytest.TestsCheck(settings).run(submission, Criterion(check="tests"), sandbox)


def tool_versions() -> dict[str, str | None]:
    """Return each tool with its installed version, ``None`` where it is missing."""
    return {tool.program: tool.version for tool in _TOOLS.values() if tool.distribution is not None}


class _Round:
    """The checks of one submission while they run."""

    def __init__(
        self,
        submission: Submission,
        sandbox: Sandbox,
        settings: Settings,
        on_check: Callable[[CheckResult], None] | None,
        syntax_asked: bool,
    ) -> None:
        self.submission = submission
        self.sandbox = sandbox
        self.settings = settings
        self.on_check = on_check
        self.results: dict[str, CheckResult] = {}
        self.syntax_asked = syntax_asked
        self.parsed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.scopes: list[asyncio.Timeout] = []
        self.places = asyncio.Semaphore(_AT_ONCE)

    async def run(self, criterion: Criterion) -> None:
        """Run one check. Syntax is judged first, but nobody waits for it with the work, only with the answer."""
        check = CHECKS[criterion.check](self.settings)
        unparsed = _TOOLS[criterion.check].result(criterion, CheckOutcome.SKIPPED, _UNPARSED)
        try:
            async with asyncio.timeout(None) as scope:
                self.scopes += [] if criterion.check == "syntax" else [scope]
                async with self.places:
                    result = await check.run(self.submission, criterion, self.sandbox)
        except TimeoutError:
            result = unparsed
        self.scopes = [other for other in self.scopes if other is not scope]
        if criterion.check == "syntax":
            self._tell_the_others(result.outcome is not CheckOutcome.FAILED)
        elif self.syntax_asked and not await self.parsed:
            result = unparsed
        self.results[criterion.check] = result
        if self.on_check is not None:
            self.on_check(result)

    def _tell_the_others(self, parsed: bool) -> None:
        """Let the other checks answer; end those still under way when there is nothing that they could say."""
        self.parsed.set_result(parsed)
        for scope in self.scopes:
            if not parsed:
                scope.reschedule(asyncio.get_running_loop().time())
