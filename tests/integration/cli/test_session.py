"""Sittings and what is kept of them, as processes: decisions, exit codes, documents, the store and its file."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from council.api import submission_of
from council.engine import Council
from council.models import RecordingClient, ScriptedClient, ScriptedHost
from council.sandbox import open_sandbox
from council.settings import Settings
from council.text import printable

STORE = ".local/share/council/council.db"
TESTED = ("one.py", "--tests", "test_one.py")
BY_CHECKS = (*TESTED, "--policy", "checks-only")
SEATS = ("a/one", "b/two", "c/three")
APPROVE = {"analysis": "fine", "findings": [], "verdict": "approve"}
CHANGE = {
    "analysis": "It is a constant.",
    "findings": [{"claim": "one() never looks at its input", "line": 4, "severity": "medium"}],
    "verdict": "request_changes",
}
REJECT = {**CHANGE, "verdict": "reject"}


def reviewed(shell, *words: str, code: int, **env: str) -> dict[str, Any]:
    """Review with ``--format json`` and return what was printed."""
    done = shell.council("review", *words, "--format", "json", "-q", **env)
    assert done.returncode == code, done.stderr + done.stdout
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def record(shell, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Let scripted seats answer for once and keep their replies; return the words that replay them."""
    settings, folder = Settings(store=False), shell.folder / "recorded"
    client = RecordingClient(ScriptedClient(answers), folder)
    house = Council(settings, client=client, host=ScriptedHost(), sandbox=open_sandbox(settings))
    submission = submission_of(shell.work / "one.py", tests=shell.work / "test_one.py", settings=settings)
    asyncio.run(house.review(submission, seats=tuple(answers)))
    return tuple(word for seat in answers for word in ("--seat", seat)) + ("--replay", str(folder))


# From the decision to the exit code


def test_what_a_review_prints_as_json_is_what_is_shown_later(good) -> None:
    document = reviewed(good, *TESTED, *record(good, dict(zip(SEATS, (APPROVE, CHANGE, REJECT), strict=True))), code=1)
    named = "schema_version session_id decision score interval agreement quorum checks reviews concerns cost decided degraded"
    assert set(named.split()) <= set(document)
    assert (document["schema_version"], document["decision"], document["exit_code"]) == (1, "changes_requested", 1)
    assert [len(document[key]) for key in ("checks", "reviews", "concerns")] == [6, 3, 1]
    shown = good.council("session", "show", document["session_id"], "--format", "json")
    assert (shown.returncode, json.loads(shown.stdout)) == (0, document)


FINISHED = re.compile(r"session (\w+)")


@pytest.mark.parametrize(
    ("decision", "code", "said"),
    [
        ("approved", 0, "APPROVED"),
        ("rejected", 1, "REJECTED"),
        ("changes_requested", 1, "CHANGES REQUESTED"),
        ("no_quorum", 3, "NO QUORUM"),
        ("blocked", 3, "BLOCKED"),
        ("tied", 3, "TIED"),
        ("approved by seats", 0, "APPROVED"),
        ("rejected by seats", 1, "REJECTED"),
    ],
)
def test_print_json_and_exit_code_tell_the_same(good, decision: str, code: int, said: str) -> None:
    words: tuple[str, ...] = BY_CHECKS
    if decision == "rejected":
        good.write("test_one.py", "from one import one\n\n\ndef test_one():\n    assert one() == 2\n")
    elif decision == "changes_requested":
        good.write(
            "one.py", '"""One."""\n\n\ndef one() -> int:\n    return 1\n\n\ndef two() -> int:\n    return nothing\n'
        )
    elif decision == "blocked":
        words = ("one.py", "--policy", "checks-only")
    elif decision == "no_quorum":
        words = TESTED
    elif decision == "tied":
        words = (*TESTED, *record(good, {"a/one": APPROVE, "b/two": REJECT}))
    elif decision.endswith("by seats"):
        words = (*TESTED, *record(good, dict.fromkeys(SEATS, APPROVE if code == 0 else REJECT)))
    done = good.council("review", *words, "-q")
    assert done.returncode == code, done.stderr + done.stdout
    first = [line for line in done.stdout.splitlines() if line.startswith(said)]
    assert len(first) == 1, done.stdout
    for other in {"APPROVED", "REJECTED", "CHANGES REQUESTED", "NO QUORUM", "BLOCKED", "TIED"} - {said}:
        assert other not in done.stdout
    found = FINISHED.search(done.stdout)
    assert found
    document = json.loads(good.council("session", "show", found[1], "--format", "json").stdout)
    assert (document["decision"], document["exit_code"]) == (decision.removesuffix(" by seats"), code)


# What is kept


