"""Everything an advisory rests on, and the one way to make a fact of it: by the place where it stands.

A fact is never written by hand. It is looked up by its source, so what is shown and what the source says cannot
differ; whoever looks again later gets the same text, or learns that the evidence has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, Protocol

from council.advising import lines
from council.advising.classes import CLASSES
from council.advising.pointers import join, plain, split, walk
from council.advising.rating import STATUS_WORDS, severity_of, status_of
from council.advising.said import said_of
from council.advising.seen import Seen
from council.advising.tallies import Failures, Tally, tasks_of, unseen
from council.policies import Policy
from council.text import one_line, plural
from council.types.benchmarks import Benchmark, Cell, Row, Sample, Table, TaskSummary
from council.types.checks import CheckOutcome, ValidationReport
from council.types.facts import Fact, Source
from council.types.knowledge import DocumentVersion, Knowledge
from council.types.session import Session

UNKNOWN = "unknown"
LONGEST = 400
"""Longest line of text of somebody else's that a fact holds; code and output are kept whole."""
Marks = Callable[[ValidationReport], tuple[str, ...]]
"""The lines that ``vengeance-validate`` prints for a report."""


Kind = Literal["benchmark", "session", "knowledge", "policy"]


class Figures(Protocol):
    """Numbers as people read them; ``rendering.figures`` is one."""

    def figure(self, cell: Cell | None, unit: str) -> str:
        """Return what a cell says."""
        ...

    def winner_words(self, row: Row) -> str:
        """Return who wins a row and how sure that is."""
        ...

    def p_words(self, value: float) -> str:
        """Return how likely chance alone is: ``p = 0.031``."""
        ...

    def share(self, value: float | None) -> str:
        """Return a fraction in percent."""
        ...

    def duration(self, value_s: float | None) -> str:
        """Return a time."""
        ...

    def size(self, value: float | None) -> str:
        """Return a number of bytes."""
        ...


@dataclass(frozen=True)
class Words:
    """How values become text: handed in, because that is the work of another room."""

    figures: Figures
    marks: Marks


@dataclass(frozen=True)
class Measured:
    """One benchmark with its samples and the table that was computed of them."""

    benchmark: Benchmark
    samples: tuple[Sample, ...]
    table: Table

    def sample(self, model: str, task: str, number: int) -> Sample:
        """Return one sample. Raises ``LookupError``."""
        for sample in self.samples:
            if (sample.model, sample.task, sample.number) == (model, task, number):
                return sample
        raise LookupError(f"there is no program {number} of {model} for {task}")

    @cached_property
    def failures(self) -> dict[str, Failures]:
        """The failed programs of every model, in classes."""
        return {
            model.name: Failures(tuple(s for s in self.samples if s.model == model.name))
            for model in self.benchmark.models
        }


