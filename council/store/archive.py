"""The store as one thing: what ``open_store`` returns, made of one part for each kind of record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Engine

from council.protocols import BenchmarkSummary, SessionSummary
from council.store.behaviours import Behaviours
from council.store.benchmarks import Benchmarks
from council.store.knowledge import KnowledgeBase
from council.store.labels import Labels
from council.store.programs import Programs
from council.store.sessions import Sessions
from council.store.transactions import Database
from council.store.versions import Versions
from council.types.benchmarks import Benchmark, Sample
from council.types.knowledge import DocumentVersion, Knowledge
from council.types.labels import Label, LabelOrigin
from council.types.session import Session
from council.types.versions import Behaviour, Version


class SqlStore:
    """An ``Archive`` in a SQL database. Safe for several threads and several processes at once.

    Every method is one transaction and raises ``StoreError``. ``alone`` is for a database in memory, whose one
    connection all threads share.
    """

    def __init__(self, engine: Engine, *, place: str, secrets: tuple[str, ...] = (), alone: bool = False) -> None:
        self._engine = engine
        self.database = Database(engine, place=place, secrets=secrets, alone=alone)
        self._sessions = Sessions(self.database)
        self._labels = Labels(self.database)
        self._benchmarks = Benchmarks(self.database)
        self._knowledge = KnowledgeBase(self.database)
        self._versions = Versions(self.database)
        self._programs = Programs(self.database)
        self._behaviours = Behaviours(self.database)

    def open_session(self, session: Session) -> None:
        """Write a session that has just begun; it is readable from this moment on."""
        self._sessions.open(session)

    def update_session(self, session: Session) -> None:
        """Replace what is known of a session, whole or not at all; one that is not there is written anew."""
        self._sessions.update(session)

    def read_session(self, session_id: str) -> Session:
        """Return a session by its id or an unambiguous beginning of it."""
        return self._sessions.read(session_id)

    def claim_session(self, session_id: str, *, force: bool = False) -> Session:
        """Return a session that this process alone may complete now; nothing of it changes until it is updated."""
        return self._sessions.claim(session_id, force=force)

    def release_session(self, session_id: str) -> None:
        """Let go of a session that was claimed and is not updated."""
        self._sessions.release(session_id)

    def list_sessions(self, *, limit: int = 50) -> Sequence[SessionSummary]:
        """Return the newest sessions first. One whose process is gone is shown as interrupted."""
        return self._sessions.list(limit=limit)

    def delete_session(self, session_id: str) -> str:
        """Delete a session that neither knowledge nor a sample rests on, and return its full id."""
        return self._sessions.delete(session_id)

    def put_label(self, label: Label) -> None:
        """Keep a label, in place of what the same origin said of the same thing before."""
        self._labels.put(label)

    def list_labels(self, session_id: str | None = None, *, limit: int = 10_000) -> tuple[Label, ...]:
        """Return the newest labels first, of one session or of all."""
        return self._labels.list(session_id, limit=limit)

    def delete_label(self, session_id: str, finding_id: str | None, origin: LabelOrigin) -> bool:
        """Take one label back, and return whether it was there."""
        return self._labels.delete(session_id, finding_id, origin)

    def keep_program(self, task: str, version: Version) -> None:
        """Keep a version of a task; the same model and seed replaces it."""
        self._programs.keep(task, version)

    def programs_of(self, task: str) -> tuple[Version, ...]:
        """Return the versions of a task by model and seed."""
        return self._programs.of_task(task)

    def keep_behaviour(self, key: str, behaviour: Behaviour) -> None:
        """Keep what a program did, as long as there is room; the same key replaces it."""
        self._behaviours.keep(key, behaviour)

    def behaviours_of(self, keys: Iterable[str]) -> Mapping[str, Behaviour]:
        """Return what is remembered of these keys."""
        return self._behaviours.of(keys)

    def open_benchmark(self, benchmark: Benchmark) -> None:
        """Write a benchmark that has just begun."""
        self._benchmarks.open(benchmark)

    def update_benchmark(self, benchmark: Benchmark) -> None:
        """Replace what is known of a benchmark; its samples stay."""
        self._benchmarks.update(benchmark)

    def read_benchmark(self, benchmark_id: str) -> Benchmark:
        """Return a benchmark by its id or an unambiguous beginning of it."""
        return self._benchmarks.read(benchmark_id)

    def list_benchmarks(self, *, limit: int = 50) -> Sequence[BenchmarkSummary]:
        """Return the newest benchmarks first. One whose process is gone is shown as interrupted."""
        return self._benchmarks.list(limit=limit)

    def delete_benchmark(self, benchmark_id: str) -> str:
        """Delete a benchmark that no knowledge rests on, with its samples, and return its full id."""
        return self._benchmarks.delete(benchmark_id)

    def add_sample(self, sample: Sample) -> None:
        """Keep one sample, durably when this returns; the same model, task and number replaces it."""
        self._benchmarks.add_sample(sample)

    def read_samples(self, benchmark_id: str, *, model: str | None = None) -> tuple[Sample, ...]:
        """Return samples ordered by model, task and number."""
        return self._benchmarks.read_samples(benchmark_id, model=model)

    def put_knowledge(self, knowledge: Knowledge) -> None:
        """Write or replace one piece of knowledge. Refuses evidence that is not in the store."""
        self._knowledge.put(knowledge)

    def read_knowledge(self, knowledge_id: str) -> Knowledge:
        """Return one piece of knowledge by its id or an unambiguous beginning of it."""
        return self._knowledge.read(knowledge_id)

    def list_knowledge(self, *, limit: int = 200) -> tuple[Knowledge, ...]:
        """Return what was learnt, the newest first."""
        return self._knowledge.list(limit=limit)

    def search_knowledge(self, words: str, *, limit: int = 20) -> tuple[Knowledge, ...]:
        """Return what holds every word, the best match first; case, accents and punctuation do not matter."""
        return self._knowledge.search(words, limit=limit)

    def delete_knowledge(self, knowledge_id: str) -> str:
        """Delete one piece of knowledge that nothing else rests on, and return its full id."""
        return self._knowledge.delete(knowledge_id)

    def add_version(self, version: DocumentVersion) -> None:
        """Keep a version of a document; its number must be the next one."""
        self._versions.add(version)

    def list_versions(self, name: str) -> tuple[DocumentVersion, ...]:
        """Return every version of a document, the newest first."""
        return self._versions.list(name)

    def list_documents(self) -> tuple[str, ...]:
        """Return the names of all documents that have versions, sorted."""
        return self._versions.names()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
