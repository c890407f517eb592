"""What happens while a benchmark runs, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable

from council.types.base import Record
from council.types.benchmarks import BenchedModel, Benchmark, Sample


class BenchmarkOpened(Record):
    """The benchmark stands in the store; its id is known from here on."""

    benchmark: Benchmark
    done: int
    """Samples that were there already."""
    total: int


class ModelLoading(Record):
    """A model is put into memory; its first answer is not counted."""

    model: str


class ModelLoaded(Record):
    """A model is in memory."""

    model: BenchedModel


class SampleStarted(Record):
    """A model is given a task, a recorded output its tests, or the council a sample to read."""

    model: str
    task: str
    number: int
    reviewed: bool = False
    """Whether the council reads it now."""


class SampleFinished(Record):
    """A sample is in the store."""

    sample: Sample
    done: int
    total: int
    left_s: float | None = None
    """How long the rest takes if it goes on like this."""
    reviewed: bool = False
    """Whether it was there before and has been read by the council now; ``done`` and ``total`` count sittings then."""


BenchEvent = BenchmarkOpened | ModelLoading | ModelLoaded | SampleStarted | SampleFinished
Listener = Callable[[BenchEvent], None]


def deaf(event: BenchEvent) -> None:
    """Listen to nothing."""
