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

from council.protocols import Store
from council.store import open_store
from council.types.base import now
from council.types.consensus import Consensus, Decision, Quorum
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.types.session import Session, new_session_id
from council.types.submission import Submission

Make = Callable[..., Session]


@pytest.fixture
def make_session() -> Make:
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
    if request.param == "sqlite":
        return str(tmp_path / "data" / "council.db")
    server: str = request.getfixturevalue("postgresql")
    import psycopg

    name = f"t{os.urandom(6).hex()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # letters and digits of our own
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url, secrets=())
    yield opened
    opened.close()
