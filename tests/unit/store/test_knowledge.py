"""Knowledge never dangles and is found by its words; versions of documents follow one another."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from council.errors import StoreError
from council.protocols import Archive
from council.store import find_source, open_store
from council.types.base import now
from council.types.facts import Source
from council.types.session import Session

MakeSession = Callable[..., Session]
_FORK = multiprocessing.get_context("fork")


def sentence(work: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        work()
    told = str(caught.value)
    assert "\n" not in told and caught.value.remedy
    return told


def ids(found: tuple[Any, ...]) -> list[str]:
    return [entry.knowledge_id for entry in found]


def test_knowledge_comes_back_as_it_was(archive: Archive, make: Any, make_session: MakeSession) -> None:
    session, benchmark = make_session(), make.benchmark()
    archive.open_session(session)
    archive.open_benchmark(benchmark)
    archive.put_knowledge(make.learnt("recency-beats-the-label"))
    whole = make.learnt(
        "labels.lie", f"session:{session.session_id}", f"benchmark:{benchmark.benchmark_id}",
        "knowledge:recency-beats-the-label", text="Several\nlines\x00 ☃", updated_at=now(),
    )  # fmt: skip
    archive.put_knowledge(whole)
    assert archive.read_knowledge("labels.lie") == archive.read_knowledge(" LABELS") == whole
    changed = whole.but(text="shorter", evidence=whole.evidence[:1])
    archive.put_knowledge(changed)
    assert archive.read_knowledge("labels.lie") == changed
    assert "there is no knowledge nothing" in sentence(lambda: archive.read_knowledge("nothing"))
    assert "no knowledge was named" in sentence(lambda: archive.read_knowledge(" "))


def test_ids_that_begin_alike_are_told_apart(archive: Archive, make: Any) -> None:
    for name in ("label", "label-two", "label.three"):
        archive.put_knowledge(make.learnt(name))
    assert archive.read_knowledge("label").knowledge_id == "label"
    assert "(label, label-two, label.three)" in sentence(lambda: archive.read_knowledge("labe"))
    assert "there is no knowledge label_two" in sentence(lambda: archive.read_knowledge("label_two"))


def test_the_newest_comes_first(archive: Archive, make: Any) -> None:
    start = now()
    for name, hours in (("b-x", 1), ("old", 2), ("bx", 1), ("ba", 1), ("new", 0)):
        archive.put_knowledge(make.learnt(name, created_at=start - timedelta(hours=hours)))
    assert ids(archive.list_knowledge()) == ["new", "b-x", "ba", "bx", "old"]
    assert ids(archive.list_knowledge(limit=1)) == ["new"]


# Never dangling


def test_evidence_must_be_there(archive: Archive, make: Any) -> None:
    archive.put_knowledge(make.learnt("kept", text="as it was"))
    for evidence in ("session:zzzz", "benchmark:bzzz", "knowledge:zzz", "policy:base", "session:\x00"):
        for name in ("kept", "new"):
            entry = make.learnt(name, "knowledge:kept" if name == "new" else evidence, evidence)
            told = sentence(lambda entry=entry: archive.put_knowledge(entry))
            assert "not in the store" in told or "no evidence" in told
    assert [entry.text for entry in archive.list_knowledge()] == ["as it was"]
    assert archive.search_knowledge("new") == ()


def test_a_beginning_of_an_id_is_no_evidence(archive: Archive, make: Any) -> None:
    archive.open_benchmark(make.benchmark(benchmark_id="b1234567"))
    assert "not in the store" in sentence(lambda: archive.put_knowledge(make.learnt("x", "benchmark:b123")))


def test_what_knowledge_rests_on_stays(archive: Archive, make: Any, make_session: MakeSession) -> None:
    session, benchmark = make_session(), make.benchmark()
    archive.open_session(session)
    archive.open_benchmark(benchmark)
    archive.put_knowledge(make.learnt("base", f"session:{session.session_id}", f"benchmark:{benchmark.benchmark_id}"))
    archive.put_knowledge(make.learnt("upper", "knowledge:base"))
    told = sentence(lambda: archive.delete_session(session.session_id))
    assert f"session {session.session_id} is evidence of knowledge base" in told
    assert "council knowledge delete base" in told
    assert "evidence of knowledge base" in sentence(lambda: archive.delete_benchmark(benchmark.benchmark_id))
    assert "knowledge base is evidence of knowledge upper" in sentence(lambda: archive.delete_knowledge("base"))
    assert len(archive.list_sessions()) == len(archive.list_benchmarks()) == 1
    assert archive.delete_knowledge("upp") == "upper"
    assert archive.delete_knowledge("base") == "base"
    archive.delete_session(session.session_id)
    archive.delete_benchmark(benchmark.benchmark_id)
    assert archive.list_knowledge() == () and archive.search_knowledge("base") == ()


def test_evidence_that_was_dropped_can_go(archive: Archive, make: Any) -> None:
    benchmark = make.benchmark()
    archive.open_benchmark(benchmark)
    archive.put_knowledge(make.learnt("x", f"benchmark:{benchmark.benchmark_id}"))
    archive.put_knowledge(make.learnt("x"))
    assert archive.delete_benchmark(benchmark.benchmark_id) == benchmark.benchmark_id


def test_nothing_rests_on_itself(archive: Archive, make: Any) -> None:
    for name, below in (("a", ()), ("b", ("knowledge:a",)), ("c", ("knowledge:b", "knowledge:a"))):
        archive.put_knowledge(make.learnt(name, *below))
    for name, below in (("a", "a"), ("a", "b"), ("a", "c"), ("new", "new")):
        told = sentence(lambda name=name, below=below: archive.put_knowledge(make.learnt(name, f"knowledge:{below}")))
        assert f"{name} would rest on itself" in told
    assert archive.read_knowledge("a").evidence == ()
    assert len(archive.list_knowledge()) == 3


def test_the_database_itself_holds_the_law(archive: Archive, make: Any) -> None:
    """Also against another program, or a mistake of ours."""
    benchmark = make.benchmark()
    archive.open_benchmark(benchmark)
    archive.put_knowledge(make.learnt("x", f"benchmark:{benchmark.benchmark_id}"))
    with archive._engine.begin() as connection:  # type: ignore[attr-defined]
        with pytest.raises(IntegrityError, match="(?i)foreign key"):
            connection.execute(text("DELETE FROM benchmarks"))
        connection.rollback()
    assert len(archive.list_benchmarks()) == 1


def test_evidence_is_not_lost_between_the_look_and_the_link(url: str, make: Any) -> None:
    """One process puts knowledge on benchmarks while another deletes them: each is linked or gone, never both."""
    store = open_store(url, secrets=())
    names = [f"b{number}" for number in range(10, 40)]
    for name in names:
        store.open_benchmark(make.benchmark(benchmark_id=name))

    def work(do: Callable[[Archive, str], object]) -> None:
        mine = open_store(url, secrets=())
        for name in names:
            try:
                do(mine, name)
            except StoreError as error:
                assert "evidence" in str(error), error
        os._exit(0)

    put = _FORK.Process(target=work, args=(lambda s, n: s.put_knowledge(make.learnt(f"k-{n}", f"benchmark:{n}")),))
    drop = _FORK.Process(target=work, args=(lambda s, n: s.delete_benchmark(n),))
    for process in (put, drop):
        process.start()
    for process in (put, drop):
        process.join()
    assert (put.exitcode, drop.exitcode) == (0, 0)
    kept = {entry.benchmark_id for entry in store.list_benchmarks(limit=100)}
    linked = {entry.evidence[0].id for entry in store.list_knowledge()}
    assert kept == linked


# Search


CACHE = {
    "recency-beats-the-label": ("Recency beats the label", "What was used last stays, whatever its label says."),
    "capacity": ("An insert before the check", "The cache holds one item too few: test_capacity_limit fails. Évict!"),
    "ttl": ("Expiry", "A label on a label of the label: label."),
    "unicode": ("Straße nach Łódź, naïve café", "日本語 テスト Ελλάδα ﬁx 0.5b"),
}


@pytest.fixture
def library(archive: Archive, make: Any) -> Archive:
    for number, (name, (title, body)) in enumerate(CACHE.items()):
        archive.put_knowledge(make.learnt(name, title=title, text=body, created_at=now() - timedelta(hours=number)))
    return archive


FOUND = [
    ("recency", ["recency-beats-the-label"]),
    ("RECENCY Label", ["recency-beats-the-label"]),
    ("label", ["recency-beats-the-label", "ttl"]),
    ("lab", ["recency-beats-the-label", "ttl"]),
    ("label cache", []),
    ("evict", ["capacity"]),
    ("ÉVICT", ["capacity"]),
    ("e\u0301vict", ["capacity"]),
    ("capacity_limit", ["capacity"]),
    ("test_capacity_limit", ["capacity"]),
    ("before-the-check", ["capacity"]),
    ("strasse", ["unicode"]),
    ("CAFE naive", ["unicode"]),
    ("日本", ["unicode"]),
    ("ελλαδα", ["unicode"]),
    ("fix", ["unicode"]),
    ("0.5b", ["unicode"]),
    ("ttl", ["ttl"]),
    ("abel", []),
    ("", []),
    ("*", []),
    ('"', []),
    ("-:()^", []),
]


def test_words_are_found(library: Archive) -> None:
    for words, found in FOUND:
        assert ids(library.search_knowledge(words)) == found, words


HARMLESS = [
    'recency"',
    '"recency',
    "recency*",
    "recency:*",
    "title:recency",
    "recency -label",
    "NOT recency",
    "recency OR",
    "NEAR(recency label)",
    "NEAR",
    "{title text}: recency",
    "recency + label",
    "^recency",
    "recency & !label",
    "recency <-> label",
    "'recency'",
    "recency\\",
    "recency\x00label",
    "recency); DROP TABLE knowledge;",
    "%",
    "_",
    "a" * 5000,
    "recency " * 500,
]


def test_what_a_query_language_would_mean_by_it_is_harmless(library: Archive) -> None:
    for words in HARMLESS:
        library.search_knowledge(words)
    assert len(library.list_knowledge()) == len(CACHE)


def test_operators_are_words(library: Archive, make: Any) -> None:
    library.put_knowledge(make.learnt("logic", title="near or not and", text="label"))
    assert ids(library.search_knowledge("NEAR NOT OR AND")) == ["logic"]
    assert ids(library.search_knowledge("recency OR expiry")) == []
    assert ids(library.search_knowledge("recency -label")) == ["recency-beats-the-label"]


def test_the_best_match_comes_first(archive: Archive, make: Any) -> None:
    once = make.learnt("once", text="An eviction policy and forty other words " + "about something else " * 20)
    often = make.learnt("often", text="Eviction, eviction and eviction.")
    title = make.learnt("title", title="Eviction", text="What goes first.")
    other = make.learnt("other", text="Nothing of the kind.")
    for entry in (title, other, once, often):
        archive.put_knowledge(entry)
    assert ids(archive.search_knowledge("eviction")) == ["title", "often", "once"]
    assert ids(archive.search_knowledge("eviction", limit=1)) == ["title"]


def test_a_replaced_text_is_found_by_its_new_words_only(archive: Archive, make: Any) -> None:
    archive.put_knowledge(make.learnt("x", text="before"))
    archive.put_knowledge(make.learnt("x", text="after"))
    assert archive.search_knowledge("before") == ()
    assert ids(archive.search_knowledge("after")) == ["x"]


def test_a_deleted_lesson_leaves_no_byte(tmp_path: Path, make: Any) -> None:
    store = open_store(str(tmp_path / "council.db"), secrets=())
    for number in range(30):
        store.put_knowledge(make.learnt(f"k{number}", text=f"ordinary words number {number}"))
    store.put_knowledge(make.learnt("secret", title="unmistakable", text="inimitable " * 400))
    store.put_knowledge(make.learnt("secret", title="unmistakable", text="replaced"))
    held = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"inimitable" not in held and b"unmistakable" in held
    store.delete_knowledge("secret")
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"unmistak" not in left and b"replaced" not in left and b"ordinary" in left


# What people type for evidence


def test_a_source_is_found_by_what_people_type(archive: Archive, make: Any, make_session: MakeSession) -> None:
    archive.open_session(make_session(session_id="7f3kaaaaaa"))
    archive.open_session(make_session(session_id="b1aaaaaaaa"))
    archive.open_benchmark(make.benchmark(benchmark_id="b1aaaaaa"))
    archive.put_knowledge(make.learnt("recency"))
    assert find_source(archive, " 7F3K ") == Source(kind="session", id="7f3kaaaaaa")
    assert find_source(archive, "b1aaaaaa") == Source(kind="benchmark", id="b1aaaaaa")
    assert find_source(archive, "session:b1#reviews/0") == Source(kind="session", id="b1aaaaaaaa", pointer="reviews/0")
    assert find_source(archive, "benchmark:b1").id == "b1aaaaaa"
    assert find_source(archive, "knowledge:rec") == Source(kind="knowledge", id="recency")
    assert "benchmark:b1aaaaaa" in sentence(lambda: find_source(archive, "b1"))
    for typed in ("", "zz", "recency", "policy:base", "session:zz", "knowledge:zz", "\x00", "%"):
        sentence(lambda typed=typed: find_source(archive, typed))


# Versions


def test_versions_follow_one_another(archive: Archive, make: Any) -> None:
    name, odd = "advisory/codellama-34b", "a\x00b\\0c"
    assert archive.list_versions(name) == () and archive.list_documents() == ()
    versions = [make.version(name, number) for number in (1, 2, 3)]
    for version in versions:
        archive.add_version(version)
    archive.add_version(make.version(odd, 1, Source(kind="policy", id="base")))
    assert archive.list_versions(name) == tuple(reversed(versions))
    assert archive.list_documents() == tuple(sorted((odd, name)))
    assert archive.list_versions(odd)[0].name == odd and archive.list_versions("a\\0b\\0c") == ()
    for number in (3, 5):
        told = sentence(lambda number=number: archive.add_version(make.version(name, number)))
        assert "number 4" in told and f"not {number}" in told
    assert archive.list_versions(name) == tuple(reversed(versions))


def test_two_processes_never_write_the_same_version(url: str, make: Any) -> None:
    def write() -> None:
        store, written = open_store(url, secrets=()), 0
        while written < 10:
            newest = store.list_versions("doc")
            try:
                store.add_version(make.version("doc", len(newest) + 1))
                written += 1
            except StoreError as error:
                assert "next version" in str(error) or "already" in str(error), error
        os._exit(0)

    processes = [_FORK.Process(target=write) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert [v.number for v in open_store(url, secrets=()).list_versions("doc")] == list(range(20, 0, -1))
