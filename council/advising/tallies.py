"""What can be counted over the programs that one model wrote for one benchmark, each count with what it is out of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from council.advising.classes import CLASSES, classify
from council.text import plural
from council.types.benchmarks import Sample
from council.types.checks import CheckOutcome

MOST_CLASSES = 8
"""So many classes of failure are shown, those on the most tasks."""
_TOOLS = ("syntax", "lint", "security")


@dataclass(frozen=True)
class Tally:
    """``count`` of ``of`` programs; ``of`` ``None`` where the count stands alone."""

    count: int
    of: int | None
    noun: str = "program"

    @property
    def text(self) -> str:
        """``83 of 164 programs``, ``19 ways``."""
        return plural(self.count, self.noun) if self.of is None else f"{self.count} of {plural(self.of, self.noun)}"


class Failures:
    """The failed programs of one model, put into classes once."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.counted = tuple(sample for sample in samples if sample.counted)
        self.by_class: dict[str, tuple[Sample, ...]] = {}
        found: dict[str, list[Sample]] = {}
        for sample in self.counted:
            key = classify(sample)
            if key is not None:
                found.setdefault(key, []).append(sample)
        rank = {key: number for number, key in enumerate(CLASSES)}
        for key in sorted(found, key=lambda k: (-len(tasks_of(found[k])), -len(found[k]), rank[k])):
            self.by_class[key] = tuple(sorted(found[key], key=lambda s: (s.task, s.number)))

    @property
    def failed(self) -> tuple[Sample, ...]:
        """Every program that failed a plain or an edge-case test, or has no code."""
        return tuple(sample for samples in self.by_class.values() for sample in samples)

    def tally(self, name: str) -> Tally:
        """Return a count by its name. Raises ``LookupError``."""
        if name not in _TALLIES:
            raise LookupError(f"nothing is counted as {name!r}")
        return _TALLIES[name](self)


def tasks_of(samples: Sequence[Sample]) -> tuple[str, ...]:
    """Return the tasks some samples were written for, each once, sorted."""
    return tuple(sorted({sample.task for sample in samples}))


def unseen(samples: Sequence[Sample]) -> tuple[Sample, ...]:
    """Return those that passed every plain test and failed an edge case."""
    return tuple(sample for sample in samples if sample.passed and sample.edge_passed is False)


def _looks_right(sample: Sample) -> bool:
    """Whether it parses, and neither linter nor security scan found anything that the policy blocks."""
    if sample.report is None:
        return False
    checks = [check for check in map(sample.report.check, _TOOLS) if check is not None]
    return bool(checks) and all(check.outcome is CheckOutcome.PASSED for check in checks)


def _among_failed(keep: Callable[[Failures], int]) -> Callable[[Failures], Tally]:
    return lambda failures: Tally(keep(failures), len(failures.failed), "program")


_TALLIES: dict[str, Callable[[Failures], Tally]] = {
    "failed": lambda f: Tally(len(f.failed), len(f.counted)),
    "classes": lambda f: Tally(len(f.by_class), None, "way"),
    "rare": lambda f: Tally(max(0, len(f.by_class) - MOST_CLASSES), None, "way"),
    "silent": _among_failed(lambda f: sum(len(s) for key, s in f.by_class.items() if CLASSES[key].silent)),
    "looks_right": _among_failed(lambda f: sum(_looks_right(sample) for sample in f.failed)),
    "unseen": lambda f: Tally(len(unseen(f.failed)), sum(sample.passed for sample in f.counted)),
    "no_code": lambda f: Tally(len(f.by_class.get("no-code", ())), len(f.counted)),
}
