"""The trial of a fix: its counterexample must pass, and nothing that passed before may fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from council.evidence.claims import TEST_FILE, Claim, Flawed
from council.evidence.fixes import fixed_file, with_file
from council.evidence.outcomes import read_outcome
from council.examples import EXAMPLES_FILE, examples_file
from council.policies import difference
from council.text import one_line, plural
from council.types.checks import CheckResult, TestOutcome, ValidationReport
from council.types.evidence import FixOutcome, FixTrial
from council.types.findings import Finding
from council.types.submission import SourceFile, Submission

_LONGEST_PATCH = 20_000


class FixDesk:
    """Tries the fixes of one sitting. What the tests and examples give without any fix is found out once."""

    def __init__(
        self,
        submission: Submission,
        run: Callable[[Submission], Awaitable[CheckResult]],
        report: ValidationReport | None,
    ) -> None:
        self._submission = submission
        self._run = run
        self._lock = asyncio.Lock()
        self._before: dict[str, bool] | None = None
        self._mended: dict[str, tuple[str, ...]] = {}
        self._tried: dict[tuple[object, ...], FixTrial] = {}
        self._locks: dict[tuple[object, ...], asyncio.Lock] = {}
        told = examples_file(submission)
        kept = submission.tests if told is None else (*submission.tests, told)
        self._tests = tuple(kept)

    async def try_fix(self, finding: Finding, claim: Claim | Flawed, *, refuted: bool) -> FixTrial:
        """Return what the fix of a finding does whose claim was reproduced, or refuted: then it can only be refused."""
        file = fixed_file(finding, self._submission)
        if file is None or isinstance(claim, Flawed):
            said = "it is neither a function of the code nor lines of the named place"
            return FixTrial(outcome=FixOutcome.UNREADABLE, reason=said)
        old = next(other for other in self._submission.files if other.path == file.path)
        key = (file.path, file.text, claim.text, refuted)
        async with self._locks.setdefault(key, asyncio.Lock()):  # seats that propose the same wait for one trial
            if key not in self._tried:
                self._tried[key] = await self._try(old, file, claim, refuted)
        return self._tried[key]

    async def _try(self, old: SourceFile, file: SourceFile, claim: Claim, refuted: bool) -> FixTrial:
        facts = {"path": old.path, "sha256": old.sha256}
        if old.text == file.text:
            return FixTrial(outcome=FixOutcome.UNCHANGED, reason="it changes nothing", **facts)
        fixed = with_file(self._submission, file)
        claimed: Submission = fixed.but(tests=(SourceFile(path=TEST_FILE, text=claim.text),))
        shown = read_outcome(await self._run(claimed), claim, fixed)
        before, after = await self._known(), await self._outcomes(fixed)
        broken = tuple(sorted(name for name, passed in before.items() if passed and not after.get(name, False)))
        if broken:
            said = f"breaks {', '.join(broken[:3])}" + (f" and {len(broken) - 3} more" if broken[3:] else "")
            return FixTrial(outcome=FixOutcome.BREAKS, reason=said, broken=broken, **facts)
        if not shown.passed:
            said = one_line(f"its own counterexample still fails: {shown.reason or _why(shown.flawed)}", 200)
            return FixTrial(outcome=FixOutcome.STILL_FAILS, reason=said, **facts)
        if refuted:
            return FixTrial(outcome=FixOutcome.NEEDLESS, reason="its claim is refuted: nothing asks for it", **facts)
        patch = difference(old.text, file.text, path=file.path)
        mended = tuple(sorted(name for name, passed in after.items() if passed and not before.get(name, True)))
        self._mended[patch] = mended
        return FixTrial(
            outcome=FixOutcome.VERIFIED,
            reason=self._verified(before, after),
            patch=patch if len(patch) <= _LONGEST_PATCH else None,
            **facts,
        )

    def mended(self, patch: str) -> tuple[str, ...]:
        """Return the tests that failed before a patch and pass with it."""
        return self._mended.get(patch, ())

    def _verified(self, before: dict[str, bool], after: dict[str, bool]) -> str:
        if not after:
            return "its counterexample passes; there are no other tests"
        passed, gained = sum(after.values()), sum(after.values()) - sum(before.values())
        if passed == len(after):
            return f"its counterexample passes, and all {plural(len(after), 'test')}"
        more = f", {gained} more than before" if gained > 0 else ", as many as before"
        return f"its counterexample passes, and {passed} of {plural(len(after), 'test')}{more}"

    async def _known(self) -> dict[str, bool]:
        async with self._lock:
            if self._before is None:
                self._before = await self._outcomes(self._submission)
        return self._before

    async def _outcomes(self, submission: Submission) -> dict[str, bool]:
        """Return each test and example by its name, and whether it passes."""
        if not self._tests:
            return {}
        result = await self._run(submission.but(tests=self._tests))
        return {
            _name(test.node_id, test.name): test.outcome is TestOutcome.PASSED for test in result.tests
        }  # fmt: skip


def mended_by(trial: FixTrial, desk: FixDesk) -> tuple[str, ...]:
    """Return the tests that ask for what a fix does: a verified one, in a single place, after which they pass."""
    if trial.outcome is not FixOutcome.VERIFIED or not trial.patch:
        return ()
    places = sum(line.startswith("@@") for line in trial.patch.splitlines())
    return desk.mended(trial.patch) if places == 1 else ()


def _name(node_id: str, name: str) -> str:
    if EXAMPLES_FILE in node_id:
        return f"example {name.rpartition('_')[2]}"
    return name


def _why(flawed: Flawed | None) -> str:
    return "it does not pass" if flawed is None else flawed.reason
