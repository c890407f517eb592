"""A server of local models, recorded with what it tells of itself, and answered from again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from council.errors import ModelMissing, UsageError
from council.models import RecordingHost, ReplayingHost, ScriptedHost, open_host
from council.models.fakes import Model
from council.models.recording import HOST_FILE, read_recordings
from council.settings import Settings
from council.types.calls import Call, Message

MODELS = (Model(name="a:1b", digest="aa", size_bytes=10, vram_bytes=0), Model(name="b:1b", size_bytes=20))


def call(text: str = "Write it.", **fields: Any) -> Call:
    return Call(**{"model": "a:1b", "messages": (Message(role="user", content=text),), "purpose": "generate", **fields})


def recorded(folder: Path) -> RecordingHost:
    host = RecordingHost(ScriptedHost({"a:1b": "def a(): ..."}, models=MODELS, version="0.32"), folder)

    async def ask() -> None:
        await host.complete(call(seed=1))
        assert (await host.version(), len(await host.models()), len(await host.loaded())) == ("0.32", 2, 1)

    asyncio.run(ask())
    return host


def test_a_server_is_answered_from_its_recording(tmp_path: Path) -> None:
    recorded(tmp_path)
    host = open_host(Settings(), replay=tmp_path)
    assert isinstance(host, ReplayingHost)
    assert asyncio.run(host.complete(call(seed=1))).text == "def a(): ..."
    assert asyncio.run(host.version()) == "0.32"
    assert [(m.name, m.digest) for m in asyncio.run(host.models())] == [("a:1b", "aa"), ("b:1b", None)]
    assert [(m.name, m.vram_bytes) for m in asyncio.run(host.loaded())] == [("a:1b", 0)]
    with pytest.raises(ModelMissing, match="prompt has changed"):
        asyncio.run(host.complete(call(seed=2)))


def test_replies_and_the_server_s_own_words_do_not_mix(tmp_path: Path) -> None:
    recorded(tmp_path)
    assert (tmp_path / HOST_FILE).is_file() and len(read_recordings(tmp_path)) == 1


def test_a_second_recording_adds_to_what_was_seen_in_memory(tmp_path: Path) -> None:
    recorded(tmp_path)
    other = (Model(name="b:1b", size_bytes=20, vram_bytes=20),)
    again = RecordingHost(ScriptedHost({}, models=other, version="0.32"), tmp_path)
    asyncio.run(again.loaded())
    assert [m.name for m in asyncio.run(ReplayingHost(tmp_path).loaded())] == ["a:1b", "b:1b"]


def test_a_folder_without_a_server_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no recording of a server"):
        ReplayingHost(tmp_path)
    (tmp_path / HOST_FILE).write_text("{}, no")
    with pytest.raises(UsageError, match="no recording of a server"):
        ReplayingHost(tmp_path)


def test_letting_go_of_a_model_reaches_the_server(tmp_path: Path) -> None:
    inner = ScriptedHost({"a:1b": "x"}, models=MODELS, room=1)
    host = RecordingHost(inner, tmp_path)

    async def scene() -> tuple[int, int]:
        await host.complete(call())
        before = len(await inner.loaded())
        await host.unload("a:1b")
        return before, len(await inner.loaded())

    assert asyncio.run(scene()) == (1, 0)
