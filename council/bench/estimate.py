"""How long a benchmark may take, before anything is known of it but its size."""

from __future__ import annotations

from collections.abc import Sequence

from council.bench.plan import BenchPlan
from council.protocols import Archive
from council.types.base import Record
from council.types.benchmarks import Suite
from council.types.calls import LocalModel

_TESTS_S = 1.5
"""What the checks of one sample take on a small machine."""
_TOKENS = 250
_BYTES_PER_S = 12e9
"""What a CPU reads of the weights in a second; each token needs all of them. A graphics card is ten times faster."""
_RUNS = 20
"""Earlier benchmarks that are looked at."""


class Guess(Record):
    """How long it may take, and by what."""

    seconds: float
    known_by: str
    """``earlier benchmarks``, ``the sizes of the models``, ``both``."""


def guess_s(archive: Archive, plan: BenchPlan, suite: Suite, models: Sequence[LocalModel]) -> Guess | None:
    """Return how long all samples may take; ``None`` where nothing is known of a model, not even its size."""
    earlier = _earlier(archive, set(plan.models))
    sizes = {model.name: model.size_bytes for model in models}
    whole, ways = 0.0, set()
    for name in plan.models:
        size = sizes.get(name) or sizes.get(f"{name}:latest")
        if name in earlier:
            each, way = earlier[name], "earlier benchmarks"
        elif size:
            each, way = _TOKENS * size / _BYTES_PER_S, "the sizes of the models"
        else:
            return None
        ways.add(way)
        whole += (each + _TESTS_S) * len(suite.tasks) * plan.samples
    return Guess(seconds=whole, known_by=" and ".join(sorted(ways)))


def _earlier(archive: Archive, models: set[str]) -> dict[str, float]:
    """Return the mean seconds a task that each model needed the last time it was run."""
    found: dict[str, float] = {}
    for summary in archive.list_benchmarks(limit=_RUNS):
        for name in (models & set(summary.models)) - set(found):
            spent = [s.duration_s for s in archive.read_samples(summary.benchmark_id, model=name) if s.duration_s]
            if spent:
                found[name] = sum(spent) / len(spent)
    return found
