"""What the tools found when they ran."""

from __future__ import annotations

from enum import StrEnum

from council.types.base import Record
from council.types.findings import Finding, Location


class CheckOutcome(StrEnum):
    """How a check ended. Only ``passed`` has passed: absent, crashed and skipped have not."""

    PASSED = "passed"
    FAILED = "failed"
    CRASHED = "crashed"
    TIMED_OUT = "timed_out"
    UNAVAILABLE = "unavailable"
    SKIPPED = "skipped"


class Mark(StrEnum):
    """The word the terminal shows for a check."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"
    BROKEN = "BROKEN"
    """The tool itself did not do its work: neither passed nor failed."""
    NONE = "-"
    """Not run, with the reason."""


class TestOutcome(StrEnum):
    """How one test ended. Skipped and xfailed tests are not passed."""

    __test__ = False

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"
    XPASSED = "xpassed"
    TIMED_OUT = "timed_out"
    MISSING = "missing"
    """Known before the run, but its end was never seen."""


class TestResult(Record):
    """One test: its name, how it ended, and the reason in a line."""

    __test__ = False

    name: str
    """Function name as people say it: ``test_capacity_limit``, ``TestCache::test_one[3]``."""
    node_id: str
    outcome: TestOutcome
    reason: str | None = None
    """One line: ``assert 3 == 2``."""
    output: str | None = None
    """The failure as pytest prints it, cut to a readable size."""
    error: str | None = None
    """Name of the exception that ended it: ``AssertionError``, ``IndexError``."""
    place: Location | None = None
    """The last line of the given files, code or tests, that the exception came through."""
    duration_s: float | None = None
    began: bool = True
    """False where nobody saw it begin, and not because the code ended the interpreter: pytest did not collect it, or
    time or memory were over before it was its turn. Of the code that says nothing."""


class CheckResult(Record):
    """One tool's result. ``outcome`` is the policy's judgement over ``findings`` and ``tests``."""

    name: str
    """``syntax``, ``tests``, ``security``, ``lint``, ``formatting``."""
    tool: str
    """The program: ``flake8``, ``bandit``, ``pytest``, ``black``, ``python``."""
    tool_version: str | None = None
    outcome: CheckOutcome
    required: bool
    """Whether the policy lets this check block: a required check that failed caps the decision."""
    summary: str
    """One line: ``3 of 5 tests failed``, ``2 warnings (E501, E231)``."""
    findings: tuple[Finding, ...] = ()
    tests: tuple[TestResult, ...] = ()
    duration_s: float | None = None
    detail: str | None = None
    """Raw output that explains a crash, cut to a readable size."""
    apart: bool | None = None
    """Tests only: whether they ran in another process than the code, which then cannot see them."""

    @property
    def passed(self) -> bool:
        """Whether the check ran and found nothing that the policy calls a failure."""
        return self.outcome is CheckOutcome.PASSED

    @property
    def mark(self) -> Mark:
        """The word to show: ok, warn, FAIL, BROKEN or -."""
        if self.outcome is CheckOutcome.PASSED:
            return Mark.WARN if self.findings else Mark.OK
        if self.outcome is CheckOutcome.SKIPPED:
            return Mark.NONE
        if self.outcome is CheckOutcome.FAILED:
            return Mark.FAIL if self.required else Mark.WARN
        return Mark.BROKEN


class SandboxInfo(Record):
    """Which sandbox ran the code, and what it lacks."""

    backend: str
    """``bubblewrap``, ``landlock``, ``none`` (nothing was executed) or ``unsafe``."""
    version: str | None = None
    binary: str | None = None
    """``system`` or ``bundled``: never a path, for reports travel."""
    layers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def unsafe(self) -> bool:
        """Whether code ran without any sandbox, because somebody typed ``--unsafe-exec``."""
        return self.backend == "unsafe"


class ValidationReport(Record):
    """Every check of a submission with the sandbox that ran it. Checks stand in the order the policy names them."""

    checks: tuple[CheckResult, ...]
    sandbox: SandboxInfo
    policy: str
    duration_s: float | None = None

    def check(self, name: str) -> CheckResult | None:
        """Return the check of that name, or ``None`` when it is absent (absent is not passed)."""
        return next((check for check in self.checks if check.name == name), None)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """Required checks that ran and failed."""
        return tuple(c for c in self.checks if c.required and c.outcome is CheckOutcome.FAILED)

    @property
    def broken(self) -> tuple[CheckResult, ...]:
        """Required checks that gave no answer: crashed, timed out, unavailable, or skipped though required."""
        answered = (CheckOutcome.PASSED, CheckOutcome.FAILED)
        return tuple(c for c in self.checks if c.required and c.outcome not in answered)

    @property
    def exit_code(self) -> int:
        """0 when every required check passed, 1 when one failed, 3 when none failed but one, or all, gave no answer."""
        return 1 if self.failed else 3 if self.broken or not self.checks else 0
