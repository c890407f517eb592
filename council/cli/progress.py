"""A benchmark while it runs: one line that moves on a terminal, one plain line a sample everywhere else."""

from __future__ import annotations

import time
from typing import TextIO

from rich.text import Text

from council.bench.events import BenchEvent, BenchmarkOpened, ModelLoaded, ModelLoading, SampleFinished, SampleStarted
from council.rendering.figures import duration, outcome_words, size
from council.rendering.terminal.moving import Moving
from council.text import one_line, plural
from council.types.benchmarks import BenchedModel, Sample


class BenchProgress(Moving):
    """Shows the events of a benchmark on standard error. A context manager: what moved is gone when it ends.

    Args:
        quiet: show nothing.
        stream: where to write; standard error by default.
    """

    FRAMES_PER_S = 4

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        super().__init__(quiet=quiet, stream=stream)
        self._doing = ""
        self._counted = ""
        self._since = time.monotonic()
        self._left_s: float | None = None
        self._told_at = time.monotonic()
        self.benchmark_id: str | None = None
        """Of the benchmark that is under way, once it is kept."""

    def hear(self, event: BenchEvent) -> None:
        """Take in what happened and show it."""
        match event:
            case BenchmarkOpened():
                self._open(event)
            case ModelLoading(model=model):
                self._begin(f"{model}: loading")
            case ModelLoaded(model=loaded):
                self._say(_loaded_words(loaded))
            case SampleStarted():
                self._begin(f"{event.model}  {event.task}" + ("  the council reads it" if event.reviewed else ""))
            case SampleFinished():
                self._finish(event)

    def _open(self, event: BenchmarkOpened) -> None:
        found = event.benchmark
        self.benchmark_id = found.benchmark_id
        self._counted = f"{event.done} of {event.total}"
        models, tasks = plural(len(found.models), "model"), plural(len(found.tasks), "task")
        there = f", {event.done} of them are there" if event.done else ""
        self._say(f"benchmark {found.benchmark_id}: {models}, {tasks}, {plural(event.total, 'sample')}{there}")

    def _begin(self, doing: str) -> None:
        self._doing, self._since = doing, time.monotonic()

    def _finish(self, event: SampleFinished) -> None:
        self._counted = f"{event.done} of {event.total}"
        self._left_s, self._told_at = event.left_s, time.monotonic()
        sample = event.sample
        left = "" if not event.left_s else f"  {duration(event.left_s)} left"
        said = _read_words(sample) if event.reviewed else _sample_words(sample)
        number = f" #{sample.number}" if sample.number > 1 else ""
        self._say(f"{self._counted}  {sample.model}  {sample.task}{number}  {said}{left}")

    def _frame(self) -> Text:
        frame = Text(no_wrap=True, overflow="ellipsis" if self._sheet.unicode else "crop")
        frame.append(f"  {self._shown(self._counted, 40)}  ", "bold")
        frame.append(self._shown(self._doing, 120), "cyan")
        frame.append(f"  {time.monotonic() - self._since:.0f} s", "dim")
        if self._left_s is not None:
            left_s = max(0.0, self._left_s - (time.monotonic() - self._told_at))
            frame.append(f"  about {duration(left_s)} left", "dim")
        return frame


def _loaded_words(model: BenchedModel) -> str:
    memory = model.memory
    took = "" if model.load_s is None else f" in {duration(model.load_s)}"
    words = {"fits": "all of it in video memory", "cpu": "on the CPU", "spilled": "partly in video memory"}
    place = words.get(memory.fit, "") if memory else ""
    room = size(memory.size_bytes) if memory and memory.size_bytes else ""
    return f"{model.name}: loaded{took}" + "".join(f", {word}" for word in (room, place) if word)


def _sample_words(sample: Sample) -> str:
    said = outcome_words(sample.outcome)
    if sample.passed and sample.edge_passed is not None:
        said += ", edge cases too" if sample.edge_passed else ", edge cases not"
    spent = "" if sample.duration_s is None else f" in {duration(sample.duration_s)}"
    return f"{said}{spent}" + (f" ({one_line(sample.reason, 120)})" if sample.reason and not sample.passed else "")


def _read_words(sample: Sample) -> str:
    return "not read" if sample.readability is None else f"readability {sample.readability:.1f} of 10"
