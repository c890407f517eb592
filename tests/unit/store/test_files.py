"""The SQLite file: its modes, what happens when the disk or the file is not as it should be, and sudden death."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from council.errors import StoreError
from council.store import open_store
from council.store.schema import KNOWN_SCHEMA
from council.types.session import Session, SessionState

Make = Callable[..., Session]
_FORK = multiprocessing.get_context("fork")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_nobody_else_can_read_it(tmp_path: Path, make_session: Make) -> None:
    path = tmp_path / "home" / "council" / "council.db"
    store = open_store(str(path))
    assert mode(path) == 0o600 and mode(path.parent) == 0o700
    with store._engine.connect() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("INSERT INTO sessions SELECT * FROM sessions")
        companions = sorted(p.name for p in path.parent.iterdir())
        assert companions == ["council.db", "council.db-shm", "council.db-wal"]
        assert {mode(path.parent / name) for name in companions} == {0o600}
    store.open_session(make_session())
    assert [p.name for p in path.parent.iterdir()] == ["council.db"]


@pytest.mark.usefixtures("open_umask")
def test_a_file_that_was_only_touched_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "council.db"
    path.touch(0o666)
    open_store(f"sqlite:///{path}")
    assert mode(path) == 0o600


def test_names_with_odd_characters(tmp_path: Path, make_session: Make) -> None:
    path = tmp_path / "100% of #1?mode=memory & é.db"
    session = make_session()
    open_store(str(path)).open_session(session)
    assert path.stat().st_size > 0
    assert open_store(str(path)).read_session(session.session_id) == session


def test_reading_makes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "none" / "council.db"
    store = open_store(str(path), readonly=True)
    assert store.list_sessions() == ()
    with pytest.raises(StoreError, match="there is no session abc"):
        store.read_session("abc")
    assert not path.parent.exists()


def test_a_store_opened_for_reading_is_not_written(tmp_path: Path, make_session: Make) -> None:
    path = str(tmp_path / "council.db")
    open_store(path)
    with pytest.raises(StoreError, match="cannot be written to"):
        open_store(path, readonly=True).open_session(make_session())


def sentence(url: str, *, readonly: bool = False) -> str:
    with pytest.raises(StoreError) as caught:
        open_store(url, readonly=readonly)
    text = str(caught.value)
    assert "\n" not in text and "Traceback" not in text and caught.value.remedy
    return text


@pytest.mark.parametrize("readonly", [False, True])
def test_a_file_that_is_no_database(tmp_path: Path, readonly: bool) -> None:
    path = tmp_path / "council.db"
    path.write_bytes(b"This is a letter to my aunt. " * 400)
    before = path.read_bytes()
    assert "not a council database" in sentence(str(path), readonly=readonly)
    assert path.read_bytes() == before


@pytest.mark.parametrize("readonly", [False, True])
def test_a_database_that_is_damaged(tmp_path: Path, readonly: bool, make_session: Make) -> None:
    path = tmp_path / "council.db"
    open_store(str(path)).open_session(make_session())
    with path.open("r+b") as file:
        file.seek(100)
        file.write(os.urandom(4000))
    assert "damaged" in sentence(str(path), readonly=readonly)


def test_a_folder(tmp_path: Path) -> None:
    assert "no file" in sentence(str(tmp_path))


@pytest.mark.parametrize("readonly", [False, True])
def test_a_newer_schema(tmp_path: Path, readonly: bool) -> None:
    path = tmp_path / "council.db"
    open_store(str(path))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0007'")
    connection.close()
    assert f"written by a newer council (schema 7, this one knows {KNOWN_SCHEMA})" in sentence(str(path), readonly=readonly)


def test_the_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE sessions (cookie TEXT)")
    connection.close()
    assert "council did not make" in sentence(str(path))
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("sessions",)]
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('ae1027a6acf')")
    connection.close()
    assert "another program" in sentence(str(path))


@pytest.mark.parametrize("url", ["mysql://u:topsecretpw@h/x", "http://u:topsecretpw@h", "oracle://x"])
def test_a_kind_of_database_nobody_knows(url: str) -> None:
    text = sentence(url)
    assert url.partition(":")[0] in text and "topsecretpw" not in text


def test_a_store_in_memory(make_session: Make) -> None:
    store, session = open_store("sqlite://"), make_session()
    store.open_session(session)
    assert store.read_session(session.session_id) == session


def test_a_locked_file(tmp_path: Path, make_session: Make) -> None:
    path = tmp_path / "council.db"
    store = open_store(str(path), patience_s=0.05)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process holds it locked"):
        store.open_session(make_session())
    assert store.list_sessions() == ()  # readers are not held up
    holder.execute("ROLLBACK")
    store.open_session(make_session())
    holder.close()


def test_a_writer_waits_for_another(tmp_path: Path, make_session: Make) -> None:
    path = tmp_path / "council.db"
    store = open_store(str(path), patience_s=30)
    ready, holds = _FORK.Event(), _FORK.Event()

    def hold() -> None:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        holds.set()
        ready.wait(10)
        time.sleep(0.3)  # the writer is inside SQLite by now, where nothing can be waited for
        holder.execute("ROLLBACK")
        os._exit(0)

    process = _FORK.Process(target=hold)
    process.start()
    assert holds.wait(10)
    started = time.monotonic()
    ready.set()
    store.open_session(make_session())
    assert time.monotonic() - started > 0.2
    process.join()


def child(work: Callable[[], None]) -> str:
    """Do the work in a process of its own and return what it says at its end."""
    receiver, sender = _FORK.Pipe(duplex=False)

    def run() -> None:
        try:
            work()
            sender.send("done")
        except StoreError as error:
            sender.send(str(error))
        except BaseException as error:
            sender.send(f"escaped: {error!r}")
        finally:
            os._exit(0)

    process = _FORK.Process(target=run)
    process.start()
    sender.close()
    said: str = receiver.recv()
    process.join()
    return said


def test_a_full_disk_loses_only_what_did_not_fit(tmp_path: Path, make_session: Make) -> None:
    path = tmp_path / "council.db"
    store, session = open_store(str(path)), make_session()
    store.open_session(session)

    def write_too_much() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20_000,) * 2)
        store.update_session(session.but(notes=("x" * 400_000,)))

    assert "the disk is full. Make room" in child(write_too_much)
    assert store.read_session(session.session_id) == session
    store.update_session(session.but(notes=("x" * 400_000,)))


def test_a_disk_that_is_full_from_the_start(tmp_path: Path) -> None:
    path = tmp_path / "new" / "council.db"

    def make() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
        open_store(str(path))

    assert "the disk is full" in child(make)
    assert list(path.parent.iterdir()) == []
    open_store(str(path))


def test_a_really_full_file_system(tmp_path: Path, make_session: Make) -> None:
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=384k", "none", tmp_path]).returncode:
        pytest.skip("a small file system can be mounted by root only")
    try:
        path = tmp_path / "council.db"
        store, session = open_store(str(path)), make_session()
        store.open_session(session)
        with pytest.raises(StoreError, match="the disk is full"):
            store.update_session(session.but(notes=("x" * 400_000,)))
        assert store.read_session(session.session_id) == session
        (tmp_path / "filler").write_bytes(b"x" * 1)
        with pytest.raises(OSError) as caught:
            (tmp_path / "filler").write_bytes(b"x" * 400_000)
        assert caught.value.errno == errno.ENOSPC
        with pytest.raises(StoreError, match="the disk is full"):
            open_store(str(tmp_path / "second.db"))
        assert sorted(p.name for p in tmp_path.iterdir()) == ["council.db", "filler"]
    finally:
        subprocess.run(["umount", tmp_path], check=True)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that an ordinary user can look into."""
    folder = Path(tempfile.mkdtemp(prefix="council-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_nobody(work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        work()

    return run


def test_a_read_only_home(public_folder: Path, make_session: Make) -> None:
    """Nothing can be made there; what is there can be read."""
    session = make_session()
    there = public_folder / "there.db"
    open_store(str(there)).open_session(session)
    there.chmod(0o444)
    public_folder.chmod(0o555)
    new = public_folder / "data" / "council.db"
    try:
        said = child(as_nobody(lambda: open_store(str(new)).close()))
        assert "it cannot be opened" in said and "--no-store" in said and "data/council.db" in said

        def read() -> None:
            store = open_store(str(there), readonly=True)
            assert store.read_session(session.session_id) == session
            store.open_session(make_session())

        assert "it cannot be" in child(as_nobody(read))
        assert sorted(p.name for p in public_folder.iterdir()) == ["there.db"]
    finally:
        public_folder.chmod(0o755)


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    assert "it cannot be opened" in sentence(str(tmp_path / "home" / "council.db"))
    assert "it cannot be opened" in sentence(str(tmp_path / "home" / "data" / "council.db"))


def test_killed_at_any_moment_of_writing(tmp_path: Path, make_session: Make) -> None:
    """A process updates without end and is killed; whatever is read then is one of the states it wrote, whole."""
    path, chance = tmp_path / "council.db", random.Random(3)
    session = make_session(state=SessionState.OPEN)
    open_store(str(path)).open_session(session)
    seen = set()
    for _ in range(25):
        written = _FORK.Semaphore(0)

        def write(tell: object = written) -> None:
            store, number = open_store(str(path)), 0
            while True:
                number += 1
                store.update_session(session.but(notes=(str(number), "x" * 30_000 * (number % 4), str(number))))
                tell.release()  # type: ignore[attr-defined]

        process = _FORK.Process(target=write)
        process.start()
        assert written.acquire(timeout=100)
        began = time.monotonic()
        for _ in range(chance.randrange(1, 4)):
            assert written.acquire(timeout=100)
        time.sleep(chance.random() * (time.monotonic() - began))  # the moment of death is what varies here
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        read = open_store(str(path), readonly=True).read_session(session.session_id)
        assert read.notes[0] == read.notes[2] and len(read.notes[1]) == 30_000 * (int(read.notes[0]) % 4)
        seen.add(read.notes[0])
        (summary,) = open_store(str(path)).list_sessions()
        assert summary.state == "interrupted"
    assert len(seen) > 1
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_killed_while_the_store_is_made(tmp_path: Path, make_session: Make) -> None:
    chance, unborn = random.Random(5), 0
    for number in range(25):
        path = tmp_path / str(number) / "council.db"
        process = _FORK.Process(target=lambda place=path: open_store(str(place)))
        process.start()
        time.sleep(chance.random() * 0.05)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        unborn += not path.exists()
        session = make_session()
        open_store(str(path)).open_session(session)
        assert open_store(str(path)).read_session(session.session_id) == session
    assert unborn > 0, "no kill came before the store was there: the test proves nothing"


def test_opening_a_store_that_is_there_does_not_load_the_migrations(tmp_path: Path) -> None:
    path = tmp_path / "council.db"
    open_store(str(path))
    program = (
        f"import sys; from council.store import open_store; open_store({str(path)!r}); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
