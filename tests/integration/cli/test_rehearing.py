"""``council session replay`` and ``resume`` as processes: exit codes, what they print, two at once, a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

import pytest

from tests.integration.cli.test_interrupt import silent_server  # noqa: F401

TESTED = ("one.py", "--tests", "test_one.py")


def kept(shell: Any, *words: str, code: int, **env: str) -> dict[str, Any]:
    done = shell.council("review", *TESTED, *words, "--format", "json", "-q", **env)
    assert done.returncode == code, done.stderr + done.stdout
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def exported(shell: Any, session_id: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(shell.council("session", "export", session_id).stdout)
    return document


def test_replay_shows_what_was_and_what_is_and_keeps_both(good: Any) -> None:
    before = kept(good, code=3)["session_id"]
    good.write("one.py", "this is no Python any more(")
    done = good.council("session", "replay", before[:9], "--policy", "checks-only")
    assert done.returncode == 0, "by what was judged, not by what lies there now"
    assert "was no quorum, is approved because policy python-team → checks-only" in " ".join(done.stdout.split())
    assert f"Decided again from session {before}" in done.stdout
    listed = json.loads(good.council("session", "list", "--format", "json").stdout)
    assert [entry["decision"] for entry in listed] == ["approved", "no_quorum"]
    again = exported(good, listed[0]["session_id"])
    assert (again["replayed_from"], again["cost"]["usd"]) == (before, 0)
    assert exported(good, before)["consensus"]["decision"] == "no_quorum"
    shown = good.council("session", "show", listed[0]["session_id"], "--format", "markdown").stdout
    assert "is approved because" in shown


def test_replay_without_store_keeps_nothing(good: Any) -> None:
    before = kept(good, code=3)["session_id"]
    done = good.council("session", "replay", before, "--set", "checks_only=true", "--no-store", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["revision"]["decision"]) == (0, "no_quorum")
    assert len(json.loads(good.council("session", "list", "--format", "json").stdout)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "quorum=many"), "voting.quorum: input should be a valid integer"),
        (("--set", "quorun=2"), "Did you mean quorum"),
        (("--set", "panel=local"), "a replay asks nobody, so no other seats can speak in it"),
        (("--policy", "nonsense"), "unknown policy 'nonsense'"),
        (("--set", "criteria.lint.requird=never"), "Did you mean required"),
    ],
)
def test_a_wrong_replay_is_one_sentence(good: Any, words: tuple[str, ...], said: str) -> None:
    before = kept(good, code=3)["session_id"]
    done = good.council("session", "replay", before, *words)
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1
    assert said in done.stderr
    assert len(json.loads(good.council("session", "list", "--format", "json").stdout)) == 1


def test_the_next_command_after_a_sitting_with_missing_seats_is_resume(good: Any) -> None:
    done = good.council("review", *TESTED, "--seat", "openai/gpt-4o-mini", "--seat", "openai/gpt-4o")
    assert done.returncode == 3
    session_id = json.loads(good.council("session", "list", "--format", "json").stdout)[0]["session_id"]
    assert f"council session resume {session_id}" in done.stdout
    again = good.council("session", "resume", session_id, "-q")
    assert again.returncode == 3 and "OPENAI_API_KEY is not set" in again.stdout
    assert len(json.loads(good.council("session", "list", "--format", "json").stdout)) == 1


def test_two_processes_and_a_kill_leave_the_session_as_it_was(good: Any, silent_server: Any) -> None:  # noqa: F811
    address, asked = silent_server
    panel = f"title = 'x'\nquorum = 1\n[[seats]]\nmodel = 'openai/silent'\napi_base = 'http://{address}/v1'\n"
    good.write("panel.toml", panel)
    words = ("--panel", "./panel.toml", "--set", "deadline_s=1")
    session_id = kept(good, *words, code=3, OPENAI_API_KEY="none")["session_id"]
    before = exported(good, session_id)
    asked.clear()
    first = good.start("session", "resume", session_id, "--set", "deadline_s=300", OPENAI_API_KEY="none")
    try:
        assert asked.wait(60)
        second = good.council("session", "resume", session_id, OPENAI_API_KEY="none")
        assert second.returncode == 3 and "is being resumed in another process" in second.stderr
        assert exported(good, session_id) == before
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.communicate()
    assert exported(good, session_id) == before, "whole or not at all"
    third = good.council("session", "resume", session_id, "--set", "deadline_s=1", "-q", OPENAI_API_KEY="none")
    assert third.returncode == 3 and "NO QUORUM" in third.stdout
    assert exported(good, session_id)["reviews"][0]["attempts"] >= before["reviews"][0]["attempts"]


def test_help_teaches_both(shell: Any) -> None:
    text = shell.council("session", "replay", "--help").stdout
    assert "criteria.lint.required=never" in text and "Nobody is asked" in text
    assert "budget_usd" in shell.council("session", "resume", "--help").stdout
