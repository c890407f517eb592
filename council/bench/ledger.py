"""One benchmark on its way into the archive: opened or taken up again, and kept sample by sample."""

from __future__ import annotations

import ast
import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from council._version import __version__
from council.bench.plan import BenchPlan
from council.errors import StoreError, UsageError
from council.policies import Policy
from council.protocols import Archive
from council.syntax import syntax_tree
from council.text import one_line
from council.types.base import now
from council.types.benchmarks import BenchedModel, Benchmark, Sample, Suite, Task, TaskSummary, new_benchmark_id
from council.types.session import SessionState
from council.types.submission import SourceFile

_MOST_LISTED = 10_000
_LOOKED_AT = 50


class Ledger:
    """Keeps a benchmark and its samples in step with the archive.

    A sample is durable when ``add`` returns. Working time is counted without the pauses between two runs.
    """

    def __init__(self, archive: Archive, benchmark: Benchmark, samples: Sequence[Sample] = ()) -> None:
        self.benchmark = benchmark
        self._archive = archive
        self._samples = {(s.model, s.task, s.number): s for s in samples}
        self._before_s = benchmark.duration_s or 0.0
        self._began = time.monotonic()

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Every sample so far, ordered by model, task and number."""
        return tuple(self._samples[key] for key in sorted(self._samples))

    async def open(self) -> None:
        """Write a benchmark that has just begun. Raises ``StoreError``."""
        await asyncio.to_thread(self._archive.open_benchmark, self.benchmark)

    async def add(self, sample: Sample) -> None:
        """Keep one sample. Raises ``StoreError``."""
        await asyncio.to_thread(self._archive.add_sample, sample)
        self._samples[(sample.model, sample.task, sample.number)] = sample
        await self.change()

    async def change(self, **fields: Any) -> None:
        """Replace fields of the benchmark, and bring its working time up to date. Raises ``StoreError``."""
        worked_s = round(self._before_s + time.monotonic() - self._began, 3)
        self.benchmark = self.benchmark.but(duration_s=worked_s, **fields)
        await asyncio.to_thread(self._archive.update_benchmark, self.benchmark)

    async def know(self, model: BenchedModel) -> None:
        """Replace what is known of one model."""
        await self.change(models=tuple(model if m.name == model.name else m for m in self.benchmark.models))

    async def note(self, *notes: str) -> None:
        """Add sentences that are not there yet."""
        fresh = tuple(note for note in dict.fromkeys(notes) if note not in self.benchmark.notes)
        if fresh:
            await self.change(notes=(*self.benchmark.notes, *fresh))

    async def finish(self) -> Benchmark:
        """Write that every sample is there and return the benchmark."""
        await self.change(state=SessionState.FINISHED, finished_at=now())
        return self.benchmark

    def interrupt(self) -> None:
        """Write that it was interrupted, blocking: for the moment before an error or an interruption goes on."""
        worked_s = round(self._before_s + time.monotonic() - self._began, 3)
        self.benchmark = self.benchmark.but(state=SessionState.INTERRUPTED, duration_s=worked_s)
        with suppress(StoreError):
            self._archive.update_benchmark(self.benchmark)


def new_benchmark(suite: Suite, models: Sequence[BenchedModel], **fields: Any) -> Benchmark:
    """Return a benchmark that has just begun; ``fields`` are those of the record that suite and models do not tell."""
    return Benchmark.model_validate(
        {
            "benchmark_id": new_benchmark_id(),
            "created_at": now(),
            "council_version": __version__,
            "suite": suite.id,
            "suite_title": suite.title,
            "suite_digest": suite.digest,
            "source": suite.source,
            "licence": suite.licence,
            "tasks": tuple(summary_of(task) for task in suite.tasks),
            "models": tuple(models),
            **fields,
        }
    )


async def take_up(
    archive: Archive,
    benchmark_id: str,
    suite: Suite,
    *,
    policy: Policy,
    check: Callable[[Benchmark], None] | None = None,
) -> Ledger:
    """Return the ledger of a benchmark that was interrupted, taken over by this process.

    Raises ``StoreError`` when it is not there, ``UsageError`` when a living process runs it, or when tasks or policy
    are others than those it began with, and whatever ``check`` raises: nothing has changed then.
    """
    benchmark = await asyncio.to_thread(archive.read_benchmark, benchmark_id)
    found = benchmark.benchmark_id
    if await asyncio.to_thread(state_of, archive, benchmark) == SessionState.OPEN:
        raise UsageError(
            f"benchmark {found} is being run by another process now",
            f"See how far it is with: council bench show {found}",
        )
    if suite.digest != benchmark.suite_digest:
        raise UsageError(
            f"the tasks or tests of {one_line(suite.id, 60)} are not those that benchmark {found} began with",
            "Start a new one: samples of two versions cannot be compared",
        )
    if policy.id != benchmark.policy:
        raise UsageError(
            f"benchmark {found} began with the policy {one_line(benchmark.policy, 60)}, not {one_line(policy.id, 60)}",
            "Name it with --policy",
        )
    if check is not None:
        check(benchmark)
    samples = await asyncio.to_thread(archive.read_samples, found)
    ledger = Ledger(archive, benchmark, samples)
    if benchmark.state is not SessionState.FINISHED:
        await ledger.change(state=SessionState.OPEN)
    return ledger


def state_of(archive: Archive, benchmark: Benchmark) -> str:
    """Return how far a benchmark is: one that says ``open`` and whose process is gone was ``interrupted``."""
    if benchmark.state is not SessionState.OPEN:
        return benchmark.state.value
    listed = archive.list_benchmarks(limit=_MOST_LISTED)
    return next((s.state for s in listed if s.benchmark_id == benchmark.benchmark_id), benchmark.state.value)


def similar(archive: Archive, suite: Suite, plan: BenchPlan) -> str | None:
    """Return the id of the newest benchmark that was interrupted and had the same tasks and the same plan."""
    for summary in archive.list_benchmarks(limit=_LOOKED_AT):
        same = summary.suite == suite.id and set(summary.models) == set(plan.models)
        if not same or summary.state in (SessionState.FINISHED, SessionState.OPEN):
            continue
        found = archive.read_benchmark(summary.benchmark_id)
        theirs = (found.suite_digest, found.seed, found.samples_per_task, found.temperature, found.imported_from)
        if theirs == (suite.digest, plan.seed, plan.samples, plan.temperature, None):
            return found.benchmark_id
    return None


def summary_of(task: Task) -> TaskSummary:
    """Return what a benchmark keeps of a task."""
    return TaskSummary(
        id=task.id,
        title=task.title,
        text=task.text,
        path=task.path,
        digest=task.digest,
        tests=count_tests(task.tests),
        edge_tests=count_tests(task.edge_tests),
        reference=task.reference,
        tags=task.tags,
    )


def count_tests(files: Sequence[SourceFile]) -> int:
    """Return how many test functions stand in the files; a parametrised one counts once.

    >>> count_tests([SourceFile(path="test_a.py", text="def test_a(): ...\\nclass TestB:\\n    def test_c(self): ...")])
    2
    """
    count = 0
    for file in files:
        if (tree := syntax_tree(file.text)) is None:
            continue
        body = tree.body
        classes = [node.body for node in body if isinstance(node, ast.ClassDef)]
        for node in (*body, *(inner for of_class in classes for inner in of_class)):
            functions = ast.FunctionDef | ast.AsyncFunctionDef
            count += isinstance(node, functions) and node.name.startswith("test")
    return count
