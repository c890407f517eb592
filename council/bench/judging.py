"""Code that a model wrote, with the tests of its task: validated in the sandbox, and put into one word."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from council.engine import Council
from council.errors import SandboxError
from council.policies import Criterion, Policy
from council.syntax import syntax_tree
from council.text import one_line
from council.types.base import Record
from council.types.benchmarks import SampleOutcome, Task
from council.types.checks import CheckOutcome, CheckResult, ValidationReport
from council.types.submission import Origin, SourceFile, Submission

_TESTS = Criterion(check="tests", required="always")
EDGE_POLICY = Policy(id="edge-cases", title="Edge cases", criteria=(_TESTS,))
"""What edge-case tests are run under: themselves and nothing else."""
_BROKEN = (CheckOutcome.CRASHED, CheckOutcome.UNAVAILABLE)
_TAMPERING = "tampering"
"""The rule that validation names when the tests' report contradicts itself."""


class Judgement(Record):
    """What the tests said of one piece of code."""

    outcome: SampleOutcome
    reason: str | None = None
    report: ValidationReport | None = None
    edge: CheckResult | None = None
    edge_passed: bool | None = None
    apart: bool | None = None

    def fields(self) -> Mapping[str, Any]:
        """Return the fields of a sample that it fills."""
        return {name: getattr(self, name) for name in type(self).model_fields}


def bench_policy(policy: Policy) -> Policy:
    """Return the policy samples are validated under: the tests decide, the other checks are counted.

    Rules on models are left out, because a benchmark may be about a banned one.
    """
    criteria = tuple(_TESTS if criterion.check == "tests" else criterion for criterion in policy.criteria)
    if policy.criterion("tests") is None:
        criteria = (*criteria, _TESTS)
    return Policy.model_validate({**dict(policy), "criteria": criteria, "models": (), "unlisted_models": "allowed"})


def strict_house(house: Council) -> Council:
    """Return the same house, keeping no session, with tests and code in two processes wherever the tests allow it."""
    settings = house.settings.model_copy(update={"tests_apart": True})
    return Council(settings, client=house.client, host=house.host, sandbox=house.sandbox)


async def judge_code(
    code: str, task: Task, policy: Policy, *, house: Council, origin: Origin | None = None
) -> Judgement:
    """Run the checks with the plain tests, then the edge-case tests on their own; ``house`` is a ``strict_house``.

    Whatever goes wrong with a tool or the sandbox becomes the outcome ``BROKEN``, never an exception.
    """
    if not task.tests:
        return Judgement(outcome=SampleOutcome.BROKEN, reason="the task has no tests")
    if (lacking := lacking_module(task.tests, task.path)) is not None:
        return Judgement(outcome=SampleOutcome.BROKEN, reason=_needs(lacking, "the tests"))
    submission = Submission(
        files=(SourceFile(path=task.path, text=code),), tests=task.tests, task=task.text, origin=origin
    )
    try:
        report = await _validated(submission, policy, house)
    except SandboxError as error:
        return Judgement(outcome=SampleOutcome.BROKEN, reason=one_line(f"the sandbox did not work: {error}", 300))
    outcome, reason = _said(report)
    plain = Judgement(outcome=outcome, reason=reason, report=report, apart=ran_apart(report.check("tests")))
    parsed = report.check("syntax")
    if not task.edge_tests or outcome is SampleOutcome.BROKEN or (parsed and parsed.outcome is CheckOutcome.FAILED):
        never = bool(task.edge_tests) and outcome is not SampleOutcome.BROKEN
        return _but(plain, edge_passed=False if never else None)
    return await _with_edge(plain, submission.but(tests=task.edge_tests), task, house)


async def _with_edge(plain: Judgement, submission: Submission, task: Task, house: Council) -> Judgement:
    if (lacking := lacking_module(task.edge_tests, task.path)) is not None:
        return _but(plain, reason=plain.reason or _needs(lacking, "the edge-case tests"))
    try:
        edge = (await _validated(submission, EDGE_POLICY, house)).check("tests")
    except SandboxError as error:
        failure = one_line(f"the sandbox did not run the edge-case tests: {error}", 300)
        return _but(plain, reason=plain.reason or failure)
    if edge is None or edge.outcome in _BROKEN:
        told = None if edge is None else f"the edge-case tests could not be run: {edge.summary}"
        return _but(plain, edge=edge, reason=plain.reason or told)
    tampered = plain.outcome is not SampleOutcome.TAMPERED and _tampered(edge)
    if tampered:
        plain = _but(plain, outcome=SampleOutcome.TAMPERED, reason=edge.summary)
    apart = plain.apart if plain.apart is None else plain.apart and bool(ran_apart(edge))
    return _but(plain, edge=edge, edge_passed=edge.passed and not tampered, apart=apart)


def ran_apart(tests: CheckResult | None) -> bool | None:
    """Return whether tests and code ran in two processes; ``None`` when no test was run."""
    if tests is None or tests.outcome is CheckOutcome.SKIPPED:
        return None
    return tests.apart or False


def lacking_module(tests: tuple[SourceFile, ...], path: str) -> str | None:
    """Return the first module that the tests import and that is not installed here, or ``None``.

    Only the tests are looked at: code that needs what is missing has failed, a test that does has not been run.
    """
    own = {PurePosixPath(file.path).stem for file in tests} | {PurePosixPath(path).parts[0].removesuffix(".py")}
    for name in sorted({name for file in tests for name in _imported(file.text)} - own - set(sys.stdlib_module_names)):
        if importlib.util.find_spec(name) is None:
            return name
    return None


def _imported(text: str) -> set[str]:
    """Return the top-level modules imported at the top of a file; what stands deeper may be meant to fail."""
    if (tree := syntax_tree(text)) is None:
        return set()
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


async def _validated(submission: Submission, policy: Policy, house: Council) -> ValidationReport:
    """Validate; a sandbox that fails once gets a second try, for one sample in a thousand is no reason to stop."""
    try:
        return await house.validate(submission, policy=policy)
    except SandboxError:
        return await house.validate(submission, policy=policy)


def _said(report: ValidationReport) -> tuple[SampleOutcome, str | None]:
    """Return outcome and reason by the plain tests. What code can bring about on its own is never ``BROKEN``."""
    tests = report.check("tests")
    if tests is None:
        return SampleOutcome.BROKEN, "the policy asks for no tests"
    if _tampered(tests):
        return SampleOutcome.TAMPERED, tests.summary
    syntax = report.check("syntax")
    if syntax is not None and syntax.outcome is CheckOutcome.FAILED:
        return SampleOutcome.FAILED, one_line(f"does not parse: {syntax.summary}", 300)
    if tests.passed:
        return SampleOutcome.PASSED, None
    if tests.outcome in _BROKEN:
        return SampleOutcome.BROKEN, one_line(f"the tests could not be run: {tests.summary}", 300)
    return SampleOutcome.FAILED, tests.summary


def _tampered(tests: CheckResult) -> bool:
    return any(finding.rule == _TAMPERING for finding in tests.findings)


def _needs(module: str, what: str) -> str:
    name = one_line(module, 60)
    return f"{what} need {name}, which is not installed here: pip install {name}"


def _but(judgement: Judgement, **changes: object) -> Judgement:
    changed: Judgement = judgement.but(**changes)
    return changed
