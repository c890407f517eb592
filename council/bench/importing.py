"""What other models wrote elsewhere, judged here by its tests: nobody's word for an outcome is taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence

from council.bench.events import BenchmarkOpened, Listener, SampleFinished, SampleStarted, deaf
from council.bench.judging import bench_policy, judge_code, strict_house
from council.bench.ledger import Ledger, new_benchmark, take_up
from council.bench.machine import cores, this_machine
from council.bench.pace import Pace
from council.engine import Council
from council.errors import UsageError
from council.policies import Policy
from council.protocols import Archive
from council.suites import RecordedOutput, RecordedOutputs
from council.text import one_line, plural
from council.types.base import now
from council.types.benchmarks import BenchedModel, Benchmark, Sample, SampleOutcome, Suite, Task
from council.types.session import SessionState
from council.types.submission import Origin

_NAMED = 20
"""Samples that the note on the recording names one by one."""


async def import_outputs(
    recorded: RecordedOutputs,
    suite: Suite,
    policy: Policy,
    *,
    house: Council,
    archive: Archive,
    on_event: Listener | None = None,
    resume: str | None = None,
) -> Benchmark:
    """Run the tests of a suite over recorded outputs, several at once, and return the finished benchmark.

    Args:
        recorded: what the models wrote; outputs for tasks that the suite does not have are left out and counted.
        suite: its plain tests decide, its edge-case tests are counted apart.
        policy: its checks run over each output; the tests are required whatever it says.
        house: its sandbox runs everything.
        archive: keeps the benchmark and each sample when it is there.
        on_event: hears what happens.
        resume: id of an import that was interrupted; only what is missing is run.

    Raises:
        UsageError: there is nothing to run, or the benchmark to resume is another one.
        StoreError: the archive cannot be written.
    """
    tasks = {task.id: task for task in suite.tasks}
    wanted = tuple(output for output in recorded.outputs if output.task_id in tasks)
    if not wanted:
        remedy = "Name the suite that has its tasks with --suite"
        raise UsageError(f"{recorded.name}: none of its outputs is for a task of {one_line(suite.id, 60)}", remedy)
    policy = bench_policy(policy)
    if resume is None:
        ledger = Ledger(archive, _new(recorded, wanted, suite, policy))
        await ledger.open()
    else:
        ledger = await take_up(
            archive, resume, suite, policy=policy, check=lambda found: _require_same(found, recorded, wanted)
        )
        if ledger.benchmark.state is SessionState.FINISHED:
            return ledger.benchmark
    importing = _Import(wanted, tasks, policy, house, ledger, on_event or deaf)
    try:
        await importing.work()
        if (strangers := len(recorded.outputs) - len(wanted)) > 0:
            await ledger.note(f"{plural(strangers, 'output')} left out: the suite does not have the task")
        if (told := agreement(ledger.samples)) is not None:
            await ledger.note(told)
        return await ledger.finish()
    except BaseException:
        ledger.interrupt()
        raise


def agreement(samples: Sequence[Sample]) -> str | None:
    """Say how often the recording and our own run agree, and where not; ``None`` without a recording."""
    both = [s for s in samples if s.recorded_outcome is not None and s.counted]
    if not both:
        return None
    apart = [s for s in both if s.recorded_outcome is not s.passed]
    told = f"the recorded outcome agrees for {len(both) - len(apart)} of {plural(len(both), 'sample')}"
    named = [one_line(f"{sample.task} of {sample.model}", 120) for sample in apart[:_NAMED]]
    more = f" and {plural(len(apart) - _NAMED, 'more sample')}" if len(apart) > _NAMED else ""
    return told + (f"; it differs for {', '.join(named)}{more}" if named else "")


class _Import:
    """One import while it runs."""

    def __init__(
        self,
        outputs: tuple[RecordedOutput, ...],
        tasks: dict[str, Task],
        policy: Policy,
        house: Council,
        ledger: Ledger,
        tell: Listener,
    ) -> None:
        there = {(s.model, s.task, s.number) for s in ledger.samples}
        self._total = len(outputs)
        self._left = tuple(o for o in outputs if (o.model, o.task_id, o.number) not in there)
        self._done = self._total - len(self._left)
        self._tasks = tasks
        self._policy = policy
        self._house = strict_house(house)
        self._ledger = ledger
        self._tell = tell
        self._workers = min(cores(), max(1, len(self._left)))
        self._pace = Pace((output.model for output in self._left), workers=self._workers)
        self._writing = asyncio.Lock()

    async def work(self) -> None:
        """Run the tests of everything that is left, as many at once as there are cores."""
        self._tell(BenchmarkOpened(benchmark=self._ledger.benchmark, done=self._done, total=self._total))
        queue = iter(self._left)
        failure: Exception | None = None
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._workers):
                    group.create_task(self._take(queue))
        except ExceptionGroup as failures:  # leaves as itself: people get one sentence
            failure = failures.exceptions[0]
        if failure is not None:
            raise failure

    async def _take(self, queue: Iterator[RecordedOutput]) -> None:
        for output in queue:
            started = time.monotonic()
            self._tell(SampleStarted(model=output.model, task=output.task_id, number=output.number))
            sample = await self._judged(output)
            async with self._writing:
                await self._ledger.add(sample)
            self._done += 1
            self._pace.done(output.model, time.monotonic() - started)
            left_s = self._pace.left_s
            self._tell(SampleFinished(sample=sample, done=self._done, total=self._total, left_s=left_s))

    async def _judged(self, output: RecordedOutput) -> Sample:
        task = self._tasks[output.task_id]
        fields: dict[str, object] = {
            "outcome": SampleOutcome.NO_CODE,
            "reason": "the recording holds no code",
            "edge_passed": False if task.edge_tests else None,
        }
        if output.code.strip():
            origin = Origin(model=output.model)
            judged = await judge_code(output.code, task, self._policy, house=self._house, origin=origin)
            fields = {"code": output.code, **judged.fields()}
        return Sample.model_validate(
            {
                "benchmark_id": self._ledger.benchmark.benchmark_id,
                "model": output.model,
                "task": output.task_id,
                "number": output.number,
                "recorded_outcome": output.passed,
                "finished_at": now(),
                **fields,
            }
        )


def _new(recorded: RecordedOutputs, wanted: tuple[RecordedOutput, ...], suite: Suite, policy: Policy) -> Benchmark:
    named = {output.task_id for output in wanted}
    models = tuple(dict.fromkeys(output.model for output in wanted))
    given: Suite = suite.but(tasks=tuple(task for task in suite.tasks if task.id in named))
    return new_benchmark(
        given,
        tuple(BenchedModel(name=name, imported=True) for name in models),
        suite_digest=suite.digest,
        samples_per_task=max(output.number for output in wanted),
        policy=policy.id,
        machine=this_machine(),
        imported_from=recorded.name,
    )


def _require_same(benchmark: Benchmark, recorded: RecordedOutputs, wanted: tuple[RecordedOutput, ...]) -> None:
    """Raise ``UsageError`` unless the benchmark was begun with this file and these models."""
    models = {output.model for output in wanted}
    if benchmark.imported_from != recorded.name or {model.name for model in benchmark.models} != models:
        raise UsageError(
            f"benchmark {benchmark.benchmark_id} was not begun with these outputs of {recorded.name}",
            "Give the same file and the same --model and --limit as the first time",
        )