class Evidence:
    """Records of the store and a policy, with every fact that can be made of them."""

    def __init__(
        self,
        *,
        policy: Policy,
        words: Words,
        measured: tuple[Measured, ...] = (),
        sessions: tuple[Session, ...] = (),
        knowledge: tuple[Knowledge, ...] = (),
        versions: Mapping[str, tuple[DocumentVersion, ...]] | None = None,
        asked: Mapping[str, str] | None = None,
    ) -> None:
        self.policy = policy
        self.words = words
        self.measured = {one.benchmark.benchmark_id: one for one in measured}
        self.sessions = {session.session_id: session for session in sessions}
        self.knowledge = {entry.knowledge_id: entry for entry in knowledge}
        self.versions = dict(versions or {})
        self.asked = dict(asked or {})

    def with_version(self, record: str, version: DocumentVersion) -> Evidence:
        """Return the same evidence with one more version of a document."""
        return Evidence(
            policy=self.policy,
            words=self.words,
            measured=tuple(self.measured.values()),
            sessions=tuple(self.sessions.values()),
            knowledge=tuple(self.knowledge.values()),
            versions={**self.versions, record: (version, *self.versions.get(record, ()))},
            asked=self.asked,
        )

    def fact(self, kind: Kind, record_id: str, *parts: object, also: tuple[Source, ...] = ()) -> Fact:
        """Return what stands at a place, as it is shown. Raises ``LookupError`` where there is nothing."""
        source = Source(kind=kind, id=record_id, pointer=join(*parts))
        seen = self.look(source)
        return Fact(text=seen.text or UNKNOWN, value=seen.value, sources=(source, *also))

    def look(self, source: Source) -> Seen:
        """Return the value at a source and its text. Raises ``LookupError`` where there is nothing."""
        parts = split(source.pointer)
        if source.kind == "benchmark":
            return self._benchmark(self._known(self.measured, source), parts)
        if source.kind == "session":
            return self._session(self._known(self.sessions, source), parts)
        if source.kind == "knowledge":
            return self._learnt(source.id, parts)
        if source.id != self.policy.id:
            raise LookupError(f"policy {source.id} is not at hand")
        return self._policy(parts)

    def _known(self, records: Mapping[str, Any], source: Source) -> Any:
        if source.id not in records:
            raise LookupError(f"{source.kind} {source.id} is not at hand")
        return records[source.id]

    def _benchmark(self, one: Measured, parts: tuple[str, ...]) -> Seen:
        match parts:
            case ():
                return Seen(one.benchmark.benchmark_id, one.benchmark.benchmark_id)
            case ("table", "tasks"):
                return Seen(one.table.tasks, plural(one.table.tasks, "task"))
            case ("table", metric, model):
                row = _row(one.table, metric)
                cell = row.cell(model)
                if cell is None:
                    raise LookupError(f"{model} has no {metric}")
                return Seen(cell.word if cell.value is None else cell.value, self.words.figures.figure(cell, row.unit))
            case ("rows", metric, "winner"):
                row = _row(one.table, metric)
                return Seen(row.winner, one_line(self.words.figures.winner_words(row)))
            case ("rows", metric, "title"):
                return Seen(_row(one.table, metric).title, one_line(_row(one.table, metric).title))
            case ("rows", metric, "p_value") if (chance := _row(one.table, metric).p_value) is not None:
                return Seen(chance, self.words.figures.p_words(chance))
            case ("rows", metric, "method"):
                return _text(_row(one.table, metric).method)
            case ("notes", number):
                return _text(walk(one.table.notes, (number,)))
            case ("tally", model, name):
                return _tally(_of(one, model).tally(name))
            case ("classes", model, key, field):
                return self._class(_of(one, model), key, field)
            case ("status", model):
                status = status_of(one.table, model, self.policy.advisory)
                return Seen(status.value, STATUS_WORDS[status])
            case ("severity", model):
                severity = severity_of(one.table, model, self.policy.advisory)
                return Seen(plain(severity), severity.value.upper() if severity else UNKNOWN)
            case ("verdict", model):
                return self._verdict(one, model)
            case ("samples", model, task, number, *rest) if number.isdecimal():
                return self._sample(one.sample(model, task, int(number)), tuple(rest))
            case ("tasks", task_id, *rest):
                return self._task(one.benchmark.task(task_id), tuple(rest))
            case ("samples_per_task",):
                count = one.benchmark.samples_per_task
                return Seen(count, plural(count, "program") + " a task")
        return self._shown(walk(one.benchmark, parts), parts)

    def _class(self, failures: Failures, key: str, field: str) -> Seen:
        if key not in failures.by_class:
            raise LookupError(f"no program fails as {key}")
        samples = failures.by_class[key]
        if field == "samples":
            return _tally(Tally(len(samples), len(failures.failed), "failed program"))
        if field == "tasks":
            return _tally(Tally(len(tasks_of(samples)), None, "task"))
        if field == "unseen":
            return _tally(Tally(len(unseen(samples)), len(samples)))
        return _text({"title": CLASSES[key].title, "impact": CLASSES[key].impact}[field])

    def _verdict(self, one: Measured, model: str) -> Seen:
        status = status_of(one.table, model, self.policy.advisory)
        word = {"fit": "passes", "not_recommended": "fails"}.get(status.value, "too few tasks")
        return Seen(status.value, word)

    def _sample(self, sample: Sample, parts: tuple[str, ...]) -> Seen:
        match parts:
            case ("code" | "reply" as name, "lines", span):
                return lines.cut(getattr(sample, name) or "", span)
            case ("code" | "reply" as name, "place", spans):
                return lines.place(getattr(sample, name) or "", spans)
            case ("report", "marks", number) if sample.report is not None and number.isdecimal():
                return _kept(self.words.marks(sample.report)[int(number)])
            case ("report", "failed", "tests"):
                check = sample.report.check("tests") if sample.report else None
                tests = check.tests if check else ()
                return _tally(Tally(sum(t.outcome.value != "passed" for t in tests), len(tests), "test"))
        return self._shown(walk(sample, parts), parts)

    def _task(self, task: TaskSummary | None, parts: tuple[str, ...]) -> Seen:
        if task is None:
            raise LookupError("there is no such task")
        match parts:
            case ():
                return _line(f"{task.title} ({task.id})" if task.title and task.title != task.id else task.id)
            case ("reference", "lines", span):
                return lines.cut(task.reference or "", span)
            case ("reference", "place", spans):
                return lines.place(task.reference or "", spans)
        return self._shown(walk(task, parts), parts)

    def _session(self, session: Session, parts: tuple[str, ...]) -> Seen:
        told = said_of(session, parts, share=self.words.figures.share)
        return told if told is not None else self._shown(walk(session, parts), parts)

    def _learnt(self, record_id: str, parts: tuple[str, ...]) -> Seen:
        match parts:
            case ("asked", name) if name in self.asked:
                value = self.asked[name]
                return Seen(value, f"{value} GB" if name == "memory_gb" else one_line(value))
            case ("versions", number, *rest):
                versions = {str(version.number): version for version in self.versions.get(record_id, ())}
                if number not in versions:
                    raise LookupError(f"{record_id} has no version {number}")
                if not rest:
                    return Seen(versions[number].number, f"version {versions[number].number}")
                return self._shown(walk(versions[number], rest), tuple(rest))
            case () if record_id in self.knowledge:
                return Seen(record_id, record_id)
        if record_id not in self.knowledge:
            raise LookupError(f"knowledge {record_id} is not at hand")
        return self._shown(walk(self.knowledge[record_id], parts), parts)

    def _policy(self, parts: tuple[str, ...]) -> Seen:
        match parts:
            case ():
                return Seen(self.policy.id, self.policy.id)
            case ("criteria", check, "outcome"):
                outcome = walk(self.policy, ("criteria", check, "on_fail"))
                return Seen(outcome, outcome.replace("_", " "))
            case ("advisory", name) if name == "min_tasks":
                return Seen(self.policy.advisory.min_tasks, plural(self.policy.advisory.min_tasks, "task"))
            case ("advisory", name):
                value = walk(self.policy.advisory, (name,))
                return Seen(value, self.words.figures.share(value))
        return self._shown(walk(self.policy, parts), parts)

    def _shown(self, value: Any, parts: tuple[str, ...]) -> Seen:
        """Return a plain value as it is shown; its name says its unit."""
        name = parts[-1] if parts else ""
        if isinstance(value, datetime):
            return Seen(value.isoformat(), value.strftime("%Y-%m-%d"))
        if isinstance(value, float | int) and not isinstance(value, bool):
            if name.endswith("_s"):
                return Seen(value, self.words.figures.duration(value))
            if name.endswith("_bytes"):
                return Seen(value, self.words.figures.size(value))
            if name in ("min_pass_rate", "agreement", "spilled"):
                return Seen(value, self.words.figures.share(value))
        found = plain(value)
        if found is None:
            return Seen(None, UNKNOWN)
        whole = name in ("output", "code", "reference") and isinstance(found, str)
        return Seen(found, str(found).strip("\n") if whole else one_line(str(found), LONGEST))


def _row(table: Table, metric: str) -> Row:
    row = table.row(metric)
    if row is None:
        raise LookupError(f"{metric} was not measured")
    return row


def _of(one: Measured, model: str) -> Failures:
    if model not in one.failures:
        raise LookupError(f"{model} is not in benchmark {one.benchmark.benchmark_id}")
    return one.failures[model]


def _tally(tally: Tally) -> Seen:
    return Seen(tally.count, tally.text)


def _text(value: str | None) -> Seen:
    return Seen(value, one_line(value or UNKNOWN, LONGEST))


def _line(value: str) -> Seen:
    return Seen(value, one_line(value, LONGEST))


def _kept(line: str) -> Seen:
    """Return a line with the spaces it begins with: they belong to the form that people know."""
    text = line.lstrip(" ")
    return Seen(line, " " * (len(line) - len(text)) + one_line(text, LONGEST))


def passed_both(sample: Sample) -> bool:
    """Whether a program passed every plain test and every edge-case test that there is."""
    check = sample.report.check("tests") if sample.report else None
    ran = check is None or check.outcome is CheckOutcome.PASSED
    return sample.passed and ran and sample.edge_passed is not False
