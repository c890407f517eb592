"""Benchmarks made of a few words: which model passed which task how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from council.types.benchmarks import (
    BenchedModel,
    Benchmark,
    Memory,
    Sample,
    SampleOutcome,
    TaskSummary,
)

AT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
Made = tuple[Benchmark, tuple[Sample, ...]]


def made(
    results: Mapping[str, Mapping[str, Sequence[str]]],
    *,
    benchmark_id: str = "b1234567",
    edge: bool = False,
    sizes: Mapping[str, int] | None = None,
    digests: Mapping[str, str] | None = None,
    **more: Mapping[str, Any],
) -> Made:
    """Return a benchmark with its samples: ``{"model": {"task": "+-"}}`` is a pass and a failure of one task.

    ``+`` passed, ``-`` failed, ``0`` no code, ``!`` tampered, ``?`` broken, ``e`` passed but fails its edge cases.
    ``more`` maps a field of a sample to its value by model.
    """
    outcomes = {"+": "passed", "e": "passed", "-": "failed", "0": "no_code", "!": "tampered", "?": "broken"}
    names = list(dict.fromkeys(task for tasks in results.values() for task in tasks))
    tasks = tuple(
        TaskSummary(id=n, text=n, digest=(digests or {}).get(n, n), tests=2, edge_tests=2 if edge else 0) for n in names
    )
    samples = tuple(
        Sample(
            benchmark_id=benchmark_id,
            model=model,
            task=task,
            number=number,
            outcome=SampleOutcome(outcomes[mark]),
            edge_passed={"+": True, "e": False, "-": False}.get(mark) if edge else None,
            finished_at=AT,
            **{field: values[model] for field, values in more.items() if model in values},
        )
        for model, by_task in results.items()
        for task, marks in by_task.items()
        for number, mark in enumerate(marks, 1)
    )
    benchmark = Benchmark(
        benchmark_id=benchmark_id,
        created_at=AT,
        council_version="0",
        suite="s",
        suite_digest="d",
        tasks=tasks,
        models=tuple(
            BenchedModel(
                name=n, size_bytes=(sizes or {}).get(n), memory=Memory(fit="cpu", size_bytes=(sizes or {}).get(n))
            )
            for n in results
        ),
        samples_per_task=max(len(marks) for by_task in results.values() for marks in by_task.values()),
        policy="p",
    )
    return benchmark, samples


@pytest.fixture
def make() -> Callable[..., Made]:
    """Make a benchmark: ``make({"a": {"t1": "+", "t2": "-"}})``."""
    return made
