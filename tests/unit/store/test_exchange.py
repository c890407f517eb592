"""A store on its way to another one: the same bytes again, everything that is needed, all or nothing, no trust."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from council.errors import CouncilError, StoreError, UsageError
from council.protocols import Archive
from council.store import Choice, Imported, count_records, export_store, import_store, open_store
from council.store import imports as importing
from council.types.benchmarks import BENCHMARK_SCHEMA
from council.types.facts import Source
from council.types.session import Session

MakeSession = Callable[..., Session]


def exported(archive: Archive, **chosen: tuple[str, ...]) -> str:
    lines: list[str] = []
    count = export_store(archive, lines.append, choice=Choice(**chosen))
    assert count == len(lines) - 1 and all(line.endswith("\n") and line.count("\n") == 1 for line in lines)
    return "".join(lines)


def taken(archive: Archive, text: str | bytes) -> Imported:
    return import_store(archive, io.BytesIO(text if isinstance(text, bytes) else text.encode()))


def kinds(text: str) -> list[str]:
    return [json.loads(line)["record"] for line in text.splitlines()[1:]]


@pytest.fixture
def full(archive: Archive, make: Any, make_session: MakeSession) -> Archive:
    """Two benchmarks, three sessions, a chain of knowledge and two documents."""
    for name in ("7f3kaaaaaa", "8zzzzzzzzz", "9yyyyyyyyy"):
        archive.open_session(make_session(session_id=name))
    for session_id, finding, origin in (("8zzzzzzzzz", "s-2", "person"), ("8zzzzzzzzz", None, "person"),
                                        ("8zzzzzzzzz", "s-2", "evidence"), ("7f3kaaaaaa", None, "person")):  # fmt: skip
        archive.put_label(make.label(session_id, finding, origin))
    for name in ("b2222222", "b1111111"):
        archive.open_benchmark(make.benchmark(benchmark_id=name))
    for model, number in (("qwen:0.5b", 2), ("qwen:0.5b", 1), ("Não/☃\x00\x7f:1b", 1)):
        archive.add_sample(make.sample("b1111111", model, number=number, session_id="8zzzzzzzzz"))
    archive.add_sample(make.sample("b2222222", session_id="gone"))
    archive.put_knowledge(make.learnt("zebra", "benchmark:b1111111", text="stripes\x9b\x1b\u202e"))
    archive.put_knowledge(make.learnt("apple", "knowledge:zebra", "session:7f3kaaaaaa"))
    archive.put_knowledge(make.learnt("lonely"))
    for number in range(1, 12):
        archive.add_version(make.version("advisory/a", number, Source(kind="knowledge", id="apple")))
    archive.add_version(make.version("guidelines/b", 1, Source(kind="policy", id="base")))
    archive.add_version(make.version("guidelines/c", 1, Source(kind="benchmark", id="gone")))
    return archive


def test_there_and_back_are_the_same_bytes(full: Archive) -> None:
    text = exported(full)
    assert text.isascii() and text.replace("\n", "").isprintable()
    header = json.loads(text.splitlines()[0])
    assert header["format"] == "council-store" and header["version"] == 1
    counts = {"session": 3, "label": 4, "benchmark": 2, "sample": 4, "knowledge": 3, "version": 13}
    assert {kind: kinds(text).count(kind) for kind in counts} == counts
    other = open_store("sqlite://", secrets=())
    assert taken(other, text) == Imported(added=29, present=0)
    assert exported(other) == text
    for name in ("7f3kaaaaaa", "8zzzzzzzzz"):
        assert other.read_session(name) == full.read_session(name)
    assert other.read_samples("b1111111") == full.read_samples("b1111111")
    assert other.list_versions("advisory/a") == full.list_versions("advisory/a")
    assert other.search_knowledge("stripes") == full.search_knowledge("stripes") != ()
    held = count_records(other)
    assert (held.sessions, held.benchmarks, held.samples, held.knowledge, held.documents, held.versions) == (
        3, 2, 4, 3, 3, 13
    )  # fmt: skip


def test_a_second_import_changes_nothing(full: Archive, make: Any) -> None:
    text = exported(full)
    assert taken(full, text) == Imported(added=0, present=29)
    assert exported(full) == text
    full.add_sample(make.sample("b1111111", number=3))
    full.add_version(make.version("advisory/a", 12))
    more, other = exported(full), open_store("sqlite://", secrets=())
    taken(other, text)
    assert taken(other, more) == Imported(added=2, present=29)
    assert exported(other) == more


def test_the_order_of_the_lines_does_not_matter(full: Archive) -> None:
    text = exported(full)
    header, *lines = text.splitlines(keepends=True)
    other = open_store("sqlite://", secrets=())
    taken(other, header + "".join(reversed(lines)))
    assert exported(other) == text


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        ({"knowledge": ("lone",)}, ["lonely"]),
        ({"sessions": ("7f",)}, ["7f3kaaaaaa", "label 7f3kaaaaaa/person"]),
        ({"benchmarks": ("b2",)}, ["b2222222", "b2222222/qwen:0.5b/1"]),
        (
            {"knowledge": ("apple",)},
            ["7f3kaaaaaa", "8zzzzzzzzz", "label 7f3kaaaaaa/person", "label 8zzzzzzzzz/person", "label 8zzzzzzzzz/s-2/evidence",
             "label 8zzzzzzzzz/s-2/person", "b1111111", "b1111111/Não/☃\x00\x7f:1b/1", "b1111111/qwen:0.5b/1",
             "b1111111/qwen:0.5b/2", "apple", "zebra"],
        ),
        ({"documents": ("guidelines/b",), "sessions": ("9y",)}, ["9yyyyyyyyy", "guidelines/b/1"]),
        ({"documents": ("guidelines/c",)}, ["guidelines/c/1"]),
    ],
)  # fmt: skip
def test_a_part_comes_with_all_it_rests_on(full: Archive, chosen: dict[str, Any], wanted: list[str]) -> None:
    text = exported(full, **chosen)
    found = []
    for line in text.splitlines()[1:]:
        value = json.loads(line)["value"]
        keys = ("session_id",) if "submission" in value else ("benchmark_id", "model", "number")
        keys = ("knowledge_id",) if "knowledge_id" in value else ("name", "number") if "facts" in value else keys
        keys = ("session_id", "finding_id", "origin") if "origin" in value else keys
        shown = "/".join(str(value[key]) for key in keys if value.get(key) is not None)
        found.append(f"label {shown}" if "origin" in value else shown)
    assert found == wanted
    other = open_store("sqlite://", secrets=())
    taken(other, text)
    assert exported(other) == text


def test_a_document_brings_its_chain(full: Archive) -> None:
    text = exported(full, documents=("advisory",))
    assert (kinds(text).count("version"), kinds(text).count("knowledge"), kinds(text).count("sample")) == (11, 2, 3)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"knowledge": ("nothing",)}, "there is no knowledge nothing"),
        ({"benchmarks": ("b",)}, "2 benchmarks (b1111111, b2222222)"),
        ({"sessions": ("x\x1b",)}, "there is no session x\\x1b"),
        ({"documents": ("guidelines",)}, "guidelines is the beginning of guidelines/b, guidelines/c"),
        ({"documents": ("",)}, "there is no document"),
    ],
)
def test_what_is_not_there_is_named(full: Archive, chosen: dict[str, Any], said: str) -> None:
    with pytest.raises(StoreError) as caught:
        exported(full, **chosen)
    assert said in str(caught.value)


# All or nothing, and no trust

HEADER = '{"format":"council-store","version":1,"council_version":"9"}\n'


def refused(archive: Archive, text: str | bytes) -> CouncilError:
    """The import is refused in one line, and nothing of it is kept."""
    before = exported(archive)
    with pytest.raises(CouncilError) as caught:
        taken(archive, text)
    assert exported(archive) == before
    told = str(caught.value)
    assert "\n" not in told and told.isprintable() and len(told) < 500, told
    return caught.value


def test_other_content_is_refused_whole(full: Archive) -> None:
    text = exported(full)
    for word, other in (('"stripes', '"dots'), ('"suite":"core"', '"suite":"other"'), ('"1 %"', '"2 %"'),
                        ('"policy":"python-team"', '"policy":"x"'), ("return '", "return 1 #'")):  # fmt: skip
        changed = text.replace(word, other, 1)
        assert changed != text
        error = refused(full, changed)
        assert isinstance(error, StoreError)
        assert "line " in str(error) and "in this store already, with other content" in str(error)


def test_nothing_is_kept_when_the_last_line_is_wrong(full: Archive) -> None:
    text, other = exported(full), open_store("sqlite://", secrets=())
    for last in ('{"record":"version"', "{}", "null", '{"record":"secret","value":{}}', "\x00", "", "[" * 100_000):
        error = refused(other, text + last + "\n")
        assert isinstance(error, UsageError) and "line 31: " in str(error), error
    assert count_records(other).sessions == 0


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("", "no export"),
        ("{}", "no export"),
        ("PK\x03\x04", "no export"),
        ('{"format":"council-store"}', "no export"),
        ('{"format":"other","version":1,"council_version":"1"}', "no export"),
        ('{"format":"council-store","version":2,"council_version":"1"}', "newer council (format 2, this one knows 1)"),
    ],
)
def test_the_first_line_must_be_the_header(first: str, said: str) -> None:
    assert said in str(refused(open_store("sqlite://"), first))


def test_a_hostile_line_is_refused_by_its_number(make: Any, make_session: MakeSession) -> None:
    other = open_store("sqlite://", secrets=())
    session = make_session().model_dump(mode="json")
    sample = make.sample("b1111111").model_dump(mode="json")
    knowledge = make.learnt("k").model_dump(mode="json")
    newer = make.benchmark().model_dump(mode="json") | {"schema_version": BENCHMARK_SCHEMA + 1}
    version = make.version("d", 1).model_dump(mode="json")
    bad: list[tuple[str, dict[str, Any], str]] = [
        ("session", session | {"session_id": "../../etc/passwd"}, "is no id"),
        ("session", session | {"session_id": "x\x1b[31m"}, "is no id"),
        ("session", session | {"session_id": ""}, "is no id"),
        ("session", session | {"surprise": 1}, "surprise"),
        ("session", session | {"created_at": "0001-01-01T00:00:00+14:00"}, "time"),
        ("benchmark", newer, "newer council"),
        ("sample", sample, "its benchmark b1111111 is neither here nor in the file"),
        ("sample", sample | {"number": 0}, "number"),
        ("sample", knowledge, "sample.value"),
        ("knowledge", knowledge | {"knowledge_id": "No/Path"}, "knowledge_id"),
        ("knowledge", knowledge | {"evidence": [{"kind": "session", "id": "zz"}]}, "session zz is not in the store"),
        ("knowledge", knowledge | {"evidence": [{"kind": "knowledge", "id": "k"}]}, "rest on itself"),
        ("version", version | {"number": 2}, "number 1, not 2"),
        ("version", version | {"name": "a\x00b"}, "no name of a document"),
        ("version", version | {"name": ""}, "no name of a document"),
        ("version", version | {"number": 10**400}, "line 2"),
    ]
    for kind, value, said in bad:
        error = refused(other, HEADER + json.dumps({"record": kind, "value": value}) + "\n")
        assert "line 2: " in str(error) and said in str(error), (kind, str(error))
    twice = json.dumps({"record": "knowledge", "value": knowledge}) + "\n"
    assert "line 3: this record stands in line 2 already" in str(refused(other, HEADER + twice * 2))


def test_knowledge_in_a_circle_is_refused(make: Any) -> None:
    pairs = (("a", "b"), ("b", "c"), ("c", "a"))
    lines = [
        json.dumps({"record": "knowledge", "value": make.learnt(name, f"knowledge:{below}").model_dump(mode="json")})
        for name, below in pairs
    ]
    assert "would rest on itself" in str(refused(open_store("sqlite://"), HEADER + "\n".join(lines)))


def test_a_line_without_end_is_not_read_to_its_end() -> None:
    class Endless(io.RawIOBase):
        given = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            assert size and 0 < size <= importing.MOST_BYTES_A_LINE + 1
            self.given += size
            return HEADER.encode() if self.given == size else b"x" * size

    with pytest.raises(UsageError, match="a line of more than 32 MiB"):
        import_store(open_store("sqlite://"), Endless())  # type: ignore[arg-type]


def test_a_packed_bomb_is_refused_early() -> None:
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", mtime=0) as file:
        file.write(HEADER.encode())
        for _ in range(64):
            file.write(b" " * (1 << 20))
    bomb.seek(0)
    with gzip.GzipFile(fileobj=bomb) as packed, pytest.raises(UsageError, match="a line of more than 32 MiB"):
        import_store(open_store("sqlite://"), packed)  # type: ignore[arg-type]


def test_an_open_run_from_elsewhere_is_unfinished(make: Any) -> None:
    here, there = open_store("sqlite://"), open_store("sqlite://")
    there.open_benchmark(make.benchmark())
    taken(here, exported(there))
    assert [entry.state for entry in here.list_benchmarks()] == ["unfinished"]


def test_another_kind_of_archive_is_told_apart() -> None:
    with pytest.raises(StoreError, match="no database"):
        export_store(object(), print)  # type: ignore[arg-type]
