"""The seams of the house on one page. Whatever fits one of these can be handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from council.policies import Criterion, Policy
from council.types.base import Record
from council.types.benchmarks import Benchmark, Sample
from council.types.calls import Call, LoadedModel, LocalModel, Progress, Reply
from council.types.checks import CheckResult, SandboxInfo, ValidationReport
from council.types.consensus import Consensus, Evidence
from council.types.examinations import Second
from council.types.findings import Finding
from council.types.knowledge import DocumentVersion, Knowledge
from council.types.labels import Label, LabelOrigin, TrackRecord
from council.types.probe import Probe
from council.types.reviews import Review
from council.types.session import Session
from council.types.submission import Submission
from council.types.versions import Behaviour, Testimony, Version


@runtime_checkable
class ModelClient(Protocol):
    """Asks one model one question."""

    async def complete(self, call: Call, *, on_progress: Callable[[Progress], None] | None = None) -> Reply:
        """Return the reply; ``on_progress`` hears each state and each piece of text. Raises a ``ModelError``."""
        ...


@runtime_checkable
class ModelHost(ModelClient, Protocol):
    """A server of local models: asks them, and tells which it has and how they sit in memory."""

    async def version(self) -> str:
        """Return the server's version. Raises ``ModelUnreachable``."""
        ...

    async def models(self) -> tuple[LocalModel, ...]:
        """Return the models on disk."""
        ...

    async def loaded(self) -> tuple[LoadedModel, ...]:
        """Return the models in memory now."""
        ...


class Limits(Record):
    """What a sandboxed program may use."""

    wall_s: float = 60.0
    cpu_s: float = 60.0
    memory_bytes: int = 2 << 30
    scratch_bytes: int = 256 << 20
    file_bytes: int = 64 << 20
    tasks: int = 128
    output_bytes: int = 4 << 20


class Job(Record):
    """A program for the sandbox: arguments, and every file it may see.

    ``argv[0]`` may be ``{python}``: the sandbox puts its own isolated interpreter there, with the tools importable.
    ``files`` stand read-only in a folder whose path is in ``COUNCIL_FILES``. The working directory is a writable
    scratch of limited size that shows them by name, and which is gone after the run.
    """

    argv: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...] = ()
    stdin: bytes = b""
    limits: Limits = Limits()
    channel: bool = False
    """Whether the program gets an extra file descriptor to report over: 3, as ``COUNCIL_CHANNEL`` also says."""


class Run(Record):
    """What a sandboxed program did. Nothing in ``stdout`` or ``exit_code`` is believed without the channel."""

    exit_code: int | None
    stdout: bytes = b""
    stderr: bytes = b""
    channel: bytes = b""
    timed_out: bool = False
    out_of_memory: bool = False
    truncated: bool = False
    """More output came than the limit kept."""
    duration_s: float = 0.0


@runtime_checkable
class Sandbox(Protocol):
    """Runs a program that nobody trusts."""

    @property
    def info(self) -> SandboxInfo:
        """Return backend, layers, and what is missing."""
        ...

    async def run(self, job: Job) -> Run:
        """Run the job and return what it did; cancelling kills the whole process tree. Raises ``SandboxError``."""
        ...


@runtime_checkable
class Check(Protocol):
    """One tool that looks at a submission."""

    @property
    def name(self) -> str:
        """Return the policy's word for it: ``syntax``, ``lint``, ``security``, ``tests``, ``formatting``."""
        ...

    async def run(self, submission: Submission, criterion: Criterion, sandbox: Sandbox) -> CheckResult:
        """Run the tool in the sandbox; whatever goes wrong becomes a result, not an exception."""
        ...


class Docket(Record):
    """Everything a decision rests on."""

    reviews: tuple[Review, ...] = ()
    report: ValidationReport | None = None
    evidence: tuple[Evidence, ...] = ()
    probe: Probe | None = None
    findings: tuple[Finding, ...] = ()
    """What no seat and no check found, such as a difference to independent versions of the task."""
    testimony: Testimony | None = None
    """What these versions say of the submission as a whole."""
    seconds: tuple[Second, ...] = ()
    """Who, asked about a finding of another seat that no run has settled, says that it holds."""
    policy: Policy
    record: TrackRecord | None = None
    """What labelled outcomes say of the seats; ``None``: the shipped prior."""


@runtime_checkable
class Aggregator(Protocol):
    """Turns a docket into one decision. Pure, and blind to the order of seats, findings and files."""

    def aggregate(self, docket: Docket) -> Consensus:
        """Return the consensus."""
        ...


class SessionSummary(Record):
    """One line of ``council session list``."""

    session_id: str
    kind: str
    state: str
    created_at: str
    decision: str | None = None
    score: float | None = None
    title: str = ""