def test_a_session_is_listed_shown_exported_and_deleted(good) -> None:
    document = reviewed(good, *TESTED, *record(good, dict(zip(SEATS, (APPROVE, CHANGE, REJECT), strict=True))), code=1)
    number = document["session_id"]
    listed = json.loads(good.council("session", "list", "--format", "json").stdout)
    assert [(entry["session_id"], entry["decision"]) for entry in listed] == [(number, "changes_requested")]
    assert number in good.council("session", "list").stdout

    concern = good.council("session", "show", number[:8], "1")
    assert concern.returncode == 0, concern.stderr
    assert "one() never looks at its input" in concern.stdout and "2 of 3 seats" in concern.stdout
    missing = good.council("session", "show", number, "2")
    assert missing.returncode == 2 and "It has: 1" in missing.stderr and missing.stdout == ""

    exported = good.council("session", "export", number)
    to_file = good.council("session", "export", number, "-o", "kept.json")
    assert (exported.returncode, to_file.returncode, to_file.stdout) == (0, 0, "")
    assert (good.work / "kept.json").read_text() == exported.stdout
    whole = json.loads(exported.stdout)
    assert whole["session_id"] == number and len(whole["reviews"]) == 3

    gone = good.council("session", "delete", number)
    assert (gone.returncode, gone.stdout) == (0, "") and number in gone.stderr
    assert json.loads(good.council("session", "list", "--format", "json").stdout) == []
    for words in (("show", number), ("export", number), ("delete", number)):
        again = good.council("session", *words)
        assert again.returncode == 3 and number in again.stderr and again.stdout == ""
    left = b"".join(path.read_bytes() for path in (good.home / STORE).parent.iterdir())
    assert b"one() never looks at its input" not in left


def test_an_ambiguous_beginning_and_an_unknown_one_are_named(good) -> None:
    first, second = (reviewed(good, *BY_CHECKS, code=0)["session_id"] for _ in range(2))
    shared = os.path.commonprefix([first, second])
    assert shared, "ids of one minute begin alike"
    for verb in ("show", "export", "delete"):
        done = good.council("session", verb, shared)
        assert done.returncode == 3 and first in done.stderr and second in done.stderr and done.stdout == ""
    done = good.council("session", "show", "zzzz")
    assert done.returncode == 3 and "zzzz" in done.stderr
    assert len(json.loads(good.council("session", "list", "--format", "json").stdout)) == 2
    assert len(json.loads(good.council("session", "list", "--limit", "1", "--format", "json").stdout)) == 1


