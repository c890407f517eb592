"""What is raised to a program that uses council: an error of ours, with no library's error and no key behind it."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from council import api
from council.errors import CouncilError, ModelError
from council.models import GatedClient, LiteLLMClient, OllamaHost, open_host
from council.settings import Settings
from council.store import open_store
from council.types.calls import Call, Message

FAST = Settings(attempts=1, deadline_s=30, attempt_timeout_s=20)


def everything_in(error: BaseException) -> str:
    """Return all that a log could show of an exception: itself, its notes, and what hangs behind it."""
    parts = ["".join(traceback.format_exception(error))]
    queue: list[BaseException | None] = [error]
    seen: set[int] = set()
    while queue:
        link = queue.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        assert isinstance(link, CouncilError), f"{type(link)} hangs behind {type(error)}"
        parts += [str(link), repr(link), repr(link.args), repr(vars(link)), *getattr(link, "__notes__", ())]
        queue += [link.__cause__, link.__context__]
    return "\n".join(parts)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, canaries: dict[str, str]) -> Iterator[None]:
    for name, value in canaries.items():
        if name.isupper():
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("OLLAMA_HOST", f"http://me:{canaries['ollama']}@127.0.0.1:1")
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{canaries['proxy']}@127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("AZURE_API_VERSION", "2026-01-01")
    yield


def raised_by(work: Any) -> CouncilError:
    with pytest.raises(CouncilError) as caught:
        asyncio.run(work)
    return caught.value


@pytest.mark.parametrize("model", [
    "openai/error-400", "openai/error-401", "openai/error-403", "openai/error-404", "openai/error-429",
    "openai/error-500", "openai/error-503", "openai/redirect-302", "openai/redirect-307", "anthropic/error-400",
    "anthropic/error-401", "anthropic/error-529", "anthropic/redirect-307", "anthropic/redirect-302",
    "gemini/error-400", "mistral/error-422", "groq/error-400", "azure/error-400", "azure/redirect-307",
])  # fmt: skip
@pytest.mark.parametrize("gated", [True, False], ids=["gated", "bare"])
def test_no_failure_of_a_seat_carries_a_key(
    model: str, gated: bool, provider: Any, elsewhere: Any, canaries: dict[str, str], find: Any
) -> None:
    bare = LiteLLMClient(FAST)
    client: Any = GatedClient(bare, FAST) if gated else bare
    tail = "" if model.startswith(("anthropic", "azure", "gemini")) else "/v1"
    base = f"http://me:{canaries['panel']}@{provider.place}{tail}"
    call = Call(model=model, messages=(Message(role="user", content="x"),), api_base=base, max_tokens=9, timeout_s=20)
    error = raised_by(client.complete(call))
    assert isinstance(error, ModelError)
    assert not find(everything_in(error).encode())
    assert not elsewhere.asked


@pytest.mark.parametrize("place", ["provider", "nobody", "bad"])
@pytest.mark.parametrize("model", ["error-500:1b", "error-404:1b", "redirect-307:1b"])
def test_no_failure_of_a_local_model_carries_a_key(
    model: str, place: str, provider: Any, elsewhere: Any, canaries: dict[str, str], find: Any
) -> None:
    where = {"provider": provider.place, "nobody": "127.0.0.1:1", "bad": "127.0.0.1:99999"}[place]
    settings = FAST.but(ollama_host=f"http://me:{canaries['ollama']}@{where}")
    call = Call(model=model, messages=(Message(role="user", content="x"),), timeout_s=20)

    async def ask() -> None:
        await OllamaHost(settings).complete(call)

    async def ask_through_gates() -> None:
        await open_host(settings).complete(call)

    for work in (ask(), ask_through_gates(), api.generate("add", settings=settings.but(model=model, store=False))):
        assert not find(everything_in(raised_by(work)).encode())
    assert not elsewhere.asked


@pytest.mark.parametrize("url", [
    "postgresql://me:{}@127.0.0.1:1/x", "mysql://me:{}@h/x", "postgresql://me:{}@[::/x", "postgresql://h:{}/x",
    "postgresql://127.0.0.1:1/x?password={}",
])  # fmt: skip
def test_no_failure_of_a_store_carries_a_password(url: str, canaries: dict[str, str], find: Any) -> None:
    with pytest.raises(CouncilError) as caught:
        open_store(url.format(canaries["typed"]))
    error = caught.value
    said = "".join(traceback.format_exception(error)) + str(error) + repr(error.args)
    assert error.__cause__ is None and (error.__suppress_context__ or error.__context__ is None)
    assert not find(said.encode())