@runtime_checkable
class Store(Protocol):
    """Keeps sessions. Methods block and are called from a thread."""

    def open_session(self, session: Session) -> None:
        """Write a session that has just begun; it is readable from this moment on."""
        ...

    def update_session(self, session: Session) -> None:
        """Replace what is known of a session, whole or not at all."""
        ...

    def read_session(self, session_id: str) -> Session:
        """Return a session by its id or an unambiguous beginning of it. Raises ``StoreError``."""
        ...

    def list_sessions(self, *, limit: int = 50) -> Sequence[SessionSummary]:
        """Return the newest sessions first."""
        ...

    def delete_session(self, session_id: str) -> str:
        """Delete a session and return its full id. Raises ``StoreError``."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...


class BenchmarkSummary(Record):
    """One line of ``council bench list``."""

    benchmark_id: str
    suite: str
    state: str
    created_at: str
    models: tuple[str, ...]
    tasks: int
    samples_per_task: int
    done: int
    """Samples that are there; all are when it equals models × tasks × samples."""


@runtime_checkable
class Archive(Store, Protocol):
    """Keeps, besides sessions, what was measured and what was learnt. Methods block and are called from a thread.

    Ids may be given by an unambiguous beginning, as with sessions; every method raises ``StoreError``.
    """

    def put_label(self, label: Label) -> None:
        """Keep a label, in place of what the same origin said of the same thing before."""
        ...

    def list_labels(self, session_id: str | None = None, *, limit: int = 10_000) -> tuple[Label, ...]:
        """Return the newest labels first, of one session or of all."""
        ...

    def delete_label(self, session_id: str, finding_id: str | None, origin: LabelOrigin) -> bool:
        """Take one label back, and return whether it was there."""
        ...

    def claim_session(self, session_id: str, *, force: bool = False) -> Session:
        """Return a session that this process alone may complete now, until it is updated or released."""
        ...

    def release_session(self, session_id: str) -> None:
        """Let go of a session that was claimed and is not updated."""
        ...

    def keep_program(self, task: str, version: Version) -> None:
        """Keep a version of a task; the same model and seed replaces it."""
        ...

    def programs_of(self, task: str) -> tuple[Version, ...]:
        """Return the versions of a task by model and seed."""
        ...

    def keep_behaviour(self, key: str, behaviour: Behaviour) -> None:
        """Keep what a program did, as long as there is room; the same key replaces it."""
        ...

    def behaviours_of(self, keys: Iterable[str]) -> Mapping[str, Behaviour]:
        """Return what is remembered of these keys; any may have been forgotten."""
        ...

    def open_benchmark(self, benchmark: Benchmark) -> None:
        """Write a benchmark that has just begun."""
        ...

    def update_benchmark(self, benchmark: Benchmark) -> None:
        """Replace what is known of a benchmark; its samples stay."""
        ...

    def read_benchmark(self, benchmark_id: str) -> Benchmark:
        """Return a benchmark."""
        ...

    def list_benchmarks(self, *, limit: int = 50) -> Sequence[BenchmarkSummary]:
        """Return the newest benchmarks first."""
        ...

    def delete_benchmark(self, benchmark_id: str) -> str:
        """Delete a benchmark with its samples and return its full id."""
        ...

    def add_sample(self, sample: Sample) -> None:
        """Keep one sample, durably when this returns; the same model, task and number replaces it."""
        ...

    def read_samples(self, benchmark_id: str, *, model: str | None = None) -> tuple[Sample, ...]:
        """Return samples ordered by model, task and number."""
        ...

    def put_knowledge(self, knowledge: Knowledge) -> None:
        """Write or replace one piece of knowledge. Refuses evidence that is not in the store."""
        ...

    def read_knowledge(self, knowledge_id: str) -> Knowledge:
        """Return one piece of knowledge."""
        ...

    def list_knowledge(self, *, limit: int = 200) -> tuple[Knowledge, ...]:
        """Return what was learnt, the newest first."""
        ...

    def search_knowledge(self, words: str, *, limit: int = 20) -> tuple[Knowledge, ...]:
        """Return what holds the words, the best match first."""
        ...

    def delete_knowledge(self, knowledge_id: str) -> str:
        """Delete one piece of knowledge that nothing else rests on, and return its full id."""
        ...

    def add_version(self, version: DocumentVersion) -> None:
        """Keep a version of a document; its number must be the next one."""
        ...

    def list_versions(self, name: str) -> tuple[DocumentVersion, ...]:
        """Return every version of a document, the newest first."""
        ...

    def list_documents(self) -> tuple[str, ...]:
        """Return the names of all documents that have versions, sorted."""
        ...


@runtime_checkable
class Renderer(Protocol):
    """Makes a document of a record."""

    def render(self, subject: Record, *, document: str) -> str:
        """Return the text. ``document`` names a template, or ``json``. Raises ``TemplateError``."""
        ...


TemplateDirs = tuple[Path, ...]
"""Where templates are looked up, the first hit wins: a team's own directory, then the shipped one."""
