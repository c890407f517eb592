"""Both doors to a real Ollama with real small models. Structure and honesty are asserted, never their prose."""

from __future__ import annotations

import asyncio
import json
import re
import time
import urllib.request
from typing import Any

import pytest

from council.errors import ModelError, ModelMismatch, ModelMissing, ModelOverflow
from council.models import OllamaHost, ReplayingClient, open_client, open_host
from council.protocols import ModelClient
from council.settings import Settings
from council.types.calls import Call, CallState, Finish, Message, Progress

pytestmark = pytest.mark.ollama
SCHEMA = {
    "type": "object",
    "properties": {"analysis": {"type": "string", "maxLength": 30}, "verdict": {"enum": ["approve", "reject"]}},
    "required": ["analysis", "verdict"],
}


@pytest.fixture
def settings(ollama_host: str) -> Settings:
    return Settings(ollama_host=ollama_host, context_tokens=1024, deadline_s=240, attempt_timeout_s=200, attempts=1)


@pytest.fixture(params=["litellm", "ollama"])
def door(request: pytest.FixtureRequest, settings: Settings) -> ModelClient:
    """The same questions go through litellm, as seats do, and through Ollama's own interface, as generation does."""
    return open_client(settings) if request.param == "litellm" else open_host(settings)


def call(model: str, text: str = "Say hi.", **fields: Any) -> Call:
    return Call(**{
        "model": f"ollama_chat/{model}",
        "messages": (Message(role="user", content=text),),
        "max_tokens": 16,
        "temperature": 0.0,
        **fields,
    })  # fmt: skip


def test_it_answers_and_says_who_it_is(door: ModelClient, settings: Settings, small_model: str) -> None:
    heard: list[Progress] = []
    reply = asyncio.run(door.complete(call(small_model), on_progress=heard.append))
    assert reply.text and reply.served_model == small_model and reply.cost_usd == 0.0
    assert reply.usage.prompt_tokens and reply.usage.completion_tokens
    assert reply.usage.completion_tokens <= 16 and reply.first_token_s is not None
    assert "".join(p.text for p in heard) == reply.text and CallState.ANSWERING in {p.state for p in heard}
    models = {m.name: m.digest for m in asyncio.run(OllamaHost(settings).models())}
    assert reply.digest == models[small_model] and re.fullmatch("[0-9a-f]{64}", reply.digest or "")


def test_a_cut_reply_says_so(door: ModelClient, small_model: str) -> None:
    reply = asyncio.run(door.complete(call(small_model, "Count to one hundred in words.", max_tokens=8)))
    assert reply.finish is Finish.LENGTH


def test_a_schema_is_followed(door: ModelClient, small_model: str) -> None:
    question = call(small_model, "Review: def f(): return 1/0", reply_schema=SCHEMA, max_tokens=200)
    reply = asyncio.run(door.complete(question))
    assert reply.finish is Finish.STOP
    ballot = json.loads(reply.text)
    assert list(ballot) == ["analysis", "verdict"] and ballot["verdict"] in ("approve", "reject")


def test_a_prompt_that_is_too_long_is_refused_and_not_cut(door: ModelClient, small_model: str) -> None:
    with pytest.raises(ModelOverflow, match=r"the prompt is 30\d\d tokens long, the context of .* holds 1024"):
        asyncio.run(door.complete(call(small_model, "word " * 3000)))


def test_a_missing_model_comes_with_its_command(door: ModelClient, ollama_host: str) -> None:
    with pytest.raises(ModelMissing) as caught:
        asyncio.run(door.complete(call("nope:1b")))
    assert caught.value.problem == f"ollama at {ollama_host} has no model 'nope:1b'"
    assert caught.value.remedy == "Get it with: ollama pull nope:1b"


def test_a_schema_it_cannot_read(settings: Settings, ollama_model: str) -> None:
    broken = {"type": "object", "properties": {"a": {"type": "nonsense"}}}
    with pytest.raises(ModelMismatch, match="nonsense"):
        asyncio.run(open_host(settings).complete(call(ollama_model, reply_schema=broken)))


def test_the_context_stays_fixed_so_that_the_model_stays_loaded(settings: Settings, small_model: str) -> None:
    async def both() -> tuple[int | None, float | None]:
        await open_client(settings).complete(call(small_model))
        reply = await open_host(settings).complete(call(small_model))
        (loaded,) = await OllamaHost(settings).loaded()
        return loaded.context_tokens, reply.load_s

    context_tokens, load_s = asyncio.run(both())
    assert context_tokens == 1024 and (load_s or 0.0) < 0.5, "the second door would have loaded it again"


def test_where_a_model_sits_is_told(settings: Settings, small_model: str) -> None:
    async def look() -> Any:
        host = OllamaHost(settings)
        await host.complete(call(small_model))
        return await host.loaded(), await host.model(small_model), await host.version()

    (loaded,), model, version = asyncio.run(look())
    assert loaded.name == small_model and loaded.size_bytes and loaded.vram_bytes is not None
    assert 0 <= loaded.vram_bytes <= loaded.size_bytes
    assert model.family == "llama" and model.context_tokens == 8192 and re.match(r"\d+\.\d+\.\d+", version)


def test_leaving_ends_the_generation(door: ModelClient, ollama_host: str, small_model: str) -> None:
    """A server that went on writing for nobody would keep the next caller waiting."""
    long = call(small_model, "Write a very long story.", max_tokens=900, temperature=1.0, seed=3)

    async def leave() -> None:
        answering = asyncio.Event()

        def hear(progress: Progress) -> None:
            if progress.state is CallState.ANSWERING:
                answering.set()

        task = asyncio.ensure_future(door.complete(long, on_progress=hear))
        await answering.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(leave())
    started = time.monotonic()
    asyncio.run(door.complete(call(small_model, max_tokens=1)))
    waited = time.monotonic() - started
    body = json.dumps({"model": small_model, "messages": [{"role": "user", "content": "x"}], "stream": False,
                       "options": {"num_ctx": 1024, "num_predict": 200}}).encode()  # fmt: skip
    request = urllib.request.Request(f"http://{ollama_host}/api/chat", body, {"Content-Type": "application/json"})
    started = time.monotonic()
    urllib.request.urlopen(request, timeout=120).read()
    assert waited < max(2.0, 4 * (time.monotonic() - started)), "the next call waited for the story to end"


def test_two_local_seats_are_recorded_and_replayed(settings: Settings, small_model: str, tmp_path: Any) -> None:
    async def two(client: ModelClient) -> list[str]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(client.complete(call(small_model, text))) for text in ("One?", "Two?")]
        return [task.result().text for task in tasks]

    said = asyncio.run(two(open_client(settings, record=tmp_path)))
    assert asyncio.run(two(ReplayingClient(tmp_path))) == said
    with pytest.raises(ModelError):
        asyncio.run(ReplayingClient(tmp_path).complete(call(small_model, "Three?")))
