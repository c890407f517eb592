"""What is measured of a model: one entry a metric, each with the number it takes from a sample.

Times are means over tasks of the mean over a task's samples, with loading left out; the speed is written tokens over
the whole time of a reply. Findings are counted over all samples that were checked. A sample without code, or one that
worked on its tests, has failed plain and edge-case tests alike; a check that did not run says nothing about the code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from council.types.base import Record
from council.types.benchmarks import BenchedModel, Memory, Sample, SampleOutcome, TaskSummary
from council.types.checks import CheckOutcome
from council.types.findings import Severity

Take = Callable[[Sample, TaskSummary], float | None]
"""The number a sample gives, ``None`` where it says nothing."""
_RAN = (CheckOutcome.PASSED, CheckOutcome.FAILED)


class Column(Record):
    """One model of a table with its counted samples by task."""

    name: str
    model: BenchedModel
    samples: dict[str, tuple[Sample, ...]]
    samples_per_task: int
    reviewed: bool = False


@dataclass(frozen=True)
class Metric:
    """A row that is computed from samples."""

    key: str
    title: str
    unit: Literal["share", "seconds", "tokens_per_second", "count", "score"]
    better: Literal["higher", "lower"]
    take: Take
    binary: bool = False

    def observed(self, column: Column, tasks: Mapping[str, TaskSummary]) -> dict[str, tuple[float, ...]]:
        """Return the numbers of one model by task; tasks without any are not in it."""
        found = {}
        for task_id in sorted(column.samples):
            taken = (self.take(sample, tasks[task_id]) for sample in column.samples[task_id])
            numbers = tuple(sorted(number for number in taken if number is not None))
            if numbers:
                found[task_id] = numbers
        return found


def passes_plain(sample: Sample, task: TaskSummary) -> float | None:
    """Return whether a sample passed its plain tests."""
    return float(sample.passed)


def passes_edge(sample: Sample, task: TaskSummary) -> float | None:
    """Return whether a sample passed its edge-case tests; without code, or with tampering, it did not."""
    if not task.edge_tests:
        return None
    if sample.outcome in (SampleOutcome.NO_CODE, SampleOutcome.TAMPERED):
        return 0.0
    return None if sample.edge_passed is None else float(sample.edge_passed)


def passes_both(sample: Sample, task: TaskSummary) -> float | None:
    """Return whether a sample passed every test there is; ``None`` where only its edge-case tests could not be run."""
    if not sample.passed:
        return 0.0
    return passes_edge(sample, task) if task.edge_tests else 1.0


def _speed(sample: Sample, task: TaskSummary) -> float | None:
    if not sample.completion_tokens or not sample.duration_s:
        return None
    return sample.completion_tokens / sample.duration_s


def _findings(check_name: str, least: Severity) -> Take:
    def take(sample: Sample, task: TaskSummary) -> float | None:
        check = sample.report.check(check_name) if sample.report is not None else None
        if check is None or check.outcome not in _RAN:
            return None
        return float(sum(finding.severity.rank >= least.rank for finding in check.findings))

    return take


def _is(outcome: SampleOutcome) -> Take:
    return lambda sample, task: float(sample.outcome is outcome)


PASSES = (
    Metric("tests_passed", "tests passed", "share", "higher", passes_plain, binary=True),
    Metric("edge_cases", "edge cases", "share", "higher", passes_edge, binary=True),
    Metric("both_passed", "both passed", "share", "higher", passes_both, binary=True),
)
TIMES = (
    Metric("time_per_task_s", "time a task", "seconds", "lower", lambda sample, task: sample.duration_s),
    Metric("first_token_s", "first token", "seconds", "lower", lambda sample, task: sample.first_token_s),
    Metric("tokens_per_s", "tokens a second", "tokens_per_second", "higher", _speed),
)
FINDINGS = (  # bandit calls a bare assert a finding of low severity: it would count as one against whoever tests inputs
    Metric("security_findings", "security findings", "count", "lower", _findings("security", Severity.MEDIUM)),
    Metric("lint_findings", "lint findings", "count", "lower", _findings("lint", Severity.INFO)),
)
ODD = (
    Metric("no_code", "replies without code", "count", "lower", _is(SampleOutcome.NO_CODE), binary=True),
    Metric("tampered", "tampered with tests", "count", "lower", _is(SampleOutcome.TAMPERED), binary=True),
)
READABILITY = Metric("readability", "readability", "score", "higher", lambda sample, task: sample.readability)


@dataclass(frozen=True)
class Trait:
    """A row that is one fact about each model, not an average over samples."""

    key: str
    title: str
    unit: Literal["seconds", "bytes", "word"]
    better: Literal["lower", "neither"]
    number: Callable[[BenchedModel], float | None] = lambda model: None
    word: Callable[[BenchedModel], str | None] = lambda model: None


def fit_word(memory: Memory | None) -> str:
    """Return how a model sat in memory: ``fits``, ``spilled 23 %``, ``no (CPU)`` or ``unknown``."""
    if memory is None or memory.fit == "unknown":
        return "unknown"
    if memory.fit == "spilled":
        return "spilled" if memory.spilled is None else f"spilled {100 * memory.spilled:.0f} %"
    return "fits" if memory.fit == "fits" else "no (CPU)"


LOAD = Trait("load_s", "load", "seconds", "lower", number=lambda model: model.load_s)
TRAITS = (
    Trait("memory_bytes", "memory", "bytes", "lower", number=lambda m: m.memory.size_bytes if m.memory else None),
    Trait("on_gpu", "on GPU", "word", "neither", word=lambda model: fit_word(model.memory)),
    Trait("model_size_bytes", "model size", "bytes", "lower", number=lambda model: model.size_bytes),
    Trait("quantisation", "quantisation", "word", "neither", word=lambda model: model.quantisation),
    Trait("released_on", "released", "word", "neither", word=lambda model: model.released_on),
)


def counted(samples: Sequence[Sample], tasks: frozenset[str], model: str) -> dict[str, tuple[Sample, ...]]:
    """Return the samples of one model that say something about it, by task."""
    found: dict[str, list[Sample]] = {}
    for sample in samples:
        if sample.model == model and sample.task in tasks and sample.counted:
            found.setdefault(sample.task, []).append(sample)
    return {task: tuple(sorted(of_task, key=lambda s: s.number)) for task, of_task in sorted(found.items())}
