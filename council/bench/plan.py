"""Which model gets which task when, decided by the seed alone, so that a run that was killed knows what is left."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import Field

from council.policies import Policy
from council.types.base import Record
from council.types.benchmarks import Sample

FIRST_TEMPERATURE = 0.0
"""Of the first sample of each task: what the model thinks most likely."""
MORE_TEMPERATURE = 0.8
"""Of further samples, unless it is said: they would all be the same without."""


class BenchPlan(Record):
    """What is measured."""

    models: tuple[str, ...]
    """As the server names them, in the order the table shows them."""
    policy: Policy
    """Its checks run over each sample; its rules on models are not asked, for a benchmark may be about a banned one."""
    samples: Annotated[int, Field(ge=1, le=1000)] = 1
    """How often each model solves each task."""
    seed: Annotated[int, Field(ge=0)] = 0
    temperature: Annotated[float, Field(ge=0, le=2)] = MORE_TEMPERATURE
    """Of every sample but the first, which has 0."""
    reviewed: bool = False
    """Let the council sit over each code that passes."""
    one_at_a_time: bool | None = None
    """Load one model after the other; ``None``: where memory asks for it."""


class Slot(Record):
    """One sample to be made."""

    model: str
    task: str
    number: int
    seed: int
    temperature: float

    @property
    def key(self) -> tuple[str, str, int]:
        """What a sample is known by in its benchmark."""
        return (self.model, self.task, self.number)


def plan_slots(plan: BenchPlan, tasks: Sequence[str], *, together: bool) -> tuple[Slot, ...]:
    """Return every sample in the order it is made.

    With ``together`` each task goes to all models before the next one, and another model begins each time. Otherwise
    each model has all its tasks in a row, and the seed decides which model begins.
    """
    found: list[Slot] = []
    if together:
        for index, task in enumerate(tasks):
            for model in _rotated(plan.models, plan.seed + index):
                found += _slots(plan, model, task)
    else:
        for model in _rotated(plan.models, plan.seed):
            for task in tasks:
                found += _slots(plan, model, task)
    return tuple(found)


def missing_slots(slots: Iterable[Slot], samples: Iterable[Sample]) -> tuple[Slot, ...]:
    """Return the slots that have no sample yet, in their order."""
    there = {(sample.model, sample.task, sample.number) for sample in samples}
    return tuple(slot for slot in slots if slot.key not in there)


def sample_seed(seed: int, model: str, task: str, number: int) -> int:
    """Return the seed of one sample: the same for the same benchmark seed, model, task and number everywhere."""
    text = f"{seed}\0{model}\0{task}\0{number}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") >> 1


def _slots(plan: BenchPlan, model: str, task: str) -> list[Slot]:
    return [
        Slot(
            model=model,
            task=task,
            number=number,
            seed=sample_seed(plan.seed, model, task, number),
            temperature=FIRST_TEMPERATURE if number == 1 else plan.temperature,
        )
        for number in range(1, plan.samples + 1)
    ]


def _rotated(models: tuple[str, ...], by: int) -> tuple[str, ...]:
    turn = by % len(models) if models else 0
    return (*models[turn:], *models[:turn])
