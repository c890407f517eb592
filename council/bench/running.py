"""Each model writes each task, its tests run, and every sample is kept when it is there."""

from __future__ import annotations

import time
from typing import Any

from council.bench.events import (
    BenchmarkOpened,
    Listener,
    ModelLoaded,
    ModelLoading,
    SampleFinished,
    SampleStarted,
    deaf,
)
from council.bench.hosting import AskedHost, all_loaded, known_models, load, may_fit_together, unload
from council.bench.judging import bench_policy, judge_code, strict_house
from council.bench.ledger import Ledger, new_benchmark, take_up
from council.bench.machine import this_machine
from council.bench.pace import Pace
from council.bench.plan import BenchPlan, Slot, missing_slots, plan_slots
from council.bench.sittings import require_seats, review_samples
from council.engine import Council
from council.errors import ModelBroken, ModelOverflow, ModelRefused, ModelTimeout
from council.policies import Policy
from council.protocols import Archive
from council.text import clip, one_line
from council.types.base import now
from council.types.benchmarks import Benchmark, Sample, SampleOutcome, Suite, Task
from council.types.session import Attempt, SessionState
from council.types.submission import Origin

WRITING = Policy(id="benchmark-writing", title="Writing for a benchmark")
"""No check runs and no rule on models holds while a model writes: its code is judged once, afterwards."""
_OF_THE_TASK = (ModelTimeout, ModelBroken, ModelRefused, ModelOverflow)
"""What can go wrong with one question; every other error of a model ends the run."""


async def run_benchmark(
    suite: Suite, plan: BenchPlan, *, house: Council, archive: Archive, on_event: Listener | None = None
) -> Benchmark:
    """Let every model solve every task, and return the finished benchmark. Its samples are in the archive.

    Args:
        suite: the tasks; a model sees the text of a task and nothing else.
        plan: models, samples, seed and policy.
        house: its host writes, its sandbox validates, its seats review.
        archive: keeps the benchmark from its first moment, and each sample when it is there.
        on_event: hears what happens.

    Raises:
        ModelMissing: the host lacks a model; nothing was begun.
        ModelError: the host is gone; the benchmark is kept as interrupted and can be taken up again.
        StoreError: the archive cannot be written.
    """
    models = await known_models(house.host, plan.models)
    plan = plan.but(models=tuple(model.name for model in models))
    if plan.reviewed:
        require_seats(house, plan.policy)
    version = await house.host.version()
    benchmark = new_benchmark(
        suite,
        models,
        samples_per_task=plan.samples,
        seed=plan.seed,
        temperature=plan.temperature,
        policy=plan.policy.id,
        reviewed=plan.reviewed,
        machine=this_machine(f"Ollama {one_line(version, 40)}" if version else None),
    )
    ledger = Ledger(archive, benchmark)
    await ledger.open()
    return await _Run(suite, plan, house, ledger, on_event or deaf).work()


async def resume_benchmark(
    benchmark_id: str,
    suite: Suite,
    policy: Policy,
    *,
    house: Council,
    archive: Archive,
    on_event: Listener | None = None,
    one_at_a_time: bool | None = None,
) -> Benchmark:
    """Go on with a benchmark that was interrupted: exactly the samples that are missing, under the same plan.

    Raises what ``run_benchmark`` raises, and ``UsageError`` when another process runs it, the tasks have changed, or
    the policy is another one.
    """
    ledger = await take_up(archive, benchmark_id, suite, policy=policy)
    found = ledger.benchmark
    if found.state is SessionState.FINISHED:
        return found
    plan = BenchPlan(
        models=tuple(model.name for model in found.models),
        policy=policy,
        samples=found.samples_per_task,
        seed=found.seed,
        temperature=BenchPlan.model_fields["temperature"].default if found.temperature is None else found.temperature,
        reviewed=found.reviewed,
        one_at_a_time=one_at_a_time,
    )
    return await _Run(suite, plan, house, ledger, on_event or deaf).work()


