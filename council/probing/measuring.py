"""Measures the tests of a submission: what they reach, and whether they notice small changes, within a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, Protocol

from council.concurrency import first_failure
from council.errors import SandboxError
from council.probing.mutants import Change, apply, as_mutant, find_changes, sample
from council.protocols import Sandbox
from council.settings import Settings
from council.types.checks import CheckOutcome, CheckResult, ValidationReport
from council.types.events import ChangeTried
from council.types.probe import Mutant, Probe
from council.types.submission import Submission

AT_ONCE = 2
"""Changed submissions whose tests run at the same time."""
_SHOWN_LINES = 100
RunTests = Callable[[Submission], Awaitable[CheckResult]]
"""Runs the tests of a submission, as the check of that name does."""


class Reached(Protocol):
    """What a measurement of the tests' reach tells."""

    @property
    def missed(self) -> Mapping[str, tuple[int, ...]]:
        """Lines not reached, by path."""
        ...

    @property
    def line_share(self) -> float | None:
        """Lines reached, of those that can be run."""
        ...

    @property
    def branch_share(self) -> float | None:
        """Ways out of branching lines that were taken."""
        ...


class RunChecked(Protocol):
    """Runs the tests of a submission in a sandbox."""

    async def __call__(self, submission: Submission, sandbox: Sandbox, *, settings: Settings) -> CheckResult:
        """Return their result, whatever goes wrong. Raises ``SandboxError``."""
        ...


class MeasureReach(Protocol):
    """Runs them once and sees what they reach."""

    async def __call__(self, submission: Submission, sandbox: Sandbox, *, settings: Settings) -> Reached | None:
        """Return what they reach; ``None`` when that cannot be seen. Raises ``SandboxError``."""
        ...


class Tools(NamedTuple):
    """What the probe works with: handed in, for rooms know no rooms."""

    sandbox: Sandbox
    run: RunChecked
    measure: MeasureReach


async def probe_submission(
    submission: Submission,
    report: ValidationReport,
    tools: Tools,
    settings: Settings,
    *,
    on_event: Callable[[ChangeTried], None] | None = None,
) -> Probe:
    """Measure the tests of a submission, where they pass as they stand. Whatever prevents it is its reason."""
    known = next((check for check in report.checks if check.name == "tests"), None)
    try:
        tests = known or await tools.run(submission, tools.sandbox, settings=settings)
        if tests.outcome is CheckOutcome.SKIPPED:
            return Probe(reason=tests.summary)
        if tests.outcome is not CheckOutcome.PASSED:
            return Probe(reason=f"the tests do not pass as they stand: {tests.summary}")
        slowest_s = max((test.duration_s or 0.0 for test in tests.tests), default=0.0)
        hasty = settings.but(test_timeout_s=min(settings.test_limit_s, 1 + 5 * slowest_s))
        return await probe_tests(
            submission,
            tools.sandbox,
            reach=await tools.measure(submission, tools.sandbox, settings=settings),
            run=lambda changed: tools.run(changed, tools.sandbox, settings=hasty),
            budget_s=settings.probe_budget_s,
            on_event=on_event,
        )
    except SandboxError as error:
        return Probe(reason=str(error))


async def probe_tests(
    submission: Submission,
    sandbox: Sandbox,
    *,
    reach: Reached | None,
    run: RunTests,
    budget_s: float,
    on_event: Callable[[ChangeTried], None] | None = None,
) -> Probe:
    """Return what the tests reach and which small changes they would not notice. They must pass as they stand.

    Changes on lines that no test reaches are counted and not tried. When ``budget_s`` seconds are over, what is known
    then is what is told. Raises ``SandboxError``.
    """
    started = time.monotonic()
    shares = Probe(budget_s=budget_s)
    if reach is not None:
        unreached = tuple((path, line) for path, lines in sorted(reach.missed.items()) for line in lines)
        shares = shares.but(
            line_share=reach.line_share, branch_share=reach.branch_share, unreached=unreached[:_SHOWN_LINES]
        )
    changes = await find_changes(submission, sandbox)
    if not changes:
        why = (
            "the code could not be read" if changes is None else "the code holds nothing that could be changed a little"
        )
        nothing: Probe = shares.but(reason=why, duration_s=round(time.monotonic() - started, 3))
        return nothing
    missed = {} if reach is None else reach.missed
    open_to = [change for change in changes if change.line not in missed.get(change.path, ())]
    trial = _Trial(submission, sample(open_to, submission.digest), run, on_event)
    await trial.hold(max(0.0, budget_s - (time.monotonic() - started)))
    found: Probe = shares.but(
        reason=None if reach is not None else "which lines the tests reach could not be measured",
        found=len(changes),
        reached=len(open_to),
        killed=trial.killed,
        survived=tuple(sorted(trial.survived, key=lambda one: (one.path, one.line, one.kind, one.after))),
        duration_s=round(time.monotonic() - started, 3),
    )
    return found


class _Trial:
    """The changes of one submission while they are tried."""

    def __init__(
        self,
        submission: Submission,
        changes: tuple[Change, ...],
        run: RunTests,
        on_event: Callable[[ChangeTried], None] | None,
    ) -> None:
        self.submission = submission
        self.left = list(reversed(changes))
        self.of = len(changes)
        self.run = run
        self.on_event = on_event
        self.killed = 0
        self.survived: list[Mutant] = []

    async def hold(self, limit_s: float) -> None:
        """Try one change after the other until all are tried or the time is over."""
        if limit_s <= 0:
            return
        try:
            async with asyncio.timeout(limit_s), asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(self._work())
        except TimeoutError:
            pass  # what is under way is ended, and counts as not tried
        except BaseExceptionGroup as failures:
            raise first_failure(failures) from None

    async def _work(self) -> None:
        while self.left:
            change = self.left.pop()
            outcome = (await self.run(apply(self.submission, change))).outcome
            if outcome is CheckOutcome.PASSED:
                self.survived.append(as_mutant(self.submission, change))
            elif outcome in (CheckOutcome.FAILED, CheckOutcome.TIMED_OUT):
                self.killed += 1
            if self.on_event is not None:
                self.on_event(
                    ChangeTried(tried=self.killed + len(self.survived), of=self.of, survived=len(self.survived))
                )
