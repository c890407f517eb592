"""The only room that speaks to a terminal: results on standard output, progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from council.protocols import BenchmarkSummary, SessionSummary
from council.rendering.benchmarks import BenchmarkReport, ComparisonReport
from council.rendering.marks import mark_lines
from council.rendering.terminal.audit import AuditProgress, write_audit, write_patch
from council.rendering.terminal.benchmark import write_benchmark, write_benchmarks, write_comparison
from council.rendering.terminal.knowledge import write_knowledge, write_knowledge_list
from council.rendering.terminal.labels import write_labels, write_track_record
from council.rendering.terminal.live import LiveSitting
from council.rendering.terminal.models import ModelListing, write_models
from council.rendering.terminal.page import Page, Sheet, knows_unicode, show
from council.rendering.terminal.report import write_report
from council.rendering.terminal.rows import write_rows, write_sessions, write_settings
from council.rendering.terminal.sample import write_sample
from council.rendering.terminal.selftest import write_live, write_selftest
from council.rendering.terminal.session import Steps, write_concern, write_generation, write_session
from council.rendering.terminal.versions import write_clarity
from council.settings import Resolved, secret_values
from council.text import one_line, redact_record
from council.types.audits import Audit
from council.types.benchmarks import Benchmark, Sample, Table
from council.types.checks import ValidationReport
from council.types.consensus import Concern
from council.types.knowledge import Knowledge
from council.types.labels import Label, TrackRecord
from council.types.selftest import LiveSelfTest, SelfTest
from council.types.session import Session
from council.types.submission import Submission
from council.types.versions import VersionsReport

__all__ = [
    "AuditProgress",
    "audit_text",
    "LiveSitting",
    "benchmark_text",
    "clarity_text",
    "comparison_text",
    "knowledge_text",
    "live_text",
    "models_text",
    "report_text",
    "sample_text",
    "selftest_text",
    "session_text",
    "show_alarm",
    "show_benchmarks",
    "show_concern",
    "show_generation",
    "show_knowledge",
    "show_labels",
    "show_marks",
    "show_patch",
    "show_rows",
    "show_sessions",
    "show_settings",
    "show_track_record",
]


def session_text(session: Session, steps: Steps = (), *, plain: bool = False, sheet: Sheet | None = None) -> str:
    """Return a session as standard output should show it; ``plain`` is for a file. Secrets are not in it.

    ``steps`` are commands worth typing next, each with what it is good for; they come last.
    """
    return write_session(session, steps, sheet or _sheet(plain)).text()


def clarity_text(report: VersionsReport, *, plain: bool = False, sheet: Sheet | None = None) -> str:
    """Return what a task does not say as standard output should show it; ``plain`` is for a file."""
    return write_clarity(redact_record(report, secret_values()), sheet or _sheet(plain)).text()


def audit_text(audit: Audit, steps: Steps = (), *, plain: bool = False, sheet: Sheet | None = None) -> str:
    """Return an audit as standard output should show it; ``plain`` is for a file."""
    return write_audit(audit, steps, sheet or _sheet(plain)).text()


def report_text(
    report: ValidationReport, submission: Submission | None = None, *, plain: bool = False, sheet: Sheet | None = None
) -> str:
    """Return a validation report as standard output should show it; ``plain`` is for a file."""
    return write_report(report, submission, sheet or _sheet(plain)).text()


def show_generation(session: Session, *, target: str | None = None, stream: TextIO | None = None) -> None:
    """Show how code was written, on standard error: standard output belongs to the code."""
    out = sys.stderr if stream is None else stream
    show(write_generation(session, target, Sheet.of(out)), out)


def show_concern(concern: Concern, session: Session, *, stream: TextIO | None = None) -> None:
    """Show everything that was said and run about one concern."""
    out = sys.stdout if stream is None else stream
    show(write_concern(concern, session, Sheet.of(out)), out)


def show_patch(patch: str, *, stream: TextIO | None = None) -> None:
    """Show a patch on standard error, before somebody is asked whether to apply it."""
    out = sys.stderr if stream is None else stream
    show(write_patch(patch, Sheet.of(out)), out)


def show_marks(report: ValidationReport, *, stream: TextIO | None = None) -> None:
    """Show a report in the lines of ``vengeance-validate``."""
    out = sys.stdout if stream is None else stream
    out.write("\n".join(mark_lines(report, unicode=knows_unicode(out))) + "\n")


def knowledge_text(entry: Knowledge, *, plain: bool = False, sheet: Sheet | None = None) -> str:
    """Return a piece of knowledge as standard output should show it; ``plain`` is for a file."""
    return write_knowledge(entry, sheet or _sheet(plain)).text()


def show_knowledge(found: Sequence[Knowledge], *, stream: TextIO | None = None) -> None:
    """Show one line a piece of knowledge."""
    out = sys.stdout if stream is None else stream
    show(write_knowledge_list(found, Sheet.of(out)), out)


def show_labels(labels: Sequence[Label], *, stream: TextIO | None = None) -> None:
    """Show one line a label."""
    out = sys.stdout if stream is None else stream
    show(write_labels(labels, Sheet.of(out)), out)


def show_track_record(record: TrackRecord, *, stream: TextIO | None = None) -> None:
    """Show what the labels say of each seat, and of all together."""
    out = sys.stdout if stream is None else stream
    show(write_track_record(record, Sheet.of(out)), out)


def show_sessions(sessions: Sequence[SessionSummary], *, stream: TextIO | None = None) -> None:
    """Show one line a session."""
    out = sys.stdout if stream is None else stream
    show(write_sessions(sessions, Sheet.of(out)), out)


def show_settings(resolved: Resolved, *, stream: TextIO | None = None) -> None:
    """Show each setting, where it came from, and its value; passwords are not shown."""
    out = sys.stdout if stream is None else stream
    show(write_settings(resolved, Sheet.of(out)), out)


def show_alarm(text: str, *, stream: TextIO | None = None) -> None:
    """Say on standard error, in red where there are colours, what nobody may overlook."""
    out = sys.stderr if stream is None else stream
    page = Page(Sheet.of(out))
    page.wrap((one_line(text, 800), "bold red"))
    show(page, out)


def show_rows(rows: Sequence[tuple[str, str, str]], steps: Steps = (), *, stream: TextIO | None = None) -> None:
    """Show rows of name, state (``ok``, ``warn``, ``fail``) and text, and what to type next."""
    out = sys.stdout if stream is None else stream
    show(write_rows(rows, steps, Sheet.of(out)), out)


def benchmark_text(
    benchmark: Benchmark,
    table: Table,
    samples: Sequence[Sample],
    steps: Steps = (),
    *,
    plain: bool = False,
    sheet: Sheet | None = None,
) -> str:
    """Return a benchmark with its table as standard output should show it; ``plain`` is for a file."""
    report = BenchmarkReport(benchmark=benchmark, table=table, samples=tuple(samples))
    return write_benchmark(report, steps, sheet or _sheet(plain)).text()


def comparison_text(
    benchmarks: Sequence[Benchmark],
    table: Table,
    steps: Steps = (),
    *,
    plain: bool = False,
    sheet: Sheet | None = None,
) -> str:
    """Return two benchmarks as one table, as standard output should show it; ``plain`` is for a file."""
    report = ComparisonReport(benchmarks=tuple(benchmarks), table=table)
    return write_comparison(report, steps, sheet or _sheet(plain)).text()


def sample_text(
    benchmark: Benchmark, sample: Sample, steps: Steps = (), *, plain: bool = False, sheet: Sheet | None = None
) -> str:
    """Return one sample of a benchmark, whole, as standard output should show it; ``plain`` is for a file."""
    return write_sample(benchmark, sample, steps, sheet or _sheet(plain)).text()


def show_benchmarks(summaries: Sequence[BenchmarkSummary], *, stream: TextIO | None = None) -> None:
    """Show one line a benchmark."""
    out = sys.stdout if stream is None else stream
    show(write_benchmarks(summaries, Sheet.of(out)), out)


def models_text(listing: ModelListing, steps: Steps = (), *, plain: bool = False, sheet: Sheet | None = None) -> str:
    """Return the local models as standard output should show them; ``plain`` is for a file."""
    return write_models(listing, steps, sheet or _sheet(plain)).text()


def selftest_text(result: SelfTest, steps: Steps = (), *, plain: bool = False, sheet: Sheet | None = None) -> str:
    """Return a self-test as standard output should show it; ``plain`` is for a file."""
    return write_selftest(result, steps, sheet or _sheet(plain)).text()


def live_text(result: LiveSelfTest, steps: Steps = (), *, plain: bool = False, sheet: Sheet | None = None) -> str:
    """Return a measurement of real seats as standard output should show it; ``plain`` is for a file."""
    return write_live(result, steps, sheet or _sheet(plain)).text()


def _sheet(plain: bool) -> Sheet:
    return Sheet() if plain else Sheet.of(sys.stdout)
