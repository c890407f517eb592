"""What a store promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from council.errors import StoreError
from council.protocols import Archive, Store
from council.store import open_store
from council.store.owner import this_owner
from council.types.base import now
from council.types.session import ID_ALPHABET, SCHEMA_VERSION, Session, SessionState, new_session_id
from council.types.submission import SourceFile, Submission

Make = Callable[..., Session]
_FORK = multiprocessing.get_context("fork")


def sql(store: Store, statement: str, **values: object) -> None:
    with store._engine.begin() as connection:  # type: ignore[attr-defined]
        connection.execute(text(statement), values)


def test_a_session_comes_back_as_it_was(store: Store, make_session: Make) -> None:
    session = make_session()
    store.open_session(session)
    assert isinstance(store, Store)
    assert store.read_session(session.session_id) == session


def test_it_is_there_for_the_next_process(url: str, make_session: Make) -> None:
    session = make_session()
    first = open_store(url, secrets=())
    first.open_session(session)
    first.close()
    for readonly in (False, True):
        assert open_store(url, readonly=readonly, secrets=()).read_session(session.session_id) == session


def test_an_update_replaces_it_whole(store: Store, make_session: Make) -> None:
    session = make_session(state=SessionState.OPEN, consensus=None, reviews=())
    store.open_session(session)
    finished = make_session(session_id=session.session_id, created_at=session.created_at)
    store.update_session(finished)
    assert store.read_session(session.session_id) == finished
    (summary,) = store.list_sessions()
    assert (summary.state, summary.decision, summary.score) == ("finished", "rejected", 1.25)


def test_an_update_of_a_deleted_session_keeps_what_was_paid_for(store: Store, make_session: Make) -> None:
    session = make_session()
    store.open_session(session)
    store.delete_session(session.session_id)
    store.update_session(session)
    assert store.read_session(session.session_id) == session


def test_an_id_is_given_once(store: Store, make_session: Make) -> None:
    session = make_session()
    store.open_session(session)
    with pytest.raises(StoreError, match="already"):
        store.open_session(session.but(policy="base"))
    assert store.read_session(session.session_id).policy == "python-team"


def test_the_beginning_of_an_id_is_enough(store: Store, make_session: Make) -> None:
    for name in ("7f3kaaaaaa", "7f3kbbbbbb", "8zzzzzzzzz"):
        store.open_session(make_session(session_id=name))
    assert store.read_session("8").session_id == "8zzzzzzzzz"
    assert store.read_session(" 7F3KA ").session_id == "7f3kaaaaaa"
    with pytest.raises(StoreError) as caught:
        store.read_session("7f3k")
    assert "2 sessions (7f3kaaaaaa, 7f3kbbbbbb)" in str(caught.value)
    for wild in ("%", "_", "7f3k_aaaaa", "9", "", "\\", "'; DROP TABLE sessions; --"):
        with pytest.raises(StoreError, match="council session list"):
            store.read_session(wild)
    assert len(store.list_sessions()) == 3


def test_an_exact_id_beats_a_longer_one(store: Store, make_session: Make) -> None:
    for name in ("7f3k", "7f3kbbbbbb"):
        store.open_session(make_session(session_id=name))
    assert store.read_session("7f3k").session_id == "7f3k"


def test_a_deleted_session_is_gone(store: Store, make_session: Make) -> None:
    session, other = make_session(), make_session()
    for each in (session, other):
        store.open_session(each)
    assert store.delete_session(session.session_id) == session.session_id
    with pytest.raises(StoreError, match="there is no session"):
        store.delete_session(session.session_id)
    assert [summary.session_id for summary in store.list_sessions()] == [other.session_id]


def test_the_newest_come_first(store: Store, make_session: Make) -> None:
    moments = [now() - timedelta(hours=hours) for hours in (3, 1, 2)]
    for number, moment in enumerate(moments):
        store.open_session(make_session(session_id=f"s{number}", created_at=moment))
    assert [summary.session_id for summary in store.list_sessions()] == ["s1", "s2", "s0"]
    assert [summary.session_id for summary in store.list_sessions(limit=1)] == ["s1"]


def test_titles_say_what_was_judged(store: Store, make_session: Make) -> None:
    two = Submission(files=(SourceFile(path="a\x1b.py", text=""), SourceFile(path="b.py", text="")))
    none = Submission(files=(), task="Write a cache\nthat forgets")
    store.open_session(make_session(submission=two, created_at=now()))
    store.open_session(make_session(submission=none, created_at=now() + timedelta(seconds=1)))
    assert [s.title for s in store.list_sessions()] == ["Write a cache that forgets", "a\\x1b.py and 1 more file"]


def test_a_killed_sitting_shows_as_interrupted_and_a_living_one_as_open(url: str, make_session: Make) -> None:
    dead, alive = make_session(state=SessionState.OPEN), make_session(state=SessionState.OPEN)
    store = open_store(url, secrets=())

    def sit_and_die() -> None:
        open_store(url, secrets=()).open_session(dead)
        os._exit(9)

    process = _FORK.Process(target=sit_and_die)
    process.start()
    process.join()
    assert process.exitcode == 9
    store.open_session(alive)
    states = {summary.session_id: summary.state for summary in store.list_sessions()}
    assert states == {dead.session_id: "interrupted", alive.session_id: "open"}
    assert store.read_session(dead.session_id).state is SessionState.OPEN
    sql(store, "UPDATE sessions SET owner = 'elsewhere boot 1 1'")
    assert {summary.state for summary in store.list_sessions()} == {"unfinished"}


def test_many_processes_write_at_once_also_the_first_time(url: str, make_session: Make) -> None:
    """Each opens the store that nobody has made yet, opens sessions, changes them and deletes every other one."""
    names = [[f"{who}-{number}" for number in range(20)] for who in range(5)]

    def write(mine: list[str]) -> None:
        store = open_store(url, secrets=())
        for name in mine:
            session = make_session(session_id=name, state=SessionState.OPEN)
            store.open_session(session)
            store.update_session(session.but(state=SessionState.FINISHED))
            if int(name[2:]) % 2:
                store.delete_session(name)  # reads, then writes: two of these must not hold each other up
        os._exit(0)

    processes = [_FORK.Process(target=write, args=(mine,)) for mine in names]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 5
    kept = open_store(url, secrets=()).list_sessions(limit=1000)
    assert {(summary.session_id, summary.state) for summary in kept} == {
        (name, "finished") for mine in names for name in mine[::2]
    }


def test_a_document_of_a_newer_council_is_named(store: Store, make_session: Make) -> None:
    session = make_session(schema_version=SCHEMA_VERSION + 6)
    store.open_session(session)
    with pytest.raises(StoreError) as caught:
        store.read_session(session.session_id)
    assert f"(schema {SCHEMA_VERSION + 6}, this one knows {SCHEMA_VERSION})" in str(caught.value)


@pytest.mark.parametrize("document", ["", "{", "{}", "[1]", '{"session_id": "x", "surprise": 1}', "null"])
def test_a_document_that_cannot_be_read_is_named(store: Store, make_session: Make, document: str) -> None:
    session = make_session()
    store.open_session(session)
    sql(store, "UPDATE sessions SET document = :document", document=document)
    with pytest.raises(StoreError, match=f"session {session.session_id} cannot be read") as caught:
        store.read_session(session.session_id)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_ids_sort_by_age_and_differ() -> None:
    early = [new_session_id(now() - timedelta(days=3)) for _ in range(50)]
    late = [new_session_id() for _ in range(50)]
    assert max(early) < min(late)
    assert len(set(early + late)) == 100
    assert {len(name) for name in early + late} == {10}
    assert not set("".join(early + late)) & set("ilouILOU")


def test_last_is_the_newest_session(store: Store, make_session: Make) -> None:
    with pytest.raises(StoreError, match="there is no session yet"):
        store.read_session("last")
    assert not set("last") <= set(ID_ALPHABET), "it can be the beginning of no id"
    old = make_session(session_id="zzzzzzzzzz")
    store.open_session(old)
    newer = make_session(session_id="0000000000", created_at=old.created_at + timedelta(seconds=1))
    store.open_session(newer)
    assert store.read_session(" last ").session_id == newer.session_id


def test_a_claim_is_for_one_and_changes_nothing_that_can_be_read(store: Archive, make_session: Make) -> None:
    session = make_session()
    store.open_session(session)
    assert store.claim_session(session.session_id[:8]) == session
    with pytest.raises(StoreError, match="is being resumed in another process"):
        store.claim_session(session.session_id, force=True)
    assert store.read_session(session.session_id) == session
    assert store.list_sessions()[0].state == "finished"
    store.release_session(session.session_id)
    assert store.claim_session(session.session_id) == session
    store.update_session(session)
    assert store.claim_session(session.session_id) == session, "an update lets go of it"


def test_a_claim_of_a_process_that_is_gone_is_free_and_one_elsewhere_takes_force(
    store: Archive, make_session: Make
) -> None:
    session = make_session()
    store.open_session(session)
    here = this_owner().split(" ")
    gone = " ".join([*here[:2], here[2], "1"])
    sql(store, "UPDATE sessions SET owner = :owner", owner=f"resuming {gone}")
    assert store.claim_session(session.session_id) == session
    sql(store, "UPDATE sessions SET owner = :owner", owner="resuming 0123456789ab boot 1 1")
    with pytest.raises(StoreError, match="on another machine.*--force"):
        store.claim_session(session.session_id)
    assert store.claim_session(session.session_id, force=True) == session


def test_a_session_under_way_cannot_be_claimed(store: Archive, make_session: Make) -> None:
    session = make_session(state=SessionState.OPEN, consensus=None)
    store.open_session(session)
    with pytest.raises(StoreError, match="still sits in another process"):
        store.claim_session(session.session_id)
    sql(store, "UPDATE sessions SET owner = :owner", owner=" ".join([*this_owner().split(" ")[:3], "1"]))
    assert store.claim_session(session.session_id) == session
    assert store.list_sessions()[0].state == "open", "who completes it is alive"
