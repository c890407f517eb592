"""A benchmark as programs and people read it: the table, and what of its samples is worth telling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from council.settings import secret_values
from council.text import redact_record
from council.types.base import Record
from council.types.benchmarks import (
    BenchedModel,
    Benchmark,
    Machine,
    Sample,
    SampleOutcome,
    Table,
    TaskSummary,
)
from council.types.calls import Fraction
from council.types.checks import TestOutcome, TestResult
from council.types.session import SessionState


class BenchmarkReport(Record):
    """What ``Documents`` renders of a benchmark: hand in the benchmark, its table and its samples."""

    benchmark: Benchmark
    table: Table
    samples: tuple[Sample, ...] = ()


class ComparisonReport(Record):
    """What ``Documents`` renders of two benchmarks laid over each other."""

    benchmarks: tuple[Benchmark, ...]
    table: Table


class FailedTest(Record):
    """One test and how often the code of each model failed it."""

    task: str
    test: str
    kind: Literal["plain", "edge"]
    models: dict[str, int]
    """How many samples of each model failed it; models that never did are not in it."""
    count: int
    of: int
    """Samples whose tests were run."""


class Disagreement(Record):
    """A sample whose recording says something else than its tests said here."""

    model: str
    task: str
    number: int
    recorded: bool
    """Whether the recording says that it passed."""
    outcome: SampleOutcome
    reason: str | None


class PublicSample(Record):
    """One attempt, without the reports of its tools."""

    model: str
    task: str
    number: int
    outcome: SampleOutcome
    edge_passed: bool | None
    code: str | None
    reason: str | None
    failed_tests: tuple[str, ...]
    temperature: float | None
    duration_s: float | None
    first_token_s: float | None
    completion_tokens: int | None
    readability: float | None
    session_id: str | None
    recorded_outcome: bool | None


class PublicBenchmark(Record):
    """A benchmark with its table. Every key is always there; what is not known is ``null``."""

    schema_version: int
    benchmark_id: str
    state: SessionState
    created_at: datetime
    finished_at: datetime | None
    council_version: str
    suite: str
    suite_title: str
    suite_digest: str
    source: str | None
    licence: str | None
    models: tuple[BenchedModel, ...]
    tasks: tuple[TaskSummary, ...]
    samples_per_task: int
    seed: int
    temperature: float | None
    policy: str
    machine: Machine
    reviewed: bool
    imported_from: str | None
    duration_s: float | None
    table: Table
    failed_tests: tuple[FailedTest, ...]
    """The most often failed first."""
    disagreements: tuple[Disagreement, ...]
    recorded_agreement: Fraction | None
    """Share of the recorded outcomes that the tests confirmed here; ``null`` where nothing was recorded."""
    recorded: int
    """How many samples have a recorded outcome that could be compared."""
    samples: tuple[PublicSample, ...]
    notes: tuple[str, ...]


class PublicComparison(Record):
    """Two benchmarks over the tasks that are the same in both."""

    schema_version: int
    benchmarks: tuple[str, ...]
    suites: tuple[str, ...]
    table: Table


def public_benchmark(report: BenchmarkReport, *, secrets: Sequence[str] | None = None) -> PublicBenchmark:
    """Return the benchmark as it is shown: without secrets, and with what follows from its samples written out."""
    clean = redact_record(report, secret_values() if secrets is None else secrets)
    benchmark = clean.benchmark
    samples = tuple(sorted(clean.samples, key=lambda s: (s.model, s.task, s.number)))
    told = [s for s in samples if s.recorded_outcome is not None and s.counted]
    differing = tuple(_disagreement(s) for s in told if s.recorded_outcome is not s.passed)
    same = {name: getattr(benchmark, name) for name in PublicBenchmark.model_fields if hasattr(benchmark, name)}
    return PublicBenchmark(
        **{
            **same,
            "table": clean.table,
            "failed_tests": failed_tests(samples),
            "disagreements": differing,
            "recorded_agreement": 1 - len(differing) / len(told) if told else None,
            "recorded": len(told),
            "samples": tuple(_public_sample(sample) for sample in samples),
            "notes": tuple(dict.fromkeys((*clean.table.notes, *benchmark.notes))),
        }
    )


def public_comparison(report: ComparisonReport, *, secrets: Sequence[str] | None = None) -> PublicComparison:
    """Return two benchmarks as they are shown, without secrets."""
    clean = redact_record(report, secret_values() if secrets is None else secrets)
    return PublicComparison(
        schema_version=max(benchmark.schema_version for benchmark in clean.benchmarks),
        benchmarks=tuple(benchmark.benchmark_id for benchmark in clean.benchmarks),
        suites=tuple(benchmark.suite for benchmark in clean.benchmarks),
        table=clean.table,
    )


def failed_tests(samples: Sequence[Sample]) -> tuple[FailedTest, ...]:
    """Return every test that failed with how often, the most often failed first; blind to the order of samples."""
    failures: dict[tuple[str, str, Literal["plain", "edge"]], dict[str, int]] = {}
    ran: dict[tuple[str, str], int] = {}
    for sample in samples:
        if not sample.counted:
            continue
        for kind, tests in _tests(sample):
            ran[sample.task, kind] = ran.get((sample.task, kind), 0) + bool(tests)
            for name in sorted({test.name for test in tests if test.outcome is not TestOutcome.PASSED}):
                by_model = failures.setdefault((sample.task, name, kind), {})
                by_model[sample.model] = by_model.get(sample.model, 0) + 1
    found = [
        FailedTest(
            task=task,
            test=name,
            kind=kind,
            models=dict(sorted(by_model.items())),
            count=sum(by_model.values()),
            of=ran[task, kind],
        )
        for (task, name, kind), by_model in failures.items()
    ]
    return tuple(sorted(found, key=lambda f: (-f.count, f.task, f.test, f.kind)))


def worst_by_task(failed: Sequence[FailedTest]) -> tuple[tuple[FailedTest, int], ...]:
    """Return of each task and kind its most often failed test, and how many others of them failed.

    A task with fifty edge cases would otherwise be the whole list.
    """
    worst: dict[tuple[str, str], FailedTest] = {}
    counts: dict[tuple[str, str], int] = {}
    for test in failed:
        worst.setdefault((test.task, test.kind), test)
        counts[test.task, test.kind] = counts.get((test.task, test.kind), 0) + 1
    return tuple((test, counts[key] - 1) for key, test in worst.items())


def benchmark_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of a benchmark and of a comparison."""
    documents: dict[str, type[Record]] = {"benchmark": PublicBenchmark, "comparison": PublicComparison}
    return {name: record.model_json_schema(mode="serialization") for name, record in documents.items()}


def _tests(sample: Sample) -> list[tuple[Literal["plain", "edge"], tuple[TestResult, ...]]]:
    check = sample.report.check("tests") if sample.report is not None else None
    return [("plain", check.tests if check else ()), ("edge", sample.edge.tests if sample.edge else ())]


def _disagreement(sample: Sample) -> Disagreement:
    return Disagreement(
        model=sample.model,
        task=sample.task,
        number=sample.number,
        recorded=bool(sample.recorded_outcome),
        outcome=sample.outcome,
        reason=sample.reason,
    )


def _public_sample(sample: Sample) -> PublicSample:
    same = {name: getattr(sample, name) for name in PublicSample.model_fields if name != "failed_tests"}
    return PublicSample(**same, failed_tests=tuple(test.name for test in sample.failed_tests))
