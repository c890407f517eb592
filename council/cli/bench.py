"""``council bench run | import | list | show | compare | delete | suites``."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Sequence

from council.bench.ledger import state_of
from council.cli.common import emit, resolve, tell, writable_target
from council.errors import UsageError
from council.measuring import compare, tabulate
from council.protocols import Archive
from council.rendering import Documents, terminal
from council.rendering.benchmarks import BenchmarkReport, ComparisonReport
from council.settings import Settings, secret_values
from council.store import open_store
from council.suites import list_suites, load_suite
from council.text import one_line, plural, redact_record
from council.types.benchmarks import Benchmark, Sample, SampleOutcome, Suite, Table
from council.types.session import SessionState

Steps = tuple[tuple[str, str], ...]


def run(options: argparse.Namespace) -> int:
    """Do one of the verbs with the store of the settings."""
    settings = resolve(options).settings
    if options.verb == "suites":
        return _suites(options, settings)
    if options.verb in ("run", "import"):
        from council.cli.benching import run as run_it  # the other verbs need neither sandbox nor models

        return run_it(options, settings, show=show_benchmark)
    archive = open_store(settings.store_url, readonly=options.verb != "delete")
    try:
        return _VERBS[options.verb](archive, options, settings)
    finally:
        archive.close()


def show_benchmark(archive: Archive, benchmark_id: str, options: argparse.Namespace, settings: Settings) -> None:
    """Show a benchmark with its table and what to type next, in the form that was asked for."""
    benchmark = archive.read_benchmark(benchmark_id)
    benchmark = benchmark.but(state=_state(archive, benchmark))
    samples = archive.read_samples(benchmark.benchmark_id)
    table = tabulate(benchmark, samples)
    if options.format == "text":
        steps = next_steps(benchmark, samples, table)
        shown = terminal.benchmark_text(benchmark, table, samples, steps, plain=options.output is not None)
        emit(shown, options.output)
    else:
        report = BenchmarkReport(benchmark=benchmark, table=table, samples=samples)
        emit(Documents(settings.templates_dir).render(report, document=options.format), options.output)


def next_steps(benchmark: Benchmark, samples: Sequence[Sample], table: Table) -> Steps:
    """Return what is worth typing after a benchmark, each with what it is good for."""
    found: list[tuple[str, str]] = []
    if benchmark.state is SessionState.INTERRUPTED and benchmark.imported_from is None:
        words = ["council", "bench", "run", benchmark.suite, "--resume", benchmark.benchmark_id]
        found.append((_command(words), "makes the samples that are missing"))
    failed = next((s for s in samples if s.outcome not in (SampleOutcome.PASSED, SampleOutcome.BROKEN)), None)
    if failed is not None:
        words = ["council", "bench", "show", benchmark.benchmark_id, "--model", failed.model, "--task", failed.task]
        words += ["--sample", str(failed.number)] if failed.number > 1 else []
        found.append((_command(words), "one that failed, with code and output"))
    ranked = ranking(table)
    if len(ranked) > 1:
        words = ["council", "advise", ranked[-1], "--against", ranked[0]]
        found.append((_command(words), "what your people should know about the weakest"))
    elif ranked:
        found.append((_command(["council", "advise", ranked[0]]), "what your people should know about it"))
    return tuple(found)


def ranking(table: Table) -> tuple[str, ...]:
    """Return the models from the strongest to the weakest by what passes every test; unknown ones are left out."""
    row = table.row("both_passed") or table.row("tests_passed")
    known = [] if row is None else [(-cell.value, cell.model) for cell in row.cells if cell.value is not None]
    return tuple(model for _, model in sorted(known))


def _list(archive: Archive, options: argparse.Namespace, settings: Settings) -> int:
    if options.limit < 1:
        raise UsageError(f"--limit {options.limit}: must be at least 1")
    summaries = archive.list_benchmarks(limit=options.limit)
    if options.format == "json":
        emit(json.dumps([summary.model_dump(mode="json") for summary in summaries], indent=2), None)
    else:
        terminal.show_benchmarks(summaries)
    return 0


def _show(archive: Archive, options: argparse.Namespace, settings: Settings) -> int:
    writable_target(options.output)
    if options.model is None and options.task is None and options.sample is None:
        show_benchmark(archive, options.id, options, settings)
        return 0
    if options.model is None or options.task is None:
        raise UsageError("one sample is named by --model and --task", "Give both, and --sample N for another than 1")
    benchmark = archive.read_benchmark(options.id)
    sample = _sample(benchmark, archive.read_samples(benchmark.benchmark_id), options)
    if options.format == "json":
        # ASCII: a raw control character of a model would reach the terminal.
        clean = redact_record(sample, secret_values())
        emit(json.dumps(clean.model_dump(mode="json"), indent=2), options.output)
    elif options.format == "text":
        emit(terminal.sample_text(benchmark, sample, plain=options.output is not None), options.output)
    else:
        raise UsageError("one sample is shown as text or json", "Leave --format markdown out")
    return 0


def _sample(benchmark: Benchmark, samples: Sequence[Sample], options: argparse.Namespace) -> Sample:
    number = options.sample or 1
    wanted = (options.model, options.task, number)
    found = next((s for s in samples if (s.model, s.task, s.number) == wanted), None)
    if found is not None:
        return found
    problem = f"benchmark {benchmark.benchmark_id} has no sample {number} of {one_line(options.model, 60)} "
    problem += f"for {one_line(options.task, 60)}"
    for name, known in (("model", {s.model for s in samples}), ("task", {s.task for s in samples})):
        if getattr(options, name) not in known:
            some = ", ".join(one_line(word, 40) for word in sorted(known)[:8]) or "none yet"
            raise UsageError(problem, f"It has the {name}s: {some}" + (", …" if len(known) > 8 else ""))
    count = sum((s.model, s.task) == wanted[:2] for s in samples)
    raise UsageError(problem, f"There is {plural(count, 'sample')} of the two")


def _compare(archive: Archive, options: argparse.Namespace, settings: Settings) -> int:
    writable_target(options.output)
    both = tuple(archive.read_benchmark(word) for word in (options.id, options.other))
    measured = [(benchmark, archive.read_samples(benchmark.benchmark_id)) for benchmark in both]
    table = compare(measured[0], measured[1])
    if table.tasks == 0:
        names = " and ".join(benchmark.benchmark_id for benchmark in both)
        raise UsageError(f"{names} share no task with the same text and tests", "Compare two runs of one suite")
    if options.format == "text":
        emit(terminal.comparison_text(both, table, plain=options.output is not None), options.output)
    else:
        report = ComparisonReport(benchmarks=both, table=table)
        emit(Documents(settings.templates_dir).render(report, document=options.format), options.output)
    return 0


def _delete(archive: Archive, options: argparse.Namespace, settings: Settings) -> int:
    benchmark = archive.read_benchmark(options.id)
    if state_of(archive, benchmark) == SessionState.OPEN:
        raise UsageError(f"benchmark {benchmark.benchmark_id} is being run now", "End that run first")
    tell(f"deleted {archive.delete_benchmark(benchmark.benchmark_id)}\n")
    return 0


def _suites(options: argparse.Namespace, settings: Settings) -> int:
    folders = settings.suite_folders
    suites = tuple(load_suite(name, folders=folders) for name in list_suites(folders=folders))
    if options.format == "json":
        emit(json.dumps([_described(suite) for suite in suites], indent=2), None)
    else:
        steps = tuple(
            (f"council bench run {shlex.quote(suite.id)}", "measures every model here") for suite in suites[:1]
        )
        terminal.show_rows([(s.id, "", f"{plural(len(s.tasks), 'task')} · {s.title}") for s in suites], steps)
    return 0


def _described(suite: Suite) -> dict[str, object]:
    named = {name: getattr(suite, name) for name in ("id", "title", "description", "source", "licence", "digest")}
    return {**named, "tasks": [{"id": task.id, "title": task.title} for task in suite.tasks]}


def _state(archive: Archive, benchmark: Benchmark) -> SessionState:
    """Return the state to show: one whose process is gone, or whose machine cannot be asked, is not being run here."""
    found = state_of(archive, benchmark)
    return SessionState(found) if found in set(SessionState) else SessionState.INTERRUPTED


def _command(words: Sequence[str]) -> str:
    """Return a command ready to paste; a name that could not be typed in one line is not offered."""
    return one_line(shlex.join(words), 300)


_VERBS = {"list": _list, "show": _show, "compare": _compare, "delete": _delete}
