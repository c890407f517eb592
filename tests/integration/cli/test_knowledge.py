"""``council knowledge`` and ``council store`` as processes: what is learnt is kept, found, linked and carried away."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

import pytest
from markdown_it import MarkdownIt

BY_CHECKS = ("one.py", "--tests", "test_one.py", "--policy", "checks-only")
STORE = ".local/share/council/council.db"
EVIL = "\x1b]0;owned\x07\x1b[31mred\x9b31m\u202e"


def one_sentence(done: Any, code: int, *words: str) -> None:
    assert (done.returncode, done.stdout) == (code, ""), done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("council: "), done.stderr
    for word in words:
        assert word in lines[0], lines[0]


def ok(done: Any) -> str:
    assert done.returncode == 0, done.stderr + done.stdout
    out: str = done.stdout
    return out


@pytest.fixture
def session_id(good: Any) -> str:
    return str(json.loads(ok(good.council("review", *BY_CHECKS, "--format", "json", "-q")))["session_id"])


@pytest.fixture
def learnt(good: Any, session_id: str) -> Any:
    """A store with a session and two pieces of knowledge: the second rests on the first."""
    good.write("finding.txt", "What was used last stays.\nWhatever its *label* says.\n\n- é \x1b[31m\n")
    words = ("Recency beats the label!", "--text", "@finding.txt", "--kind", "finding", "--evidence", session_id[:8])
    assert ok(good.council("knowledge", "add", *words)) == "recency-beats-the-label\n"
    more = ("Labels lie", "--text", "See below.", "--evidence", "knowledge:rec", session_id + "#submission/files/0")
    assert ok(good.council("knowledge", "add", *more)) == "labels-lie\n"
    return good


def test_an_empty_store_says_how_to_begin_and_is_not_made(shell: Any) -> None:
    for words, said in ((("list",), "council knowledge add"), (("search", "x"), "Nothing holds x")):
        assert said in ok(shell.council("knowledge", *words))
        assert json.loads(ok(shell.council("knowledge", *words, "--format", "json")))["knowledge"] == []
    assert "Nothing was learnt yet." in ok(shell.council("knowledge", "export"))
    one_sentence(shell.council("knowledge", "show", "x"), 3, "there is no knowledge x", "council knowledge list")
    one_sentence(shell.council("knowledge", "search", "***"), 2, "no word to search for")
    assert "sessions   0" in ok(shell.council("store", "show"))
    assert [path for path in shell.home.rglob("*") if path.is_file()] == []


def test_what_was_learnt_is_listed_shown_and_found(learnt: Any, session_id: str) -> None:
    lines = ok(learnt.council("knowledge", "list")).splitlines()
    assert [line.split()[0] for line in lines] == ["labels-lie", "recency-beats-the-label"]
    assert [line.split()[0] for line in ok(learnt.council("knowledge", "list", "--limit", "1")).splitlines()] == [
        "labels-lie"
    ]
    found = ok(learnt.council("knowledge", "search", "USED", "stay"))
    assert [line.split()[0] for line in found.splitlines()] == ["recency-beats-the-label"]
    shown = ok(learnt.council("knowledge", "show", "rec"))
    assert "Recency beats the label!" in shown and "Whatever its *label* says." in shown
    assert f"council session show {session_id}" in shown and "\\x1b[31m" in shown and "\x1b" not in shown
    document = json.loads(ok(learnt.council("knowledge", "show", "labels", "--format", "json")))
    (entry,) = document["knowledge"]
    assert entry["evidence"] == [
        {"kind": "knowledge", "id": "recency-beats-the-label", "pointer": ""},
        {"kind": "session", "id": session_id, "pointer": "submission/files/0"},
    ]


def test_the_commands_that_are_shown_work(learnt: Any) -> None:
    shown = ok(learnt.council("knowledge", "show", "labels"))
    commands = re.findall(r"council (knowledge|session) show (\S+)", shown)
    assert {noun for noun, _ in commands} == {"knowledge", "session"}
    for noun, name in commands:
        ok(learnt.council(noun, "show", name))


def test_all_of_it_is_one_document_with_every_id(learnt: Any, session_id: str) -> None:
    text = ok(learnt.council("knowledge", "export"))
    for word in ("## recency-beats-the-label", "## labels-lie", session_id, "submission/files/0"):
        assert word in text
    assert "[`recency-beats-the-label`](#recency-beats-the-label)" in text
    assert "\\*label\\*" in text and "\\- é" in text and "\x1b" not in text
    assert ok(learnt.council("knowledge", "export", "-o", "all.md")) == ""
    assert (learnt.work / "all.md").read_text() == text
    document = json.loads(ok(learnt.council("knowledge", "export", "--format", "json")))
    assert [entry["knowledge_id"] for entry in document["knowledge"]] == ["labels-lie", "recency-beats-the-label"]


def test_nothing_dangles(learnt: Any, session_id: str) -> None:
    one_sentence(learnt.council("session", "delete", session_id), 3, "is evidence of knowledge", "labels-lie")
    one_sentence(learnt.council("knowledge", "delete", "rec"), 3, "evidence of knowledge labels-lie")
    for evidence, said in (
        ("zzzz", "there is no session and no benchmark zzzz"),
        ("knowledge:zzzz", "there is no knowledge zzzz"),
        ("policy:base", "there is no session and no benchmark policy:base"),
    ):
        one_sentence(learnt.council("knowledge", "add", "New", "--text", "x", "--evidence", evidence), 3, said)
    for name in ("labels-lie", "recency-beats-the-label"):
        done = learnt.council("knowledge", "delete", name)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", f"deleted {name}\n")
    assert learnt.council("session", "delete", session_id).returncode == 0


def test_an_id_is_replaced_only_when_asked(learnt: Any) -> None:
    words = ("knowledge", "add", "Labels lie", "--text", "Still.")
    one_sentence(learnt.council(*words), 2, "labels-lie already", "--force")
    assert "See below." in ok(learnt.council("knowledge", "show", "labels"))
    ok(learnt.council(*words, "--force"))
    (entry,) = json.loads(ok(learnt.council("knowledge", "show", "labels", "--format", "json")))["knowledge"]
    assert entry["text"] == "Still." and entry["evidence"] == [] and entry["updated_at"] > entry["created_at"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((" ", "--text", "x"), "the title is empty"),
        (("日本", "--text", "x"), "no id can be made"),
        (("T", "--text", " "), "--text is empty"),
        (("T", "--text", "@none.txt"), "none.txt"),
        (("T", "--text", "x", "--id", "../Up"), "--id ../Up"),
        (("T", "--text", "x", "--id", ""), "--id"),
        (("T", "--text", "x", "--id", "-x" * 50), "--id"),
    ],
)
def test_a_mistake_is_one_sentence(shell: Any, words: tuple[str, ...], said: str) -> None:
    joined = [f"--id={words[-1]}"] if "--id" in words else []
    words = (*words[: words.index("--id")], *joined) if joined else words
    one_sentence(shell.council("knowledge", "add", *words), 2, said)


def test_untrusted_text_stays_text(shell: Any) -> None:
    title = f"# Evil {EVIL} <b> | [x](http://y) {{{{ 7*7 }}}}"
    ok(shell.council("knowledge", "add", title, "--text", f"{EVIL}\n# heading\n```\n{{% x %}}", "--id", "evil"))
    for words in (("list",), ("show", "evil"), ("show", "evil", "--format", "json"), ("export",), ("search", "evil")):
        out = ok(shell.council("knowledge", *words))
        assert not set(out) & set("\x1b\x07\x9b\u202e"), ascii(out)
    text = ok(shell.council("knowledge", "export"))
    page = MarkdownIt("commonmark").render(text)
    assert page.count("<h1>") == page.count("<h2>") == 1, "a heading of its own"
    assert not any(mark in page for mark in ("<b>", "<a ", "<pre>")), page
    assert "49" not in text


# council store


def test_a_store_is_carried_to_another_machine(learnt: Any) -> None:
    assert ok(learnt.council("store", "export", "-o", "all.jsonl.gz")) == ""
    ok(learnt.council("store", "export", "-o", "again.jsonl.gz", "-q"))
    assert (learnt.work / "all.jsonl.gz").read_bytes() == (learnt.work / "again.jsonl.gz").read_bytes()
    plain = ok(learnt.council("store", "export"))
    there = {"COUNCIL_STORE_URL": str(learnt.work / "other.db")}
    done = learnt.council("store", "import", "all.jsonl.gz", **there)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "added 3 records\n")
    assert ok(learnt.council("store", "export", **there)) == plain
    again = learnt.council("store", "import", "all.jsonl.gz", **there)
    assert again.returncode == 0 and "added 0 records; 3 of the file were here already" in again.stderr
    counts = json.loads(ok(learnt.council("store", "show", "--format", "json", **there)))
    assert (counts["sessions"], counts["knowledge"], counts["benchmarks"]) == (1, 2, 0)
    assert "other.db" in counts["place"]
    doctor = learnt.council("doctor", **there).stdout
    assert "1 session · 0 benchmarks · 2 lessons" in " ".join(doctor.split())


def test_a_part_comes_with_what_it_rests_on(learnt: Any) -> None:
    whole = ok(learnt.council("store", "export"))
    assert ok(learnt.council("store", "export", "--knowledge", "labels")) == whole
    part = ok(learnt.council("store", "export", "--knowledge", "rec")).splitlines()
    assert [json.loads(line)["record"] for line in part[1:]] == ["session", "knowledge"]
    one_sentence(learnt.council("store", "export", "--benchmark", "b1"), 3, "there is no benchmark b1")
    one_sentence(learnt.council("store", "export", "--document", "x"), 3, "there is no document x")


def test_a_file_that_is_no_export_changes_nothing(learnt: Any) -> None:
    before = ok(learnt.council("store", "export"))
    learnt.write("changed.jsonl", before.replace("See below.", "See above."))
    learnt.write("cut.jsonl", before[: len(before) // 2])
    learnt.write("plain.gz", before)
    learnt.write("letter.txt", f"Dear aunt {EVIL}\n")
    ok(learnt.council("store", "export", "-o", "whole.gz"))
    learnt.write("half.gz", (learnt.work / "whole.gz").read_bytes()[:200])
    for name, code, said in (
        ("changed.jsonl", 3, "with other content"),
        ("cut.jsonl", 2, "line "),
        ("plain.gz", 2, "no whole gzip file"),
        ("half.gz", 2, "no whole gzip file"),
        ("letter.txt", 2, "line 1: this is no export"),
        ("none.jsonl", 2, "No such file"),
        (".", 2, "cannot be read"),
    ):
        one_sentence(learnt.council("store", "import", name), code, name, said)
    assert ok(learnt.council("store", "export")) == before


def test_a_password_of_the_url_is_never_shown(shell: Any) -> None:
    done = shell.council("store", "show", COUNCIL_STORE_URL="postgresql://me:hunter2hunter2@127.0.0.1:1/council")
    one_sentence(done, 3, "cannot be reached")
    assert "hunter2" not in done.stderr


def test_a_newer_store_is_left_alone(learnt: Any) -> None:
    connection = sqlite3.connect(learnt.home / STORE)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.close()
    for words in (
        ("knowledge", "list"),
        ("store", "export"),
        ("store", "show"),
        ("knowledge", "add", "T", "--text", "x"),
    ):
        one_sentence(learnt.council(*words), 3, "newer council (schema 999", "pip install -U")
