"""Stores to test with: a SQLite file, and a PostgreSQL server of our own where one is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from council.protocols import Archive, Store
from council.store import open_store
from council.types.base import now
from council.types.benchmarks import BenchedModel, Benchmark, Sample, SampleOutcome, TaskSummary, new_benchmark_id
from council.types.consensus import Consensus, Decision, Quorum
from council.types.facts import Source
from council.types.knowledge import DocumentVersion, Knowledge
from council.types.labels import Label, LabelOrigin, LabelWord
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.types.session import Session, new_session_id
from council.types.submission import Submission

MakeSession = Callable[..., Session]


@pytest.fixture
def make_session() -> MakeSession:
    def make(**changes: Any) -> Session:
        seat = Seat(name="one", model="openai/one", provider="openai")
        ballot = Ballot(verdict=Verdict.REJECT, analysis="Não, ☃ \x00 \x1b[31m 𝒳")
        session = Session(
            session_id=new_session_id(),
            created_at=now(),
            council_version="0.1.0",
            policy="python-team",
            seats=(seat,),
            submission=Submission.from_text("def f():\n    return 1\n", path="cache.py", task="return one"),
            reviews=(Review(seat=seat, outcome=ReviewOutcome.ANSWERED, ballot=ballot, raw_text="{…}"),),
            consensus=Consensus(
                decision=Decision.REJECTED,
                score=1.25,
                quorum=Quorum(needed=1, invited=1, heard=1, met=True),
                decided=True,
            ),
        )
        changed: Session = session.but(**changes)
        return changed

    return make


class Make:
    """Makes records, with any field changed."""

    @staticmethod
    def benchmark(**changes: Any) -> Benchmark:
        tasks = tuple(TaskSummary(id=name, text=f"Write {name}.", digest="d" * 64) for name in ("lru", "HumanEval/0"))
        whole = Benchmark(
            benchmark_id=new_benchmark_id(),
            created_at=now(),
            council_version="0.1.0",
            suite="core",
            suite_digest="e" * 64,
            tasks=tasks,
            models=(BenchedModel(name="qwen:0.5b"), BenchedModel(name="Não/☃\x00:1b")),
            policy="python-team",
        )
        changed: Benchmark = whole.but(**changes)
        return changed

    @staticmethod
    def sample(
        of: Benchmark | str, model: str = "qwen:0.5b", task: str = "lru", number: int = 1, **rest: Any
    ) -> Sample:
        return Sample(
            benchmark_id=of if isinstance(of, str) else of.benchmark_id,
            model=model,
            task=task,
            number=number,
            outcome=rest.pop("outcome", SampleOutcome.PASSED),
            code=rest.pop("code", "def f():\n    return '\x00 ☃'\n"),
            finished_at=rest.pop("finished_at", now()),
            **rest,
        )

    @staticmethod
    def label(session_id: str, finding_id: str | None = None, origin: str = "person", **rest: Any) -> Label:
        word = rest.pop("word", LabelWord.GOOD if finding_id is None else LabelWord.REAL)
        return Label(
            session_id=session_id,
            finding_id=finding_id,
            word=word,
            origin=LabelOrigin(origin),
            labelled_at=rest.pop("labelled_at", now()),
            **rest,
        )

    @staticmethod
    def learnt(name: str, *evidence: str, **rest: Any) -> Knowledge:
        """Knowledge that rests on ``kind:id`` words."""
        pairs = [word.split(":", 1) for word in evidence]
        return Knowledge(
            knowledge_id=name,
            title=rest.pop("title", name),
            text=rest.pop("text", ""),
            evidence=tuple(Source.model_validate({"kind": kind, "id": of}) for kind, of in pairs),
            created_at=rest.pop("created_at", now()),
            **rest,
        )

    @staticmethod
    def version(name: str, number: int, *sources: Source) -> DocumentVersion:
        facts = {"results/a": f"{number} %"}
        return DocumentVersion(
            name=name, number=number, created_at=now(), facts=facts, sources={"results/a": sources} if sources else {}
        )


@pytest.fixture
def make() -> type[Make]:
    return Make


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a server that runs as long as the tests, on a socket in a folder of its own."""
    programs = [shutil.which("initdb"), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
    initdb = next((program for program in programs if program), None)
    if initdb is None:
        pytest.skip("no PostgreSQL server is installed here (no initdb)")
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="council-pg-"))
    user: dict[str, Any] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        try:
            entry = pwd.getpwnam("postgres")
        except KeyError:
            entry = pwd.getpwnam("nobody")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    programs_dir = Path(initdb).resolve().parent
    common = {**user, "cwd": folder, "check": True, "capture_output": True, "env": {"PATH": os.defpath, "LC_ALL": "C"}}
    data = str(folder / "data")
    subprocess.run([programs_dir / "initdb", "-D", data, "-U", "council", "-A", "trust", "-N", "-E", "UTF8"], **common)
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    log = str(folder / "log")
    subprocess.run([programs_dir / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start"], **common)
    try:
        yield f"postgresql://council@/postgres?host={folder}"
    finally:
        subprocess.run([programs_dir / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], **common)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that is empty, of each kind in turn."""
    return new_database(request.param, request, tmp_path)


@pytest.fixture(params=["sqlite", "memory", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """An empty archive of each kind in turn."""
    opened = open_store(new_database(request.param, request, tmp_path), secrets=())
    yield opened
    opened.close()


def new_database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if kind == "memory":
        return "sqlite://"
    if kind == "sqlite":
        return str(tmp_path / "data" / "council.db")
    server: str = request.getfixturevalue("postgresql")
    import psycopg

    name = f"t{os.urandom(6).hex()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")  # letters and digits of our own
    # A schema of its own is as good as a database of its own, and made in no time.
    return f"{server}&options=-csearch_path%3D{name}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url, secrets=())
    yield opened
    opened.close()
