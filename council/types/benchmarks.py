"""Suites of tasks, what models wrote for them, and what came of it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from council.types.base import Record
from council.types.calls import Fraction
from council.types.checks import CheckResult, TestOutcome, TestResult, ValidationReport
from council.types.session import ID_ALPHABET, SessionState
from council.types.submission import SourceFile

BENCHMARK_SCHEMA = 1
"""Version of the documents of benchmarks and samples in a store."""


def new_benchmark_id() -> str:
    """Return a fresh id: ``b`` and seven letters that people can read aloud."""
    return "b" + "".join(secrets.choice(ID_ALPHABET) for _ in range(7))


class Task(Record):
    """One thing a model is asked to write, and how it is known whether it did.

    The model sees ``text`` and nothing else.
    """

    id: str
    """Unique in its suite: ``lru_cache``, ``HumanEval/0``."""
    title: str = ""
    text: str
    path: str = "solution.py"
    """Name of the module as the tests import it."""
    tests: tuple[SourceFile, ...] = ()
    """Plain tests: what the task says in so many words."""
    edge_tests: tuple[SourceFile, ...] = ()
    """Stronger tests of the borders: hidden from the model, and counted apart."""
    reference: str | None = None
    """A right solution. The suite's own test proves it against both kinds of tests."""
    tags: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Hex SHA-256 over text, path and tests: samples of another version of a task are not comparable."""
        whole = hashlib.sha256(f"{self.path}\0{self.text}".encode())
        for kind, files in (("plain", self.tests), ("edge", self.edge_tests)):
            for file in sorted(files, key=lambda f: f.path):
                whole.update(f"\0{kind}\0{file.path}\0{file.sha256}".encode())
        return whole.hexdigest()


class Suite(Record):
    """Tasks that belong together."""

    id: str
    title: str
    description: str = ""
    source: str | None = None
    """Where it comes from, to be quoted: ``evalplus/humanevalplus_release``."""
    licence: str | None = None
    tasks: tuple[Task, ...]

    @property
    def digest(self) -> str:
        """Hex SHA-256 over the tasks, blind to their order."""
        return hashlib.sha256("\0".join(sorted(f"{t.id} {t.digest}" for t in self.tasks)).encode()).hexdigest()


class SampleOutcome(StrEnum):
    """What came of one attempt at one task."""

    PASSED = "passed"
    """The module loads, and every plain test passed."""
    FAILED = "failed"
    NO_CODE = "no_code"
    """The reply held no whole code."""
    TAMPERED = "tampered"
    """The code worked on the tests or their report instead of the task. It counts as failed and is named."""
    BROKEN = "broken"
    """The tests could not be run: nobody can say. It is left out of every rate, and named."""


class Sample(Record):
    """What one model wrote for one task, once, and what its tests said."""

    benchmark_id: str
    model: str
    task: str
    number: Annotated[int, Field(ge=1)]
    """1 to the number of samples a task."""
    outcome: SampleOutcome
    edge_passed: bool | None = None
    """Whether every edge-case test passed; ``None`` where the task has none or they could not be run."""
    code: str | None = None
    reply: str | None = None
    """What the model answered, where no code was found in it; cut to a readable size."""
    reason: str | None = None
    """In a line, why it did not pass."""
    report: ValidationReport | None = None
    """Checks of the policy with the plain tests."""
    edge: CheckResult | None = None
    """The edge-case tests."""
    apart: bool | None = None
    """Whether tests and code ran in two processes with data between them; ``None`` when nothing was run."""
    temperature: float | None = None
    seed: int | None = None
    served_model: str | None = None
    digest: str | None = None
    """Of the weights that answered."""
    duration_s: float | None = None
    """From the question to the last token, loading left out."""
    load_s: float | None = None
    first_token_s: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    readability: Annotated[float, Field(ge=0, le=10)] | None = None
    """The council's score of the code, where it was asked."""
    session_id: str | None = None
    """The council's sitting over this code, where there was one."""
    recorded_outcome: bool | None = None
    """For imported outputs: whether the recording says that it passed its plain tests."""
    finished_at: datetime

    @property
    def passed(self) -> bool:
        """Whether the plain tests passed."""
        return self.outcome is SampleOutcome.PASSED

    @property
    def counted(self) -> bool:
        """Whether this sample says anything about the model."""
        return self.outcome is not SampleOutcome.BROKEN

    @property
    def failed_tests(self) -> tuple[TestResult, ...]:
        """Tests of both kinds that did not pass, plain ones first."""
        check = self.report.check("tests") if self.report else None
        every = (*(check.tests if check else ()), *(self.edge.tests if self.edge else ()))
        return tuple(test for test in every if test.outcome is not TestOutcome.PASSED)


