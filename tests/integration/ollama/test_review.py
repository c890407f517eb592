"""``council review`` by seats of a real Ollama, whatever they say: every seat is in the session with what it took."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from council.types.reviews import Review, ReviewOutcome

pytestmark = pytest.mark.ollama
NOWHERE = "127.0.0.1:1"
SHORT = ("--set", "max_tokens=64", "--set", "context_tokens=2048", "--set", "temperature=0")
PATIENT = ("--set", "deadline_s=250", "--set", "attempt_timeout_s=120")


@pytest.fixture
def words(desk: Any, small_model: str, ollama_model: str) -> tuple[str, ...]:
    """A review of a short file by two local seats."""
    desk.write("one.py", '"""One."""\n\n\ndef one() -> int:\n    return 1\n')
    seats = ("--seat", f"ollama_chat/{small_model}", "--seat", f"ollama_chat/{ollama_model}")
    return ("review", "one.py", "--task", "A function one() that returns 1.", *seats, *SHORT)


def test_two_local_seats_are_both_in_the_session_and_can_be_replayed(
    desk: Any, words: tuple[str, ...], small_model: str, ollama_model: str
) -> None:
    done = desk.council(*words, *PATIENT, "--record", "kept", "--format", "json")
    live, session = json.loads(done.stdout), desk.newest()
    assert done.returncode == live["exit_code"] and live["session_id"] == session.session_id
    assert [review.seat.name for review in session.reviews] == [small_model, ollama_model]
    for review in session.reviews:
        assert_whole(review)
    assert session.cost.usd == 0.0 and session.cost.unknown == ()
    assert session.consensus is not None and session.consensus.quorum.invited == 2
    assert len(list((desk.work / "kept").glob("*.json"))) == 2

    again = desk.council(*words, "--replay", "kept", "--format", "json", OLLAMA_HOST=NOWHERE)
    replayed = json.loads(again.stdout)
    assert again.returncode == done.returncode and replayed["session_id"] != live["session_id"]
    for decided in ("decision", "score", "interval", "agreement", "quorum", "votes", "concerns", "decided"):
        assert replayed[decided] == live[decided], decided
    for before, after in zip(live["reviews"], replayed["reviews"], strict=True):
        assert after.pop("recorded_at") and not before.pop("recorded_at")
        assert after == before
    assert replayed["replayed_from"] == "kept" and not live["replayed_from"]


def assert_whole(review: Review) -> None:
    """A seat that was reached: what it said is kept as it came, with who said it and what it took."""
    assert review.outcome in (ReviewOutcome.ANSWERED, ReviewOutcome.UNREADABLE), review.reason
    assert (review.ballot is not None) == (review.outcome is ReviewOutcome.ANSWERED)
    assert review.ballot is not None or review.reason
    assert review.raw_text and review.served_model == review.seat.name and review.cost_usd == 0.0
    assert re.fullmatch("[0-9a-f]{64}", review.digest or "")
    assert review.usage.prompt_tokens and 0 < (review.usage.completion_tokens or 0) <= 64
    assert review.duration_s and review.attempts == 1


def test_another_question_is_not_answered_from_a_recording(desk: Any, words: tuple[str, ...]) -> None:
    (desk.work / "kept").mkdir()
    shown = json.loads(desk.council(*words, "--replay", "kept", "--format", "json", code=3).stdout)
    assert shown["decision"] == "no_quorum"
    assert all(review["outcome"] == "failed" and review["reason"] for review in shown["reviews"])


def test_a_missing_model_and_a_prompt_that_is_too_long_are_named(desk: Any, ollama_host: str, small_model: str) -> None:
    """Both seats fail without a word written: nothing is cut to fit, and nothing unknown is said about the cost."""
    desk.write("long.py", '"""Numbers."""\n\n' + "".join(f"NUMBER_{n} = {n}\n" for n in range(200)))
    seats = ("--seat", "ollama_chat/nope:1b", "--seat", f"ollama_chat/{small_model}")
    done = desk.council("review", "long.py", *seats, *SHORT, "--set", "context_tokens=1024", code=3)
    missing, overflowing = desk.newest().reviews
    assert missing.outcome is overflowing.outcome is ReviewOutcome.FAILED
    assert missing.reason == f"ollama at {ollama_host} has no model 'nope:1b'"
    long = rf"the prompt is (\d+) tokens long, the context of {re.escape(small_model)} holds 1024"
    found = re.fullmatch(long, overflowing.reason or "")
    assert found and int(found[1]) > 1024 and "context_tokens" in (overflowing.remedy or "")
    assert missing.cost_usd == overflowing.cost_usd == 0.0 and "unknown" not in done.stdout
    plain = " ".join(done.stdout.split())
    assert missing.reason in plain and re.search(long, plain)
    assert re.search(r"^ollama pull nope:1b {2,}gives seat nope:1b a voice$", done.stdout, re.MULTILINE)
