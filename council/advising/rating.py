"""Status and severity of a model by the thresholds of a policy."""

from __future__ import annotations

from council.policies import AdvisoryRules
from council.types.advisories import AdvisorySeverity, AdvisoryStatus
from council.types.benchmarks import Table

RATED_BY = ("both_passed", "tests_passed")
"""The share that decides: of programs that pass plain and edge-case tests; without edge-case tests, plain ones."""

STATUS_WORDS = {
    AdvisoryStatus.FIT: "FIT FOR PRODUCTION",
    AdvisoryStatus.NOT_RECOMMENDED: "NOT RECOMMENDED FOR PRODUCTION",
    AdvisoryStatus.NOT_ENOUGH_EVIDENCE: "NOT ENOUGH EVIDENCE",
}


def rated_by(table: Table) -> str:
    """Return the metric that decides in a table."""
    for metric in RATED_BY:
        row = table.row(metric)
        if row is not None and any(cell.value is not None for cell in row.cells):
            return metric
    return RATED_BY[0]


def rate_of(table: Table, model: str) -> float | None:
    """Return the share that decides for one model; ``None`` where nothing was measured."""
    row = table.row(rated_by(table))
    cell = row.cell(model) if row else None
    return cell.value if cell else None


def status_of(table: Table, model: str, rules: AdvisoryRules) -> AdvisoryStatus:
    """Return what the thresholds say of a model."""
    rate = rate_of(table, model)
    if rate is None or table.tasks < rules.min_tasks:
        return AdvisoryStatus.NOT_ENOUGH_EVIDENCE
    return AdvisoryStatus.FIT if rate >= rules.fit_at else AdvisoryStatus.NOT_RECOMMENDED


def severity_of(table: Table, model: str, rules: AdvisoryRules) -> AdvisorySeverity | None:
    """Return how bad it is to use the model as if it were fit; ``None`` without enough evidence."""
    status, rate = status_of(table, model, rules), rate_of(table, model)
    if status is AdvisoryStatus.NOT_ENOUGH_EVIDENCE or rate is None:
        return None
    if status is AdvisoryStatus.FIT:
        return AdvisorySeverity.NONE
    for below, severity in (
        (rules.critical_below, AdvisorySeverity.CRITICAL),
        (rules.high_below, AdvisorySeverity.HIGH),
        (rules.medium_below, AdvisorySeverity.MEDIUM),
    ):
        if rate < below:
            return severity
    return AdvisorySeverity.LOW