class Memory(Record):
    """How a model sat in memory while it was benchmarked, and how that was known."""

    fit: Literal["fits", "spilled", "cpu", "unknown"] = "unknown"
    """``fits``: all of it in video memory; ``spilled``: part of it; ``cpu``: none of it."""
    size_bytes: int | None = None
    """Everything it took, context included."""
    vram_bytes: int | None = None
    spilled: Fraction | None = None
    """The share that did not fit into video memory; ``None`` where there is none or it is unknown."""
    known_by: str = "nobody said"
    """``ollama /api/ps after loading``, ``size of the file``, ``nobody said``."""


class BenchedModel(Record):
    """A model as it was benchmarked."""

    name: str
    digest: str | None = None
    size_bytes: int | None = None
    """Of the file on disk."""
    parameters: str | None = None
    quantisation: str | None = None
    family: str | None = None
    released_on: str | None = None
    """``2024-09`` or ``2024-09-19``; only where a policy or a recording says so."""
    memory: Memory | None = None
    load_s: float | None = None
    imported: bool = False
    """Its outputs were recorded elsewhere; nobody ran it here."""


class TaskSummary(Record):
    """What a benchmark keeps of a task: enough to show it, and to know whether it is the same one."""

    id: str
    title: str = ""
    text: str
    path: str = "solution.py"
    digest: str
    tests: int = 0
    """How many plain tests."""
    edge_tests: int = 0
    reference: str | None = None
    tags: tuple[str, ...] = ()


class Machine(Record):
    """Where a benchmark ran. Never a host name: reports travel."""

    system: str | None = None
    cpu: str | None = None
    cores: int | None = None
    memory_bytes: int | None = None
    gpu: str | None = None
    vram_bytes: int | None = None
    server: str | None = None
    """``Ollama 0.32.15``."""


class Benchmark(Record):
    """Models against one suite. Its samples are records of their own, written one by one."""

    schema_version: int = BENCHMARK_SCHEMA
    benchmark_id: str
    state: SessionState = SessionState.OPEN
    created_at: datetime
    finished_at: datetime | None = None
    council_version: str
    suite: str
    suite_title: str = ""
    suite_digest: str
    source: str | None = None
    licence: str | None = None
    tasks: tuple[TaskSummary, ...]
    models: tuple[BenchedModel, ...]
    samples_per_task: Annotated[int, Field(ge=1)] = 1
    seed: int = 0
    """Decides order and seeds, so that a run that was killed goes on with the same plan."""
    temperature: float | None = None
    policy: str
    machine: Machine = Machine()
    reviewed: bool = False
    imported_from: str | None = None
    """Name of the file the outputs came from, without its folder."""
    duration_s: float | None = None
    """Working time, without the pauses between a kill and going on."""
    notes: tuple[str, ...] = ()

    def task(self, task_id: str) -> TaskSummary | None:
        """Return a task by its id."""
        return next((task for task in self.tasks if task.id == task_id), None)

    def model(self, name: str) -> BenchedModel | None:
        """Return a model by its name."""
        return next((model for model in self.models if model.name == name), None)


class Cell(Record):
    """What was measured for one model, as a number with its interval; ``value`` ``None`` is unknown."""

    model: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """Ends of the 95 % interval."""
    count: int | None = None
    """Numerator, where the value is a share."""
    of: int | None = None
    """How many observations it rests on."""
    word: str | None = None
    """Where the answer is a word: ``fits``, ``no (CPU)``, ``2024-09``."""


class Row(Record):
    """One metric for every model, and who wins it."""

    metric: str
    """``tests_passed``, ``edge_cases``, ``pass_at_5``, ``time_per_task_s`` …: stable, for programs and pointers."""
    title: str
    """``tests passed``."""
    unit: Literal["share", "seconds", "tokens_per_second", "bytes", "count", "score", "word"]
    better: Literal["higher", "lower", "neither"]
    cells: tuple[Cell, ...]
    winner: str | None = None
    """``None``: no difference shown, or nothing to win."""
    p_value: Fraction | None = None
    """Of the winner against the runner-up, paired over the same tasks."""
    method: str | None = None
    """``exact McNemar``, ``bootstrap over tasks`` …"""
    note: str | None = None
    """``no difference shown``, ``nothing to compare`` …"""

    def cell(self, model: str) -> Cell | None:
        """Return the cell of one model."""
        return next((cell for cell in self.cells if cell.model == model), None)


class Table(Record):
    """What a benchmark measured: one row a metric, one column a model in the benchmark's order."""

    benchmark_ids: tuple[str, ...]
    models: tuple[str, ...]
    tasks: int
    """How many tasks every model was given."""
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    """What was left out of it, and why."""

    def row(self, metric: str) -> Row | None:
        """Return a row by its metric."""
        return next((row for row in self.rows if row.metric == metric), None)
