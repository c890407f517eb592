from __future__ import annotations

import asyncio
import json

import pytest

from council.errors import ModelMissing, ModelTimeout
from council.models import Delayed, InTurn, ScriptedClient, ScriptedHost, open_client, open_host
from council.models.fakes import Model
from council.protocols import ModelClient, ModelHost
from council.settings import Settings
from council.types.calls import Call, Reply


def ask(client: ScriptedClient, model: str = "a") -> str:
    return asyncio.run(client.complete(Call(model=model, messages=()))).text


def test_everything_a_script_can_say() -> None:
    async def later(question: Call) -> str:
        return f"later {question.model}"

    client = ScriptedClient(
        {
            "text": "plain",
            "table": {"verdict": "approve"},
            "reply": Reply(text="whole", model="x"),
            "function": lambda question: f"asked {question.model}",
            "awaitable": later,
            "error": ModelTimeout("slow"),
            "turns": InTurn("first", "second"),
            "late": Delayed("late", 0.01),
        }
    )
    assert ask(client, "text") == "plain" and json.loads(ask(client, "table")) == {"verdict": "approve"}
    assert ask(client, "reply") == "whole" and ask(client, "function") == "asked function"
    assert ask(client, "awaitable") == "later awaitable" and ask(client, "late") == "late"
    assert [ask(client, "turns") for _ in range(3)] == ["first", "second", "second"]
    with pytest.raises(ModelTimeout):
        ask(client, "error")
    with pytest.raises(ModelMissing):
        ask(client, "nobody")
    assert [c.model for c in client.calls][:2] == ["text", "table"] and len(client.calls) == 11


def test_an_event_lets_an_answer_go() -> None:
    async def wait() -> tuple[bool, str]:
        event = asyncio.Event()
        client = ScriptedClient(default=Delayed("now", event))
        async with asyncio.TaskGroup() as group:
            task = group.create_task(client.complete(Call(model="a", messages=())))
            while not client.calls:
                await asyncio.sleep(0)
            waiting = not task.done()
            event.set()
        return waiting, task.result().text

    assert asyncio.run(wait()) == (True, "now")


def test_a_script_without_answers_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        InTurn()


def test_a_scripted_host() -> None:
    host = ScriptedHost({"a": "x"}, models=(Model(name="m", size_bytes=5, vram_bytes=0), Model(name="n")))
    assert [m.name for m in asyncio.run(host.models())] == ["m", "n"]
    assert [(m.name, m.vram_bytes) for m in asyncio.run(host.loaded())] == [("m", 0)]


def test_all_of_them_fit_the_seams() -> None:
    assert isinstance(ScriptedClient(), ModelClient) and isinstance(ScriptedHost(), ModelHost)
    assert isinstance(open_client(Settings()), ModelClient) and isinstance(open_host(Settings()), ModelHost)
