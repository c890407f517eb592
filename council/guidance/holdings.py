"""What the store holds that the set rests on: the newest measurements of each model, and the advisories."""

from __future__ import annotations

from council.measuring import tabulate
from council.protocols import Archive
from council.types.base import Record
from council.types.benchmarks import BenchedModel, Benchmark, Cell, Row, Table
from council.types.knowledge import DocumentVersion
from council.types.session import SessionState

_MOST = 10_000
"""Benchmarks that are looked through for the newest of each model."""


class Measurement(Record):
    """The newest finished benchmark of one model."""

    model: BenchedModel
    benchmark: Benchmark
    table: Table
    samples: int
    """Those of this model that say something about it."""

    def cell(self, metric: str) -> tuple[Row, Cell] | None:
        """Return what was measured of a metric, or ``None``."""
        row = self.table.row(metric)
        cell = row.cell(self.model.name) if row is not None else None
        known = cell is not None and (cell.value is not None or cell.word is not None)
        return (row, cell) if row is not None and cell is not None and known else None


class Holdings(Record):
    """Everything of a store that the set is made from."""

    measurements: tuple[Measurement, ...] = ()
    """One a model, sorted by its name."""
    advisories: tuple[tuple[DocumentVersion, ...], ...] = ()
    """The versions of each advisory, the newest first; sorted by name."""


def read_holdings(archive: Archive) -> Holdings:
    """Return what the set is made from. Blocks; raises ``StoreError``."""
    names = [name for name in archive.list_documents() if name.startswith("advisory/")]
    versions = tuple(tuple(archive.list_versions(name)) for name in sorted(names))
    return Holdings(measurements=_measurements(archive), advisories=tuple(v for v in versions if v))


def _measurements(archive: Archive) -> tuple[Measurement, ...]:
    """Return each model's newest benchmark that is finished and says something about it."""
    found: dict[str, Measurement] = {}
    finished = [s for s in archive.list_benchmarks(limit=_MOST) if s.state == SessionState.FINISHED]
    for summary in sorted(finished, key=lambda s: (s.created_at, s.benchmark_id), reverse=True):
        if set(summary.models) <= found.keys():
            continue
        benchmark = archive.read_benchmark(summary.benchmark_id)
        samples = archive.read_samples(summary.benchmark_id)
        counts = {m.name: sum(s.counted for s in samples if s.model == m.name) for m in benchmark.models}
        table = tabulate(benchmark, samples)
        for model in benchmark.models:
            if counts[model.name] and model.name not in found:
                found[model.name] = Measurement(
                    model=model, benchmark=benchmark, table=table, samples=counts[model.name]
                )
    return tuple(found[name] for name in sorted(found))
