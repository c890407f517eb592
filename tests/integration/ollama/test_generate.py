"""``council generate`` against a real Ollama with real small models. What they write is not asserted, what is kept is."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from council.generation import read_provenance
from council.types.session import Attempt, Session, SessionKind, SessionState

pytestmark = pytest.mark.ollama
TASKS = Path(__file__).parents[3] / "examples" / "tasks"
EASY = ("clamp", "is_palindrome", "count_vowels")
CONTEXT = ("--set", "context_tokens=2048")


def digest_of(host: str, model: str) -> str:
    with urllib.request.urlopen(f"http://{host}/api/tags", timeout=30) as answer:
        return next(entry["digest"] for entry in json.load(answer)["models"] if entry["name"] == model)


def assert_measured(attempt: Attempt) -> None:
    assert attempt.duration_s and attempt.duration_s > 0
    assert attempt.first_token_s is not None and attempt.load_s is not None
    assert attempt.prompt_tokens and attempt.completion_tokens
    assert re.fullmatch("[0-9a-f]{64}", attempt.digest or "")


def test_an_easy_task_is_solved_and_its_file_is_accepted(desk: Any, ollama_host: str, ollama_model: str) -> None:
    """The main job: at least one of the shipped tasks, written, checked, marked, accepted again and kept."""
    for solved in EASY:
        task, tests = f"@{TASKS / solved / 'task.md'}", str(TASKS / solved / f"test_{solved}.py")
        words = ("generate", task, "--tests", tests, "-o", f"{solved}.py", *CONTEXT)
        done = desk.council(*words, OLLAMA_MODEL=ollama_model)
        assert done.returncode in (0, 1), done.stderr
        if done.returncode == 0:
            break
    else:
        pytest.fail(f"{ollama_model} solved none of {EASY}\n{done.stderr}")
    desk.council("validate", f"{solved}.py", "--tests", tests, code=0)

    session = desk.newest()
    origin = read_provenance((desk.work / f"{solved}.py").read_text(encoding="utf-8"))
    digest = digest_of(ollama_host, ollama_model)
    assert origin is not None and (origin.model, origin.session_id) == (ollama_model, session.session_id)
    assert origin.digest and digest.startswith(origin.digest)
    assert origin.written_at is not None and origin.written_at.date() == session.created_at.date()

    written = session.generation
    assert session.kind is SessionKind.GENERATE and session.state is SessionState.FINISHED and written is not None
    assert written.model == ollama_model and written.chosen == len(written.attempts)
    assert [attempt.number for attempt in written.attempts] == list(range(1, len(written.attempts) + 1))
    for attempt in written.attempts:
        assert (attempt.tier, attempt.model, attempt.digest) == ("strong", ollama_model, digest)
        assert_measured(attempt)
    assert session.validation is not None and session.validation.exit_code == 0
    assert (desk.work / f"{solved}.py").read_text(encoding="utf-8") == session.submission.files[0].text
    assert f"wrote {solved}.py" in done.stderr and "CHECKS PASSED" in done.stderr


def test_what_fails_goes_back_to_the_model_and_the_best_is_kept(desk: Any, ollama_model: str) -> None:
    """No code can pass these tests, so every repair that is allowed is made and recorded."""
    desk.write("test_twice.py", "from twice import twice\n\n\ndef test_it():\n    assert twice(2) == 4\n\n\n"
               "def test_never():\n    assert twice(2) == 5\n")  # fmt: skip
    task = "Write a function twice(n) that returns 2 * n."
    words = ("generate", task, "--tests", "test_twice.py", "-o", "twice.py", "--set", "reply_tokens=200", *CONTEXT)
    done = desk.council(*words, "--model", ollama_model, code=1)

    session = desk.newest()
    attempts = kept_attempts(session)
    assert len(attempts) == 3, "one try and two repairs"
    checked = [attempt for attempt in attempts if attempt.report is not None]
    assert checked and all(attempt.code and attempt.report.failed for attempt in checked)
    assert all(attempt.truncated or attempt.code is None for attempt in attempts if attempt not in checked)
    assert all(attempt.reason for attempt in attempts)
    assert_measured(attempts[0])
    assert attempts[1].prompt_tokens > attempts[0].prompt_tokens, "the failures go into the second question"

    chosen = next(attempt for attempt in checked if attempt.number == session.generation.chosen)
    assert chosen.report == session.validation and chosen.report.exit_code == done.returncode
    assert passed_tests(chosen) == max(map(passed_tests, checked))
    assert session.submission.files[0].text.endswith(chosen.code)
    text = (desk.work / "twice.py").read_text(encoding="utf-8")
    assert re.search(r"^# Council session \S+: (\d of \d tests? passed|no tests)", text, re.MULTILINE)
    assert "CHECKS FAILED" in done.stderr


def test_two_tiers_keep_both_attempts_with_their_times(desk: Any, small_model: str, ollama_model: str) -> None:
    task = "Write a function twice(n) that returns 2 * n."
    tiers = ("--draft-model", small_model, "--model", ollama_model, "--set", "repairs=0", "--set", "reply_tokens=200")
    done = desk.council("generate", task, *tiers, *CONTEXT)
    session = desk.newest()
    draft, finished = kept_attempts(session)
    assert (draft.tier, draft.model) == ("draft", small_model)
    assert (finished.tier, finished.model) == ("strong", ollama_model)
    assert session.generation.draft_model == small_model and draft.digest != finished.digest
    assert_measured(draft)
    assert_measured(finished)
    shown = [line.split() for line in done.stderr.splitlines() if line.split()[1:2] in (["draft"], ["strong"])]
    assert [(row[2], row[4]) for row in shown] == [(small_model, "s"), (ollama_model, "s")], done.stderr


def test_a_missing_model_comes_with_its_command(desk: Any, ollama_host: str) -> None:
    done = desk.council("generate", "a function f()", "--model", "nope:1b", "-o", "f.py", code=3)
    said = f"council: ollama at {ollama_host} has no model 'nope:1b'. Get it with: ollama pull nope:1b"
    assert done.stderr.splitlines()[-1] == said
    assert not (desk.work / "f.py").exists()


def test_a_missing_finisher_does_not_pass_for_a_draft(desk: Any, small_model: str) -> None:
    task = "Write a function twice(n) that returns 2 * n."
    words = ("--draft-model", small_model, "--model", "nope:1b", "--set", "reply_tokens=100", "-o", "f.py", *CONTEXT)
    done = desk.council("generate", task, *words, code=3)
    assert "ollama pull nope:1b" in done.stderr.splitlines()[-1]
    assert not (desk.work / "f.py").exists()


def test_without_a_model_set_the_ones_that_are_there_are_named(desk: Any, small_model: str, ollama_model: str) -> None:
    said = desk.council("generate", "a function f()", code=2).stderr.splitlines()[-1]
    assert "no local model is set" in said and small_model in said and ollama_model in said


def test_a_task_that_is_too_long_is_refused_and_not_cut(desk: Any, small_model: str) -> None:
    desk.write("task.md", "Write f(). " + "word " * 900)
    words = ("generate", "@task.md", "--model", small_model, "-o", "f.py", "--set", "context_tokens=512")
    said = desk.council(*words, code=3).stderr.splitlines()[-1]
    found = re.search(rf"the prompt is (\d+) tokens long, the context of {re.escape(small_model)} holds 512", said)
    assert found and int(found[1]) > 900 and "raise context_tokens" in said
    assert not (desk.work / "f.py").exists()


def test_the_doctor_names_the_server_and_its_models(desk: Any, ollama_host: str, ollama_model: str) -> None:
    with urllib.request.urlopen(f"http://{ollama_host}/api/version", timeout=30) as answer:
        version = json.load(answer)["version"]
    found = json.loads(desk.council("doctor", "--format", "json", code=0).stdout)
    row = next(row for row in found["rows"] if row["name"] == "Ollama")
    assert row["state"] == "ok" and row["text"].startswith(f"{version} at {ollama_host} · ")
    assert re.search(r"\d+ models? · largest that fits in memory: \S+:\S+", row["text"])
    lacking = json.loads(desk.council("doctor", "--format", "json", OLLAMA_MODEL="nope:1b").stdout)
    assert "ollama pull nope:1b" in [command for command, _ in lacking["next_commands"]]


def kept_attempts(session: Session) -> tuple[Attempt, ...]:
    assert session.state is SessionState.FINISHED and session.generation is not None
    return session.generation.attempts


def passed_tests(attempt: Attempt) -> int:
    tests = attempt.report.check("tests") if attempt.report else None
    return sum(test.outcome.value == "passed" for test in tests.tests) if tests else 0
