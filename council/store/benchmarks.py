"""Benchmarks and their samples in tables: samples come one by one, each kept for good when its call returns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from council.errors import StoreError
from council.protocols import BenchmarkSummary
from council.store.links import refuse_to_lose
from council.store.owner import shown_state, this_owner
from council.store.tables import benchmarks, samples
from council.store.transactions import Database, find_id, moment, read_document, refuse_newer, to_key
from council.text import one_line
from council.types.benchmarks import BENCHMARK_SCHEMA, Benchmark, Sample

_LIST = "council bench list shows them all"


class Benchmarks:
    """The part of a store that keeps benchmarks and samples."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, benchmark: Benchmark) -> None:
        """Write a benchmark that has just begun."""
        row = benchmark_row(self._database, benchmark, owner=this_owner())
        with self._database.transaction() as connection:
            try:
                connection.execute(insert(benchmarks).values(row))
            except IntegrityError:
                shown = one_line(benchmark.benchmark_id, 60)
                raise StoreError(f"there is a benchmark {shown} already", "Run it again") from None

    def update(self, benchmark: Benchmark) -> None:
        """Replace what is known of a benchmark; its samples stay."""
        row = benchmark_row(self._database, benchmark, owner=this_owner())
        with self._database.transaction() as connection:
            changed = connection.execute(update(benchmarks).where(benchmarks.c.id == row["id"]).values(row))
            if changed.rowcount == 0:  # somebody deleted it, with its samples: a finished one without any would lie
                raise StoreError(f"there is no benchmark {one_line(benchmark.benchmark_id, 60)}", _LIST)

    def read(self, benchmark_id: str) -> Benchmark:
        """Return a benchmark by its id or an unambiguous beginning of it."""
        with self._database.transaction(reading=True) as connection:
            found = find_benchmark(connection, benchmark_id)
            columns = select(benchmarks.c.document, benchmarks.c.schema_version).where(benchmarks.c.id == found)
            document, version = connection.execute(columns).one()
        return benchmark_of(found, document, version)

    def list(self, *, limit: int) -> Sequence[BenchmarkSummary]:
        """Return the newest benchmarks first. One whose process is gone is shown as interrupted."""
        done = select(func.count()).where(samples.c.benchmark_id == benchmarks.c.id).scalar_subquery()
        names = ("id", "suite", "state", "created_at", "models", "tasks", "samples_per_task", "owner")
        newest = select(*(benchmarks.c[name] for name in names), done.label("done"))
        newest = newest.order_by(benchmarks.c.created_at.desc(), benchmarks.c.id.desc()).limit(max(limit, 0))
        with self._database.transaction(reading=True) as connection:
            rows = connection.execute(newest).mappings().all()
        return tuple(
            BenchmarkSummary(
                benchmark_id=row["id"],
                suite=row["suite"],
                state=shown_state(row["state"], row["owner"]),
                created_at=row["created_at"],
                models=tuple(json.loads(row["models"])),
                tasks=row["tasks"],
                samples_per_task=row["samples_per_task"],
                done=row["done"],
            )
            for row in rows
        )

    def delete(self, benchmark_id: str) -> str:
        """Delete a benchmark that nothing rests on, with its samples, and return its full id."""
        with self._database.transaction() as connection:
            found = find_benchmark(connection, benchmark_id)
            connection.execute(select(benchmarks.c.id).where(benchmarks.c.id == found).with_for_update())
            refuse_to_lose(connection, "benchmark", found)
            connection.execute(delete(benchmarks).where(benchmarks.c.id == found))
        return found

    def add_sample(self, sample: Sample) -> None:
        """Keep one sample; the same model, task and number replaces it."""
        row, owner = sample_row(self._database, sample), this_owner()
        with self._database.transaction() as connection:
            # Whoever adds a sample is at work: a run that goes on after a kill is no longer shown as interrupted.
            mine = update(benchmarks).where(benchmarks.c.id == row["benchmark_id"]).values(owner=owner)
            if connection.execute(mine).rowcount == 0:
                raise StoreError(f"there is no benchmark {one_line(sample.benchmark_id, 60)}", _LIST)
            put_sample(connection, row)

    def read_samples(self, benchmark_id: str, *, model: str | None = None) -> tuple[Sample, ...]:
        """Return samples ordered by model, task and number."""
        with self._database.transaction(reading=True) as connection:
            found = find_benchmark(connection, benchmark_id)
            return samples_of(connection, found, model=model)


def find_benchmark(connection: Connection, wanted: str) -> str:
    """Return the one benchmark id that is, or begins with, what was typed."""
    return find_id(connection, benchmarks.c.id, wanted, noun="benchmark", remedy=_LIST)


def benchmark_of(benchmark_id: str, document: str, version: int) -> Benchmark:
    """Return a benchmark of its document. Raises ``StoreError`` that names it."""
    name = f"benchmark {benchmark_id}"
    refuse_newer(version, BENCHMARK_SCHEMA, name=name)
    return read_document(Benchmark, document, name=name, remedy=_LIST)


def samples_of(connection: Connection, benchmark_id: str, *, model: str | None = None) -> tuple[Sample, ...]:
    """Return the samples of a benchmark, ordered by model, task and number."""
    rows = select(samples.c.document).where(samples.c.benchmark_id == benchmark_id)
    if model is not None:
        rows = rows.where(samples.c.model == to_key(model))
    name = f"a sample of benchmark {benchmark_id}"
    found = [read_document(Sample, text, name=name, remedy=_LIST) for text in connection.execute(rows).scalars()]
    # Sorted here: a database's own language may have other ideas of what comes first.
    return tuple(sorted(found, key=lambda sample: (sample.model, sample.task, sample.number)))


def put_sample(connection: Connection, row: dict[str, Any]) -> None:
    """Write one sample, or replace the one with the same key."""
    add = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(samples).values(row)
    keys = [column.name for column in samples.primary_key]
    connection.execute(
        add.on_conflict_do_update(
            index_elements=keys, set_={name: row[name] for name in ("outcome", "session_id", "document")}
        )
    )


def benchmark_row(database: Database, benchmark: Benchmark, *, owner: str | None) -> dict[str, Any]:
    """Return the row of a benchmark, without secrets. ``owner`` is the process that writes it, where one does."""
    clean = database.clean(benchmark)
    return {
        "id": benchmark.benchmark_id,
        "state": benchmark.state.value,
        "created_at": moment(benchmark.created_at),
        "suite": one_line(clean.suite, 200),
        "suite_digest": benchmark.suite_digest,
        "models": json.dumps([model.name for model in clean.models]),
        "tasks": len(benchmark.tasks),
        "samples_per_task": benchmark.samples_per_task,
        "council_version": benchmark.council_version,
        "schema_version": benchmark.schema_version,
        "owner": owner,
        "document": clean.model_dump_json(),
    }


def sample_row(database: Database, sample: Sample) -> dict[str, Any]:
    """Return the row of a sample, without secrets."""
    clean = database.clean(sample)
    return {
        "benchmark_id": sample.benchmark_id,
        "model": to_key(clean.model),
        "task": to_key(clean.task),
        "number": sample.number,
        "outcome": sample.outcome.value,
        "session_id": None if clean.session_id is None else to_key(clean.session_id),
        "document": clean.model_dump_json(),
    }
