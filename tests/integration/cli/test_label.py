"""``council label`` as a process: what turned out is kept, shown, taken back, carried away, and makes a difference."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest


def ok(done: Any) -> str:
    assert done.returncode == 0, done.stderr + done.stdout
    out: str = done.stdout
    return out


def refused(done: Any, code: int, *words: str) -> None:
    assert (done.returncode, done.stdout) == (code, ""), done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("council: "), done.stderr
    for word in words:
        assert word in lines[0], lines[0]


EXAMPLE = Path(__file__).parents[3] / "examples" / "lru_cache"
SITTING = (
    *("review", str(EXAMPLE / "faulty" / "lru_cache.py"), "--tests", str(EXAMPLE / "test_lru_cache.py")),
    *("--task", f"@{EXAMPLE / 'task.md'}", "--panel", "local", "--replay", str(EXAMPLE / "recorded"), "-q"),
    *("--set", f"templates_dir={EXAMPLE / 'asked'}"),  # the words that the seats were recorded with
)
"""The recorded sitting of three small models over the faulty cache: some approve it."""


@pytest.fixture
def sat(shell: Any) -> tuple[Any, dict[str, Any]]:
    """A shell whose store holds the recorded sitting."""
    return shell, json.loads(shell.council(*SITTING, "--format", "json").stdout)


def test_what_turned_out_is_kept_shown_and_taken_back(sat: tuple[Any, dict[str, Any]]) -> None:
    shell, sitting = sat
    session = sitting["session_id"]
    done = shell.council("label", session[:8], "good")
    assert "the code was good: the council was wrong" in ok(done) and "--undo" in done.stderr
    assert "the code was bad: the council was right" in ok(shell.council("label", session, "bad"))
    listed = ok(shell.council("label", "--list")).splitlines()
    assert len(listed) == 1 and session in listed[0] and "bad" in listed[0] and "a person" in listed[0]
    (label,) = json.loads(ok(shell.council("label", session, "--list", "--format", "json")))
    verdicts = [review["verdict"] for review in sitting["reviews"] if review["verdict"] is not None]
    assert (label["word"], label["case"]["heard"]) == ("bad", len([v for v in verdicts if v != "abstain"]))
    seats = json.loads(ok(shell.council("label", "--seats", "--format", "json")))
    right = {seat["model"]: (seat["right"], seat["wrong"]) for seat in seats["seats"]}
    for review in sitting["reviews"]:
        if review["verdict"] in ("approve", "reject", "request_changes"):
            approves = review["verdict"] == "approve"
            assert right[review["seat"]["model"]] == (int(not approves), int(approves))
    assert seats["checks"] == {"right": 1, "wrong": 0}
    shown = ok(shell.council("label", "--seats"))
    assert "1 vote right" in shown and "independent ones" in shown
    assert "measured on 1 labelled decision of this kind" in shell.council(*SITTING).stdout
    assert "took back 1 label" in shell.council("label", session, "--undo").stderr
    refused(shell.council("label", session, "--undo"), 2, "nobody has labelled", "council label --list")
    assert "Nothing is labelled yet" in ok(shell.council("label", "--list"))


def test_labels_travel_with_their_session(sat: tuple[Any, dict[str, Any]], tmp_path: Path) -> None:
    shell, sitting = sat
    session = sitting["session_id"]
    ok(shell.council("label", session, "bad"))
    ok(shell.council("store", "export", "--session", session, "-o", "out.jsonl"))
    other = {"COUNCIL_STORE_URL": str(tmp_path / "other.db")}
    ok(shell.council("store", "import", "out.jsonl", **other))
    assert ok(shell.council("label", "--list", **other)) == ok(shell.council("label", "--list"))
    ok(shell.council("session", "delete", session))
    assert "Nothing is labelled yet" in ok(shell.council("label", "--list"))


def test_a_finding_is_real_or_false(sat: tuple[Any, dict[str, Any]]) -> None:
    shell, sitting = sat
    session, concern = sitting["session_id"], sitting["concerns"][0]
    members = {finding["id"] for finding in concern["members"]}
    said = ok(shell.council("label", session, "--finding", concern["id"], "false"))
    assert f"of session {session}: false, raised by ollama_chat/" in said
    member = min(members)
    assert ": real, raised by" in ok(shell.council("label", session, "real", "--finding", member))
    labels = json.loads(ok(shell.council("label", "--list", "--format", "json")))
    words = {label["finding_id"]: label["word"] for label in labels if label["origin"] == "person"}
    assert set(words) == members and words[member] == "real"
    assert "real" in ok(shell.council("label", "--seats"))
    refused(shell.council("label", session, "--finding", "99", "real"), 2, "no concern '99'", "It has: 1")
    assert "took back 1 label" in shell.council("label", session, "--finding", member, "--undo").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no session was named"),
        (("x",), "say what turned out"),
        (("x", "real"), "real is said of a finding"),
        (("x", "good", "--finding", "1"), "good is said of the code"),
        (("x", "goood"), "Did you mean good?"),
        (("x", "--finding", "1", "reel"), "real or false, not 'reel'"),
        (("x", "good", "--finding", "1", "real"), "not 'real'"),
        (("x", "good", "--undo"), "--undo takes no word"),
        (("x", "good", "--list"), "only show"),
        (("x", "--seats"), "only show"),
        (("--list", "--undo"), "not allowed with"),
    ],
)
def test_what_does_not_go_together_is_said_in_a_sentence(shell: Any, words: tuple[str, ...], said: str) -> None:
    refused(shell.council("label", *words), 2, said)


def test_where_nothing_is_kept_nothing_is_made(shell: Any) -> None:
    assert "No outcome of yours is labelled yet" in ok(shell.council("label", "--seats"))
    assert "Nothing is labelled yet" in ok(shell.council("label", "--list"))
    assert [path for path in shell.home.rglob("*") if path.is_file()] == []
    refused(shell.council("label", "7f3k", "good"), 3, "there is no session 7f3k")


def test_a_broken_label_is_named_and_costs_no_sitting(sat: tuple[Any, dict[str, Any]]) -> None:
    shell, sitting = sat
    session = sitting["session_id"]
    ok(shell.council("label", session, "bad"))
    connection = sqlite3.connect(shell.home / ".local/share/council/council.db")
    connection.execute("UPDATE labels SET document = '{}'")
    connection.commit()
    connection.close()
    refused(shell.council("label", "--list"), 3, f"a label of session {session} cannot be read", "--undo")
    assert "98 % sure" in shell.council(*SITTING).stdout
    ok(shell.council("label", session, "--undo"))