class _Run:
    """One benchmark while it runs."""

    def __init__(self, suite: Suite, plan: BenchPlan, house: Council, ledger: Ledger, tell: Listener) -> None:
        self._tasks = {task.id: task for task in suite.tasks}
        self._plan = plan
        self._policy = bench_policy(plan.policy)
        self._house = house
        self._testing = strict_house(house)
        self._ledger = ledger
        self._tell = tell
        self._current: str | None = None
        self._together = False

    async def work(self) -> Benchmark:
        """Make what is missing. Whatever ends it early leaves the benchmark as interrupted."""
        try:
            await self._make()
            if self._plan.reviewed:
                await review_samples(self._ledger, self._tasks, self._plan.policy, self._house, self._tell)
            return await self._ledger.finish()
        except BaseException:
            self._ledger.interrupt()
            raise

    async def _make(self) -> None:
        order = plan_slots(self._plan, tuple(self._tasks), together=False)
        left = missing_slots(order, self._ledger.samples)
        self._tell(BenchmarkOpened(benchmark=self._ledger.benchmark, done=len(order) - len(left), total=len(order)))
        if not left:
            return
        await self._present(left)
        self._together = await self._load_together(left)
        order = plan_slots(self._plan, tuple(self._tasks), together=self._together)
        left = missing_slots(order, self._ledger.samples)
        pace = Pace(slot.model for slot in left)
        for number, slot in enumerate(left, len(order) - len(left) + 1):
            if not self._together and slot.model != self._current:
                await self._load_alone(slot.model)
            started = time.monotonic()
            self._tell(SampleStarted(model=slot.model, task=slot.task, number=slot.number))
            sample = await self._sample(slot)
            await self._ledger.add(sample)
            pace.done(slot.model, time.monotonic() - started)
            self._tell(SampleFinished(sample=sample, done=number, total=len(order), left_s=pace.left_s))

    async def _present(self, left: tuple[Slot, ...]) -> None:
        """Make sure that the models that are still to be asked are there. Raises ``ModelMissing``."""
        wanted = {slot.model for slot in left}
        there = {m.name: m.digest for m in await known_models(self._house.host, sorted(wanted))}
        for model in self._ledger.benchmark.models:
            now_is = there.get(model.name)
            if model.digest and now_is and model.digest != now_is:
                await self._ledger.note(f"{model.name} has other weights since it was taken up again")

    async def _load_together(self, left: tuple[Slot, ...]) -> bool:
        """Try to have all models in memory at the same time; return whether they are."""
        names = [name for name in self._plan.models if any(slot.model == name for slot in left)]
        models = [model for model in self._ledger.benchmark.models if model.name in names]
        if len(names) == 1 or self._plan.one_at_a_time is True:
            why = "as asked for" if len(names) > 1 else None
        elif self._plan.one_at_a_time is None and not may_fit_together(models):
            why = "they may not fit into memory together"
        else:
            for model in models:
                await self._load(model.name)
            if await all_loaded(self._house.host, names):
                await self._ledger.note("order: task by task, all models in memory, another one first each time")
                return True
            why = "the server did not keep them in memory together"
        if why is not None:
            await self._ledger.note(f"order: model by model, one in memory at a time ({why})")
        return False

    async def _load_alone(self, name: str) -> None:
        if self._current is not None and self._current != name:
            await unload(self._house.host, self._current)
        await self._load(name)

    async def _load(self, name: str) -> None:
        self._tell(ModelLoading(model=name))
        model = next(model for model in self._ledger.benchmark.models if model.name == name)
        loaded = await load(self._house.host, model)
        self._current = name
        await self._ledger.know(loaded)
        self._tell(ModelLoaded(model=loaded))

    async def _sample(self, slot: Slot) -> Sample:
        task = self._tasks[slot.task]
        known = {
            "benchmark_id": self._ledger.benchmark.benchmark_id,
            "model": slot.model,
            "task": slot.task,
            "number": slot.number,
            "temperature": slot.temperature,
            "seed": slot.seed,
        }
        asked = AskedHost(self._house.host, slot.seed)
        try:
            attempt = await self._written(slot, task, asked)
        except _OF_THE_TASK as error:
            # A server that is gone is no fault of the model's: then this raises, and the run ends.
            await self._house.host.version()
            reason = one_line(f"no answer: {error.problem}", 300)
            return _sample(known, outcome=SampleOutcome.NO_CODE, reason=reason, edge_passed=_not_edge(task))
        known |= _measured(attempt)
        known["served_model"] = asked.reply.served_model if asked.reply else None
        if attempt.code is None or attempt.truncated:
            reply = clip(asked.reply.text) if asked.reply else None
            reason = attempt.reason or "no code in the reply"
            outcome = SampleOutcome.NO_CODE
            return _sample(known, outcome=outcome, reason=reason, reply=reply, edge_passed=_not_edge(task))
        origin = Origin(model=slot.model, digest=attempt.digest)
        judged = await judge_code(attempt.code, task, self._policy, house=self._testing, origin=origin)
        return _sample(known, code=attempt.code, **judged.fields())

    async def _written(self, slot: Slot, task: Task, asked: AskedHost) -> Attempt:
        """Let the model write, through the same path as ``council generate``. Raises ``ModelError``."""
        changes = {
            "model": slot.model,
            "draft_model": None,
            "fallback_model": None,
            "repairs": 0,  # a benchmark measures the model, not what repairs make of it
            "generation_temperature": slot.temperature,
        }
        settings = self._house.settings.model_copy(update=changes)
        writer = Council(settings, client=self._house.client, host=asked, sandbox=self._house.sandbox)
        session = await writer.generate(task.text, path=task.path, policy=WRITING)
        if session.generation is None or not session.generation.attempts:
            raise ModelBroken(f"{one_line(slot.model, 80)} made no attempt")
        return session.generation.attempts[0]


def _measured(attempt: Attempt) -> dict[str, Any]:
    """Return the times and counts of an attempt, the time that loading took left out."""
    load_s = attempt.load_s or 0.0

    def unloaded(seconds: float | None) -> float | None:
        return None if seconds is None else max(0.0, seconds - load_s)

    return {
        "digest": attempt.digest,
        "duration_s": unloaded(attempt.duration_s),
        "load_s": attempt.load_s,
        "first_token_s": unloaded(attempt.first_token_s),
        "prompt_tokens": attempt.prompt_tokens,
        "completion_tokens": attempt.completion_tokens,
    }


def _not_edge(task: Task) -> bool | None:
    """Return what holds for the edge cases of a task that nothing was written for."""
    return False if task.edge_tests else None


def _sample(known: dict[str, Any], **fields: Any) -> Sample:
    return Sample.model_validate({**known, **fields, "finished_at": now()})
