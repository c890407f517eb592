"""One sample of a benchmark in the terminal: the code as it was written, and what its tests said."""

from __future__ import annotations

from council.rendering.figures import duration, outcome_words
from council.rendering.public import public_report
from council.rendering.terminal.page import Page, Part, Sheet
from council.rendering.terminal.report import write_checks
from council.rendering.terminal.session import Steps, write_steps
from council.rendering.words import test_words, unpassed
from council.settings import secret_values
from council.text import one_line, plural, redact_record
from council.types.benchmarks import Benchmark, Sample, SampleOutcome
from council.types.checks import CheckResult

_STYLE = {SampleOutcome.PASSED: "bold green", SampleOutcome.BROKEN: "bold magenta"}
_MOST_TESTS = 12


def write_sample(benchmark: Benchmark, sample: Sample, steps: Steps, sheet: Sheet) -> Page:
    """Return everything about one sample; ``steps`` are commands worth typing next."""
    clean, page = redact_record(sample, secret_values()), Page(sheet)
    number = f"sample {clean.number} of {max(clean.number, benchmark.samples_per_task)}"
    where = f" · {one_line(clean.model, 80)} · {number} · benchmark {benchmark.benchmark_id}"
    page.wrap((one_line(clean.task, 80), "bold"), where)
    facts = _facts(clean)
    if facts:
        page.wrap((" · ".join(facts), "dim"))
    if clean.code is not None:
        page.title("Code")
        page.code(clean.code, indent=4)
    elif clean.reply is not None:
        page.title("Reply: there is no whole code in it")
        page.code(clean.reply, indent=4)
    if clean.report is not None:
        shown = public_report(clean.report)
        write_checks(page, shown.checks, shown.sandbox, shown.duration_s)
    if clean.edge is not None:
        _write_edge(page, clean.edge)
    page.gap()
    style = _STYLE.get(clean.outcome, "bold red")
    page.wrap(one_line(clean.reason or "", 400), lead=((outcome_words(clean.outcome).upper(), style), "   "))
    write_steps(page, steps)
    return page


def _facts(sample: Sample) -> list[str]:
    """Return how it was written, as far as that is known."""
    facts = [] if sample.duration_s is None else [f"written in {duration(sample.duration_s)}"]
    facts += [] if sample.first_token_s is None else [f"first token after {duration(sample.first_token_s)}"]
    facts += [] if sample.completion_tokens is None else [plural(sample.completion_tokens, "token")]
    facts += [] if sample.temperature is None else [f"temperature {sample.temperature:g}"]
    facts += [] if sample.seed is None else [f"seed {sample.seed}"]
    facts += [] if sample.readability is None else [f"readability {sample.readability:.1f} of 10"]
    facts += [] if sample.session_id is None else [f"session {sample.session_id}"]
    if sample.recorded_outcome is not None:
        facts.append(f"recorded as {'passed' if sample.recorded_outcome else 'failed'}")
    return facts


def _write_edge(page: Page, edge: CheckResult) -> None:
    page.title("Edge cases")
    page.wrap(one_line(edge.summary, 300), indent=2)
    failed = unpassed(edge.tests)
    rows: list[tuple[Part, ...]] = [(one_line(t.name, 240), one_line(test_words(t), 240)) for t in failed]
    page.table(rows[:_MOST_TESTS], indent=4)
    if len(rows) > _MOST_TESTS:
        page.add(f"and {len(rows) - _MOST_TESTS} more", indent=4)
