"""``council selftest`` as a process: what held, what to type next, and what it says without a key."""

from __future__ import annotations

import json
import re

import pytest

from council.selftest import load_catalogue, load_known


def test_all_holds_but_what_is_known_and_it_says_so(shell) -> None:
    """All payloads, in JSON; the same run in text is a block of the README."""
    done = shell.council("selftest", "--format", "json", "-o", "result.json", timeout=400)
    assert done.returncode == 0 and done.stdout == "", done.stderr
    *progress, last = done.stderr.strip().splitlines()
    assert last == "wrote result.json" and re.fullmatch(r"(\d+) of \1 payloads", progress[-1])
    result = json.loads((shell.work / "result.json").read_text())
    assert result["schema_version"] == 1 and result["exit_code"] == 0 and result["broken"] == 0
    assert result["held"] + result["known"] == len(result["trials"]) == len(load_catalogue()) >= 200
    assert {trial["payload"] for trial in result["trials"] if trial["known"]} == set(load_known()), (
        "a new success: take it off the list"
    )


def test_real_seats_without_a_key_cannot_be_measured(shell) -> None:
    done = shell.council("selftest", "--live", "-q")
    assert done.returncode == 3 and "NOT MEASURED   no seat answered" in done.stdout
    assert "export OPENAI_API_KEY=…" in done.stdout and "council selftest --live --panel local" in done.stdout
    assert not (shell.home / ".local").exists(), "a measurement keeps no session"
    unreachable = shell.council("selftest", "--live", "--seat", "ollama_chat/x:1b", "--format", "json", "-q")
    result = json.loads(unreachable.stdout)
    assert unreachable.returncode == 3 and result["payloads"] == [] and "127.0.0.1:1" in result["seats"][0]["silent"]


@pytest.mark.parametrize(
    "words, said",
    [
        (("--count", "3"), "--count, --panel and --seat are for real seats"),
        (("--live", "--count", "0"), "--count 0 is no number of payloads"),
        (("--live", "--seat", "a/b", "--panel", "local"), "--panel and --seat contradict each other"),
        (("--live", "--set", "policy=checks-only"), "asks no seat"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(shell, words: tuple[str, ...], said: str) -> None:
    done = shell.council("selftest", *words)
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1


def test_it_is_interrupted_like_everything(shell) -> None:
    import signal

    running = shell.start("selftest", "--format", "json")
    assert running.stderr.readline()  # it is under way
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130 and out == ""
    assert err.endswith("council: interrupted\n"), "it keeps nothing, and says no such thing"
