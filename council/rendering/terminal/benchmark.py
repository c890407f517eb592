"""A benchmark in the terminal: one row a metric, one column a model; turned where that would be too wide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from council.protocols import BenchmarkSummary
from council.rendering.benchmarks import (
    BenchmarkReport,
    ComparisonReport,
    FailedTest,
    PublicBenchmark,
    public_benchmark,
    public_comparison,
    worst_by_task,
)
from council.rendering.figures import (
    UNKNOWN,
    duration,
    figure,
    machine_words,
    outcome_words,
    p_words,
    short_names,
    temperature_words,
)
from council.rendering.terminal.page import Page, Part, Sheet
from council.rendering.terminal.session import Steps, write_steps
from council.text import one_line, plural
from council.types.benchmarks import Cell, Row, Table

_MOST_TESTS = 8
_MOST_DISAGREEMENTS = 12
_MOST_COLUMNS = 3
"""More models than this are rows, not columns."""
_NOBODY = ("-", "no difference shown", "the same")
_ALWAYS = ("tests_passed", "edge_cases", "both_passed")


def write_benchmark(report: BenchmarkReport, steps: Steps, sheet: Sheet) -> Page:
    """Return the page of a benchmark; ``steps`` are commands worth typing next, each with what it is good for."""
    shown, page = public_benchmark(report), Page(sheet)
    _write_head(page, shown)
    write_table(page, shown.table)
    _write_failed_tests(page, shown.failed_tests, {model.name for model in shown.models})
    _write_disagreements(page, shown)
    _write_notes(page, shown.notes)
    page.gap()
    write_steps(page, steps)
    return page


def write_comparison(report: ComparisonReport, steps: Steps, sheet: Sheet) -> Page:
    """Return the page of two benchmarks over the tasks they share."""
    shown, page = public_comparison(report), Page(sheet)
    ids = " and ".join(one_line(each, 20) for each in shown.benchmarks)
    suites = " and ".join(dict.fromkeys(one_line(suite, 60) for suite in shown.suites))
    page.wrap((ids, "bold"), f" · suite {suites} · {plural(shown.table.tasks, 'task')} the same in both")
    write_table(page, shown.table)
    _write_notes(page, shown.table.notes)
    page.gap()
    write_steps(page, steps)
    return page


def write_benchmarks(summaries: Sequence[BenchmarkSummary], sheet: Sheet) -> Page:
    """Return one line a benchmark, the newest first."""
    page = Page(sheet)
    if not summaries:
        page.wrap("No benchmarks are kept here yet. The first one comes with: council bench run SUITE --model M")
        return page
    page.table([_summary(summary) for summary in summaries], indent=0)
    return page


def write_table(page: Page, table: Table) -> None:
    """Add the table: models are columns while they fit, else rows."""
    page.gap()
    rows = [row for row in table.rows if _worth(row)]
    if len(table.models) > _MOST_COLUMNS or not _write_upright(page, table, rows):
        _write_turned(page, table, rows)
    missing = [row.title for row in table.rows if all(figure(cell, row.unit) == UNKNOWN for cell in row.cells)]
    if missing:
        page.wrap((f"not measured: {', '.join(missing)}", "dim"), indent=2)


def _write_upright(page: Page, table: Table, rows: Sequence[Row]) -> bool:
    """Add one row a metric and one column a model; say whether it fits."""
    short = short_names(table.models)
    lines = [
        (row.title, [figure(row.cell(name), row.unit) for name in table.models], _winner(row, short)) for row in rows
    ]
    first = page.column([title for title, _, _ in lines], 30)
    widths = [
        max(page.column([name], 60), page.column([figures[at] for _, figures, _ in lines], 40))
        for at, name in enumerate(table.models)
    ]
    last = page.column(["winner", *(winner for _, _, winner in lines)], 40)
    if 2 + first + sum(2 + width for width in widths) + 2 + last > page.sheet.width:
        return False
    heads: list[Part] = [" " * (first + 2)]
    for name, width in zip(table.models, widths, strict=True):
        heads += [(page.pad(name, width), "bold"), "  "]
    page.whole(*heads, ("winner", "bold"), indent=2)
    for title, figures, winner in lines:
        parts: list[Part] = [page.pad(title, first), "  "]
        for text, width in zip(figures, widths, strict=True):
            parts += [page.pad(text, width), "  "]
        page.whole(*parts, (winner, "dim" if winner in _NOBODY else ""), indent=2)
    return True


def _write_turned(page: Page, table: Table, rows: Sequence[Row]) -> None:
    """Add one row a model, and as many metrics beside each other as fit; the winning figure has a star."""
    first = page.column([*table.models, "winner"], 30)
    room = page.sheet.width - 2 - first
    block: list[tuple[Row, int]] = []
    for row in rows:
        texts = [row.title, _verdict(row), *(_starred(row, name) for name in table.models)]
        width = page.column(texts, 30)
        if block and sum(2 + w for _, w in block) + 2 + width > room:
            _write_block(page, table, block, first)
            block = []
        block.append((row, width))
    if block:
        _write_block(page, table, block, first)
    if any(row.winner for row in rows):
        page.wrap(("* better than every other model, by the p-value below it", "dim"), indent=2)


def _write_block(page: Page, table: Table, block: Sequence[tuple[Row, int]], first: int) -> None:
    heads: list[Part] = [" " * first]
    for row, width in block:
        heads += ["  ", (page.pad(row.title, width), "bold")]
    page.whole(*heads, indent=2)
    for name in table.models:
        parts: list[Part] = [page.pad(name, first)]
        for row, width in block:
            parts += ["  ", page.pad(_starred(row, name), width)]
        page.whole(*parts, indent=2)
    ends: list[Part] = [(page.pad("difference", first), "dim")]
    for row, width in block:
        ends += ["  ", (page.pad(_verdict(row), width), "dim")]
    page.whole(*ends, indent=2)
    page.gap()


def _write_head(page: Page, shown: PublicBenchmark) -> None:
    counts = f"{plural(len(shown.tasks), 'task')} × {plural(len(shown.models), 'model')}"
    counts += f" × {plural(shown.samples_per_task, 'sample')}"
    where = [*machine_words(shown.machine)] if not shown.imported_from else [f"recorded in {shown.imported_from}"]
    spent = [duration(shown.duration_s)] if shown.duration_s is not None else []
    page.wrap(" · ".join([counts, *(one_line(word, 80) for word in where), *spent]))
    when = f"{shown.created_at:%Y-%m-%d}"
    title = one_line(shown.suite_title or shown.suite, 80)
    unfinished = [] if shown.state == "finished" else [f"{shown.state}: not all of it is there"]
    heats = [sample.temperature for sample in shown.samples if sample.temperature is not None]
    heat = [words] if (words := temperature_words(heats or [shown.temperature])) else []
    facts = [title, f"benchmark {shown.benchmark_id}", when, f"policy {shown.policy}", *heat, *unfinished]
    page.wrap((" · ".join(facts), "dim"))


def _write_failed_tests(page: Page, tests: Sequence[FailedTest], models: set[str]) -> None:
    if not tests:
        return
    page.title("Most often failed")
    short = short_names(tuple(sorted(models)))
    rows: list[tuple[Part, ...]] = []
    worst = worst_by_task(tests)
    for failed, others in worst[:_MOST_TESTS]:
        counts = f"{failed.count} of {plural(failed.of, 'sample')}"
        name = one_line(failed.test, 120) + (f" and {others} more" if others else "")
        if set(failed.models) != models or failed.count != failed.of:
            name += " (" + ", ".join(f"{short.get(model, model)} {n}" for model, n in failed.models.items()) + ")"
        rows.append((one_line(failed.task, 80), "edge" if failed.kind == "edge" else "plain", counts, name))
    page.table(rows)
    if len(worst) > _MOST_TESTS:
        page.add(f"and {len(worst) - _MOST_TESTS} more", indent=2)


def _write_disagreements(page: Page, shown: PublicBenchmark) -> None:
    if not shown.recorded:
        return
    agreed = shown.recorded - len(shown.disagreements)
    page.title("Against the recording", f"{agreed} of {shown.recorded} outcomes are the same")
    rows: list[tuple[Part, ...]] = []
    for each in shown.disagreements[:_MOST_DISAGREEMENTS]:
        said = f"recorded {'passed' if each.recorded else 'failed'}, here {outcome_words(each.outcome)}"
        rows.append((f"{one_line(each.task, 80)}  {one_line(each.model, 60)}", said, one_line(each.reason or "", 200)))
    page.table(rows)
    if len(shown.disagreements) > _MOST_DISAGREEMENTS:
        page.add(f"and {len(shown.disagreements) - _MOST_DISAGREEMENTS} more", indent=2)


def _write_notes(page: Page, notes: Sequence[str]) -> None:
    if notes:
        page.gap()
    for note in notes:
        page.wrap((one_line(note, 400), "yellow"), lead=("note: ",), indent=2)


def _worth(row: Row) -> bool:
    """Whether a row says something: no figure is known in some, and nobody did what others count."""
    if row.metric in _ALWAYS:
        return True
    known = [cell for cell in row.cells if figure(cell, row.unit) != UNKNOWN]
    idle = row.metric in ("no_code", "tampered") and not any(cell.value for cell in known)
    return bool(known) and not idle


def _winner(row: Row, short: dict[str, str]) -> str:
    """Return who wins a row, with the p-value where there was a test."""
    if row.winner is None:
        return row.note if row.note in _NOBODY else "-"
    return "   ".join(word for word in (short.get(row.winner, row.winner), p_words(row.p_value)) if word)


def _verdict(row: Row) -> str:
    """Return whether a difference is shown, for a table whose winners have a star."""
    if row.winner is None:
        return "none shown" if row.note == "no difference shown" else "-"
    return p_words(row.p_value) or "measured"


def _starred(row: Row, model: str) -> str:
    cell: Cell | None = row.cell(model)
    return figure(cell, row.unit) + (" *" if row.winner == model else "")


def _summary(summary: BenchmarkSummary) -> tuple[Part, ...]:
    try:
        when = datetime.fromisoformat(summary.created_at).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        when = one_line(summary.created_at, 20)
    wanted = len(summary.models) * summary.tasks * summary.samples_per_task
    done = "finished" if summary.state == "finished" else f"{summary.state}, {summary.done} of {wanted}"
    size = f"{summary.tasks} × {len(summary.models)} × {summary.samples_per_task}"
    return (
        summary.benchmark_id,
        when,
        done,
        one_line(summary.suite, 40),
        size,
        one_line(", ".join(summary.models), 200),
    )
