from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import ModelBusy, ModelMissing, UsageError
from council.models import RecordingClient, ReplayingClient, ScriptedClient, open_client, read_recordings
from council.models.recording import recording_key
from council.settings import Settings
from council.types.calls import Call, CallState, Message, Progress, Reply, Usage

SECRET = "canary-aa11bb22cc33"
REPLY = Reply(
    text='{"verdict": "approve"}',
    model="openai/gpt-5.2",
    served_model="gpt-5.2-2025-12-11",
    digest="abc",
    usage=Usage(prompt_tokens=10, completion_tokens=5),
    cost_usd=0.01,
    duration_s=1.5,
)


def call(text: str = "judge this", **fields: Any) -> Call:
    return Call(**{"model": "openai/gpt-5.2", "messages": (Message(role="user", content=text),), **fields})


def record(folder: Path, question: Call, answer: Any = REPLY) -> Reply:
    return asyncio.run(RecordingClient(ScriptedClient(default=answer), folder).complete(question))


def replay(folder: Path, question: Call, **options: Any) -> Reply:
    return asyncio.run(ReplayingClient(folder, **options).complete(question))


def test_what_was_recorded_is_answered_again(tmp_path: Path) -> None:
    assert record(tmp_path, call()) == REPLY
    again = replay(tmp_path, call())
    assert again.recorded_at is not None and len(again.recorded_at) == len("2026-11-23")
    assert again == REPLY.but(recorded_at=again.recorded_at, cost_usd=None), "what it cost then is not paid again"
    (path,) = tmp_path.iterdir()
    assert path.name.startswith("review-openai_gpt_5.2-") and path.suffix == ".json"


def test_a_recording_says_what_was_asked_and_who_answered(tmp_path: Path) -> None:
    record(tmp_path, call(reply_schema={"type": "object"}, temperature=0.0))
    (entry,) = read_recordings(tmp_path)
    assert entry.question.messages[0].content == "judge this" and entry.question.reply_schema == {"type": "object"}
    assert (entry.reply.served_model, entry.reply.digest) == ("gpt-5.2-2025-12-11", "abc")
    assert entry.recorded_at.endswith("+00:00")


def test_progress_is_heard_from_a_recording(tmp_path: Path) -> None:
    record(tmp_path, call())
    heard: list[Progress] = []
    asyncio.run(ReplayingClient(tmp_path).complete(call(), on_progress=heard.append))
    assert [p.state for p in heard] == [CallState.ASKING, CallState.ANSWERING] and heard[1].text == REPLY.text


def test_another_prompt_is_not_answered(tmp_path: Path) -> None:
    record(tmp_path, call())
    with pytest.raises(ModelMissing, match="the prompt has changed since it was recorded"):
        replay(tmp_path, call("judge that"))
    with pytest.raises(ModelMissing, match="was never recorded"):
        replay(tmp_path, call(model="openai/other"))


def test_another_prompt_is_answered_on_request_and_says_so(tmp_path: Path) -> None:
    record(tmp_path, call())
    reply = replay(tmp_path, call("judge that"), strict=False)
    assert reply.text == REPLY.text and (reply.recorded_at or "").endswith("for another prompt")
    with pytest.raises(ModelMissing):
        replay(tmp_path, call("judge that", purpose="repair"), strict=False)


def test_failures_are_not_recorded(tmp_path: Path) -> None:
    with pytest.raises(ModelBusy):
        record(tmp_path, call(), ModelBusy("busy"))
    assert list(tmp_path.iterdir()) == []


FIELDS = {
    "model": st.sampled_from(["a/b", "a/c"]),
    "purpose": st.sampled_from(["review", "repair"]),
    "messages": st.lists(
        st.builds(Message, role=st.sampled_from(["system", "user"]), content=st.sampled_from(["", "x", "y"])),
        max_size=2,
    ).map(tuple),
    "temperature": st.sampled_from([None, 0.0, 1.0]),
    "seed": st.sampled_from([None, 0, 1]),
    "max_tokens": st.sampled_from([None, 5]),
}


@given(st.fixed_dictionaries(FIELDS), st.fixed_dictionaries(FIELDS), st.sampled_from([None, "http://h:1"]))
def test_equal_questions_have_equal_keys_and_others_have_not(a: Any, b: Any, address: str | None) -> None:
    left, right = Call(**a), Call(**b, api_base=address, timeout_s=3.0)
    assert (recording_key(left) == recording_key(right)) == (a == b)


@given(st.text(min_size=1, max_size=80), st.text(max_size=20))
def test_no_name_leads_out_of_the_folder(model: str, purpose: str) -> None:
    from council.models.recording import _file_name

    name = _file_name(call(model=model, purpose=purpose), "k" * 64)
    assert Path(name).name == name and not name.startswith(".") and len(name) < 160 and name.isascii()


def test_a_recording_holds_no_key_and_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    record(tmp_path, call(f"x {SECRET}", api_base="http://secret-host:1"), f"the key was {SECRET}")
    (text,) = [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()]
    assert SECRET not in text and "secret-host" not in text
    assert replay(tmp_path, call(f"x {SECRET}")).text.startswith("the key was «")


@pytest.mark.parametrize("text", ["", "{}", "nonsense", '{"format": 1}', "[]"])
def test_a_file_that_is_no_recording(tmp_path: Path, text: str) -> None:
    record(tmp_path, call())
    (path,) = tmp_path.iterdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="is no recording"):
        replay(tmp_path, call())


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder of recordings"):
        ReplayingClient(tmp_path / "none")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot record into file"):
        RecordingClient(ScriptedClient(), tmp_path / "file")


def test_a_recording_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    client = RecordingClient(ScriptedClient(default=REPLY), folder)
    folder.rmdir()
    with pytest.raises(UsageError, match="cannot record into r"):
        asyncio.run(client.complete(call()))
    assert list(tmp_path.iterdir()) == []


def test_odd_characters_survive(tmp_path: Path) -> None:
    text = "漢 \u2028 \x1b[31m é"
    record(tmp_path, call(text), text)
    assert replay(tmp_path, call(text)).text == text
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text(encoding="utf-8"))["reply"]["text"] == text
    assert oct(os.stat(path).st_mode & 0o777) == "0o644"


def test_replaying_needs_neither_key_nor_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path, call())
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    client = open_client(Settings(), replay=tmp_path)
    assert asyncio.run(client.complete(call())).text == REPLY.text