def test_the_store_is_its_owners_alone(good) -> None:
    reviewed(good, *BY_CHECKS, code=0)
    store = good.home / STORE
    assert {stat.S_IMODE(path.stat().st_mode) for path in store.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(store.parent.stat().st_mode) == 0o700


def test_a_store_of_a_newer_council_is_left_alone(good) -> None:
    reviewed(good, *BY_CHECKS, code=0)
    store = good.home / STORE
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = store.read_bytes()
    for words in (("session", "list"), ("session", "delete", "a"), ("review", *BY_CHECKS, "-q")):
        done = good.council(*words)
        assert (done.returncode, done.stdout) == (3, ""), done.stdout + done.stderr
        lines = done.stderr.splitlines()
        assert len(lines) == 1 and "newer council (schema 999" in lines[0] and "pip install -U" in lines[0]
    assert store.read_bytes() == before


def test_no_store_writes_nothing_at_home(good) -> None:
    for words in ((*BY_CHECKS, "--no-store"), (*BY_CHECKS, "--set", "store=false")):
        reviewed(good, *words, code=0)
    assert good.council("validate", *TESTED, "-q").returncode == 0
    assert [path for path in good.home.rglob("*") if path.is_file()] == []


# Payload and progress


def test_standard_output_holds_the_payload_and_nothing_else(good) -> None:
    loud = good.council("review", *BY_CHECKS, "--format", "json")
    assert json.loads(loud.stdout)["decision"] == "approved"
    told = loud.stderr.splitlines()
    assert sum(line.startswith("check ") for line in told) == 6 and told[-1] == "decision: approved"
    quiet = good.council("review", *BY_CHECKS, "-q", "-o", "out.txt")
    assert quiet.stdout == "" and quiet.stderr == "wrote out.txt\n"
    assert "APPROVED" in (good.work / "out.txt").read_text()


def test_markdown_has_a_title_and_names_the_failed_tests(good) -> None:
    good.write("test_one.py", "from one import one\n\n\ndef test_is_two():\n    assert one() == 2\n")
    done = good.council("review", *BY_CHECKS, "--format", "markdown", "-q")
    assert done.returncode == 1, done.stderr
    title = done.stdout.splitlines()[0]
    assert title.startswith("# REJECTED BY THE CHECKS ALONE: ") and "one.py" in title
    assert "test_is_two" in done.stdout
    assert done.stdout.count("\n# ") == 0
    page = good.council("session", "show", "last", "--format", "html").stdout
    assert page.startswith("<!doctype html>") and "test_is_two" in page


def on_a_terminal(shell, *words: str, **env: str) -> str:
    """Return what the command prints when its standard output is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "council", *words],
        cwd=shell.work,
        env={**shell.env, "TERM": "xterm-256color", **env},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    pieces = []
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so when the other end has closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(ours)
    process.wait(timeout=60)
    return b"".join(pieces).decode()


def test_colour_is_for_terminals_that_want_it(good) -> None:
    number = reviewed(good, *BY_CHECKS, code=0)["session_id"]
    words = ("session", "show", number)
    assert "\x1b[" in on_a_terminal(good, *words)
    assert "\x1b[" not in on_a_terminal(good, *words, NO_COLOR="1")
    piped = good.council(*words)
    assert "APPROVED" in piped.stdout and "\x1b" not in piped.stdout + piped.stderr


# Untrusted text on the way to a terminal

EVIL = "\x1b]0;owned\x07\x1b[31mred\x1b[2J\x9b31m\u202e"
STEERING = set("\x1b\x07\x9b\u202e")


@pytest.fixture
def hostile(shell):
    """A submission whose text, task and tests try to steer the terminal."""
    shell.write("code/one.py", f'"""One. {EVIL}"""\n\nEVIL = {EVIL!r}\n\n\ndef one() -> int:\n    return 1\n')
    test = f"import pytest\n\n\n@pytest.mark.parametrize('x', [{EVIL!r}, {EVIL[1:]!r}])\ndef test_x(x):\n    assert not x, x\n"
    test += f"\n\ndef test_print():\n    print({EVIL!r})\n    raise RuntimeError({EVIL!r})\n"
    shell.write("test_one.py", test)
    return shell


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_no_escape_code_of_the_material_is_printed(hostile, form: str) -> None:
    words = ("code", "--tests", "test_one.py", "--task", f"write {EVIL}", "--policy", "checks-only", "--format", form)
    done = hostile.council("review", *words)
    assert done.returncode == 1, done.stderr
    for stream in (done.stdout, done.stderr):
        assert not set(stream) & STEERING, ascii(stream)
    assert "test_x" in done.stdout and "test_print" in done.stdout
    assert printable(done.stdout) == done.stdout


def test_a_file_named_with_an_escape_code_is_refused_without_printing_it(hostile) -> None:
    hostile.write("code/we\x1b[31mird.py", "x = 1\n")
    for words in (
        ("review", "code"),
        ("validate", "code"),
        ("review", "code/we\x1b[31mird.py"),
        ("session", "show", EVIL),
    ):
        done = hostile.council(*words)
        assert done.returncode in (2, 3) and done.stdout == "" and "\\x1b[31m" in done.stderr
        assert not set(done.stderr) & STEERING, ascii(done.stderr)


def test_no_escape_code_of_a_reviewer_is_printed(good) -> None:
    finding = {"claim": f"it is {EVIL}", "explanation": EVIL, "line": 4, "severity": "medium", "fix": EVIL}
    answer = {"analysis": EVIL, "findings": [finding], "verdict": "request_changes"}
    document = reviewed(good, *TESTED, *record(good, dict.fromkeys(SEATS, answer)), code=1)
    number = document["session_id"]
    for words in ((number,), (number, "1"), (number, "--format", "markdown"), (number, "--format", "json")):
        done = good.council("session", "show", *words)
        assert done.returncode == 0, done.stderr
        assert "it is" in done.stdout
        assert not set(done.stdout + done.stderr) & STEERING, ascii(done.stdout)
    assert "\x1b" not in on_a_terminal(good, "session", "show", number, "1", NO_COLOR="1")


def test_a_seat_that_wrote_the_code_is_named_and_the_next_command_seats_another(good) -> None:
    answers = dict(zip(SEATS, (APPROVE, APPROVE, APPROVE), strict=True))
    one = good.work / "one.py"
    one.write_text("# Generated by two on 2026-11-23.\n# Council session 7f3k0a9xzq.\n\n" + one.read_text())
    done = good.council("review", *TESTED, *record(good, answers))
    assert (done.returncode, "NO QUORUM" in done.stdout) == (3, True)
    assert "recused: it wrote this code (not counted)" in done.stdout
    assert "--seat a/one --seat c/three --seat MODEL" in done.stdout
    assert len(list((good.folder / "recorded").glob("*.json"))) == 2, "the author was not asked"
