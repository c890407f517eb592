"""What holds whatever the votes say: failed checks, checks without an answer, and claims that were run.

* A required check that failed caps the decision at its criterion's ``on_fail``.
* A required check without an answer (crashed, timed out, unavailable, skipped, absent) leaves nothing to approve.
* *Upheld* rejects for a critical or high finding, else requests changes. *Reproduced* requests changes. The other
  states never block: *disputed* and *refuted* claims lose their weight, *flaky* and *unrunnable* ones stay what they
  were, opinions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from council.policies import Criterion, Policy
from council.text import one_line
from council.types.base import Record
from council.types.checks import CheckOutcome, CheckResult, ValidationReport
from council.types.consensus import Decision, EvidenceState, Ground
from council.types.findings import Finding, Severity


class Cap(Record):
    """The best decision that one fact leaves, and the fact in a line."""

    decision: Decision
    reason: str
    ground: Ground | None = None
    """What kind of proof it is, where it is one."""


class Grounds(Record):
    """All facts of a docket that bind the decision."""

    hard: tuple[Cap, ...] = ()
    """Failed checks and upheld claims: they hold even when too few seats were heard."""
    soft: tuple[Cap, ...] = ()
    """Reproduced claims: they hold against votes."""
    blocked: tuple[Cap, ...] = ()
    """Required checks that gave no answer."""
    passed: int = 0
    """Required checks that passed."""


def find_grounds(
    report: ValidationReport | None, policy: Policy, findings: Iterable[Finding], states: Mapping[str, EvidenceState]
) -> Grounds:
    """Return what binds the decision. ``states``: evidence by finding id, also of findings that no ballot holds."""
    failed, blocked, passed = _checks(report, policy)
    by_id = {finding.id: finding for finding in findings}
    proved = [(by_id.get(finding_id), finding_id, state) for finding_id, state in sorted(states.items())]
    upheld = [_upheld(finding, name) for finding, name, state in proved if state is EvidenceState.UPHELD]
    reproduced = [
        Cap(
            decision=Decision.CHANGES_REQUESTED,
            reason=f"reproduced: {_told(finding, name)}",
            ground=Ground.REPRODUCED,
        )
        for finding, name, state in proved
        if state is EvidenceState.REPRODUCED
    ]
    hard = sorted((*failed, *upheld), key=lambda cap: cap.decision is not Decision.REJECTED)
    return Grounds(hard=tuple(hard), soft=tuple(reproduced), blocked=tuple(blocked), passed=passed)


def _checks(report: ValidationReport | None, policy: Policy) -> tuple[list[Cap], list[Cap], int]:
    if report is None:
        asked = any(criterion.required != "never" for criterion in policy.criteria)
        reason = "no check was run, and the policy asks for them"
        return [], [Cap(decision=Decision.BLOCKED, reason=reason)] if asked else [], 0
    failed, blocked, passed = [], [], 0
    for check in report.checks:
        criterion = policy.criterion(check.name)
        if not _required(check, criterion):
            continue
        if check.outcome is CheckOutcome.FAILED:
            left = Decision.REJECTED if criterion is None else Decision(criterion.on_fail)
            reason = one_line(f"{check.name}: {check.summary}")
            failed.append(Cap(decision=left, reason=reason, ground=Ground.CHECKS))
        elif check.outcome is CheckOutcome.PASSED:
            passed += 1
        else:
            reason = f"{check.name}: no answer ({check.outcome.value.replace('_', ' ')}): {check.summary}"
            blocked.append(Cap(decision=Decision.BLOCKED, reason=one_line(reason)))
    for criterion in policy.criteria:
        if criterion.required == "always" and report.check(criterion.check) is None:
            reason = f"{criterion.check}: the policy requires it, and it was not run"
            blocked.append(Cap(decision=Decision.BLOCKED, reason=reason))
    return failed, blocked, passed


def _required(check: CheckResult, criterion: Criterion | None) -> bool:
    """Return whether a check may block: its report says so, or the policy that decides does."""
    if check.required or criterion is None or criterion.required == "never":
        return check.required
    return criterion.required == "always" or check.outcome is not CheckOutcome.SKIPPED


def _upheld(finding: Finding | None, name: str) -> Cap:
    grave = finding is None or finding.severity.rank >= Severity.HIGH.rank
    decision = Decision.REJECTED if grave else Decision.CHANGES_REQUESTED
    return Cap(decision=decision, reason=f"upheld: {_told(finding, name)}", ground=Ground.UPHELD)


def _told(finding: Finding | None, name: str) -> str:
    if finding is None:
        return f"finding {one_line(name, 80)}"
    place = "" if finding.location is None else f" ({one_line(str(finding.location), 80)})"
    return one_line(finding.message, 160) + place
