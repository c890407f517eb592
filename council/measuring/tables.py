"""The table of a benchmark, or of two: one row a metric, one column a model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from council.measuring.intervals import clustered_interval, mean_interval, pass_at_k
from council.measuring.metrics import (
    FINDINGS,
    LOAD,
    ODD,
    PASSES,
    READABILITY,
    TIMES,
    TRAITS,
    Column,
    Metric,
    Trait,
    counted,
)
from council.measuring.pairing import Contest, Grouped, contest
from council.text import plural
from council.types.benchmarks import Benchmark, Cell, Row, Sample, SampleOutcome, Table, TaskSummary

Measured = tuple[Benchmark, Sequence[Sample]]
_TRIES = (5, 10, 100)
"""Numbers of tries that pass@k is usually told for, besides all samples of a task."""


def tabulate(benchmark: Benchmark, samples: Sequence[Sample]) -> Table:
    """Return what a benchmark measured. The order of samples and models never matters for a number or a winner.

    Samples that could not be judged are left out of every number and counted in the table's notes. Shares have
    intervals that know which samples belong to one task (``clustered_interval``), means have a bootstrap over tasks.
    """
    tasks = {task.id: task for task in benchmark.tasks}
    return _table(_columns(benchmark, samples, tasks), tasks, (benchmark.benchmark_id,), _gaps(benchmark, samples))


def compare(one: Measured, other: Measured) -> Table:
    """Return two benchmarks as one table, over the tasks that are the same in both.

    A task is the same when its id, its text and its tests are. A model that stands in both benchmarks is shown twice,
    as ``MODEL (BENCHMARK)``. The notes say which tasks were left out.
    """
    first, second = one[0], other[0]
    theirs = {task.id: task for task in second.tasks}
    same = {t.id: t for t in first.tasks if t.id in theirs and theirs[t.id].digest == t.digest}
    columns: tuple[Column, ...] = ()
    notes = []
    for benchmark, samples in (one, other):
        rival = second if benchmark is first else first
        for column in _columns(benchmark, samples, same):
            twice = rival.model(column.name) is not None
            columns += (column.but(name=f"{column.name} ({benchmark.benchmark_id})") if twice else column,)
        left = len(benchmark.tasks) - len(same)
        if left:
            notes.append(f"{plural(left, 'task')} of {benchmark.benchmark_id} left out: not the same in both")
        notes += [f"{benchmark.benchmark_id}: {gap}" for gap in _gaps(benchmark, samples)]
    if first.benchmark_id == second.benchmark_id:
        notes.append("this is one benchmark, compared with itself")
    return _table(columns, same, (first.benchmark_id, second.benchmark_id), tuple(notes))


def _columns(benchmark: Benchmark, samples: Sequence[Sample], tasks: Mapping[str, TaskSummary]) -> tuple[Column, ...]:
    return tuple(
        Column(
            name=model.name,
            model=model,
            samples=counted(samples, frozenset(tasks), model.name),
            samples_per_task=benchmark.samples_per_task,
            reviewed=benchmark.reviewed,
        )
        for model in benchmark.models
    )


def _gaps(benchmark: Benchmark, samples: Sequence[Sample]) -> tuple[str, ...]:
    """Say what is missing: samples nobody could judge, and samples that are not there yet."""
    notes = []
    for model in benchmark.models:
        broken = sum(s.outcome is SampleOutcome.BROKEN for s in samples if s.model == model.name)
        if broken:
            notes.append(f"{plural(broken, 'sample')} of {model.name} left out: the tests could not be run")
    bare = sum(s.report is not None and s.report.sandbox.unsafe for s in samples)
    if bare:
        notes.append(
            f"{plural(bare, 'sample')} executed without a sandbox (--unsafe-exec): code could disturb its judge"
        )
    wanted = len(benchmark.models) * len(benchmark.tasks) * benchmark.samples_per_task
    names, tasks = {m.name for m in benchmark.models}, {t.id for t in benchmark.tasks}
    there = len({(s.model, s.task, s.number) for s in samples if s.model in names and s.task in tasks})
    if there < wanted:
        notes.append(f"{wanted - there} of {plural(wanted, 'sample')} are not there (yet)")
    return tuple(notes)


def _table(
    columns: tuple[Column, ...], tasks: Mapping[str, TaskSummary], ids: tuple[str, ...], notes: tuple[str, ...]
) -> Table:
    rows = [_row(metric, columns, tasks) for metric in PASSES]
    rows += [_tries_row(k, columns, tasks) for k in _tries(columns)]
    rows += [_row(metric, columns, tasks) for metric in TIMES]
    rows += [_trait_row(trait, columns) for trait in (LOAD, *TRAITS)]
    rows += [_row(metric, columns, tasks) for metric in (*FINDINGS, *ODD)]
    judged = any(s.readability is not None for c in columns for of_task in c.samples.values() for s in of_task)
    if judged or any(column.reviewed for column in columns):
        rows.append(_row(READABILITY, columns, tasks))
    names = tuple(column.name for column in columns)
    return Table(benchmark_ids=ids, models=names, tasks=len(tasks), rows=tuple(rows), notes=notes)


def _row(metric: Metric, columns: tuple[Column, ...], tasks: Mapping[str, TaskSummary]) -> Row:
    observed = {column.name: metric.observed(column, tasks) for column in columns}
    cells = tuple(_cell(metric, column.name, observed[column.name]) for column in columns)
    # What wins is the mean over tasks, for only over tasks can models be paired; of counts it is the one a sample.
    values = {name: _mean_of_means(found) for name, found in observed.items() if found}
    return _judged(metric, cells, contest(values, observed, higher=metric.better == "higher", binary=metric.binary))


def _cell(metric: Metric, name: str, found: Grouped) -> Cell:
    if not found:
        return Cell(model=name)
    of = sum(len(numbers) for numbers in found.values())
    total = math.fsum(number for numbers in found.values() for number in numbers)
    if metric.unit == "share":
        low, high = clustered_interval([(math.fsum(numbers), len(numbers)) for numbers in found.values()])
        return Cell(model=name, value=total / of, low=low, high=high, count=round(total), of=of)
    if metric.unit == "count":
        return Cell(model=name, value=total, count=round(total), of=of)
    ends = mean_interval([math.fsum(numbers) / len(numbers) for numbers in found.values()]) or (None, None)
    return Cell(model=name, value=_mean_of_means(found), low=ends[0], high=ends[1], of=of)


def _tries(columns: tuple[Column, ...]) -> list[int]:
    """Return the k of pass@k: all samples of a task, and the usual numbers below."""
    most = max((column.samples_per_task for column in columns), default=1)
    return sorted({k for k in (*_TRIES, most) if 1 < k <= most})


def _tries_row(k: int, columns: tuple[Column, ...], tasks: Mapping[str, TaskSummary]) -> Row:
    metric = Metric(f"pass_at_{k}", f"passed in {k} tries", "share", "higher", PASSES[0].take, binary=False)
    observed: dict[str, dict[str, tuple[float, ...]]] = {}
    cells = []
    for column in columns:
        plain = {t: n for t, n in PASSES[0].observed(column, tasks).items() if len(n) >= k}
        rates: dict[str, tuple[float, ...]] = {
            task: (pass_at_k(len(n), round(math.fsum(n)), k),) for task, n in plain.items()
        }
        observed[column.name] = rates
        if not rates:
            cells.append(Cell(model=column.name))
            continue
        # Each task is one trial here, however many samples its estimate comes from.
        low, high = clustered_interval([(rate, 1) for (rate,) in rates.values()])
        cells.append(Cell(model=column.name, value=_mean_of_means(rates), low=low, high=high, of=len(rates)))
    values = {name: _mean_of_means(found) for name, found in observed.items() if found}
    return _judged(metric, tuple(cells), contest(values, observed, higher=True, binary=False))


def _trait_row(trait: Trait, columns: tuple[Column, ...]) -> Row:
    cells = tuple(
        Cell(model=column.name, value=trait.number(column.model), word=trait.word(column.model)) for column in columns
    )
    winner, note = None, None
    if trait.unit == "bytes":
        known = sorted({cell.value for cell in cells if cell.value is not None})
        smallest = [cell.model for cell in cells if known and cell.value == known[0]]
        if sum(cell.value is not None for cell in cells) < 2:
            note = "nothing to compare" if known else "not measured"
        elif len(smallest) > 1:
            note = "the same" if len(known) == 1 else f"the same for {' and '.join(sorted(smallest))}"
        else:
            winner = smallest[0]
    elif trait.unit == "seconds":
        note = "loaded once: no test" if any(cell.value is not None for cell in cells) else "not measured"
    return Row(
        metric=trait.key, title=trait.title, unit=trait.unit, better=trait.better, cells=cells, winner=winner, note=note
    )


def _judged(metric: Metric, cells: tuple[Cell, ...], result: Contest) -> Row:
    return Row(
        metric=metric.key,
        title=metric.title,
        unit=metric.unit,
        better=metric.better,
        cells=cells,
        winner=result.winner,
        p_value=result.p_value,
        method=result.method,
        note=result.note,
    )


def _mean_of_means(found: Grouped) -> float:
    return math.fsum(math.fsum(numbers) / len(numbers) for numbers in found.values()) / len(found)
