"""LiteLLM and the gate against a server that misbehaves, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from council.errors import (
    CouncilError,
    ModelBroken,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelMismatch,
    ModelMissing,
    ModelOverflow,
    ModelTimeout,
    ModelUnreachable,
)
from council.models import GatedClient, LiteLLMClient, RecordingClient, open_client
from council.settings import GateSettings, Settings
from council.types.calls import Call, CallState, Finish, Message, Progress, Reply

CANARY = "sk-canary-0123456789abcdefghijklmnop"
SCHEMA = {"type": "object", "properties": {"verdict": {"type": "string"}}, "required": ["verdict"]}
FAST = Settings(deadline_s=10, attempt_timeout_s=4, gates={"openai": GateSettings(rate_per_s=100, concurrency=20)})


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """Pay for litellm's import once, outside of the measured times."""
    from council.models import warm_up

    asyncio.run(warm_up())


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key that must not be seen anywhere."""
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)


@pytest.fixture
def address(openai_server: Callable[..., Any]) -> str:
    address: str = openai_server("--delay", "0.05").address
    return address


def call(model: str, address: str, **fields: Any) -> Call:
    return Call(
        model=f"openai/{model}",
        messages=(Message(role="system", content="You judge."), Message(role="user", content="def f(): pass")),
        api_base=address,
        max_tokens=500,
        **fields,
    )


def ask(model: str, address: str, settings: Settings = FAST, **fields: Any) -> Reply:
    client = GatedClient(LiteLLMClient(settings), settings)
    return asyncio.run(client.complete(call(model, address, **fields)))


def fail(model: str, address: str, settings: Settings = FAST, **fields: Any) -> ModelError:
    with pytest.raises(ModelError) as caught:
        ask(model, address, settings, **fields)
    assert caught.value.__cause__ is None and caught.value.__suppress_context__, "a library's exception can hold a key"
    return caught.value


def test_a_healthy_answer(address: str) -> None:
    heard: list[Progress] = []
    # The usual limits: the first call of a process loads much, and a busy machine may need more than FAST has for that.
    client = GatedClient(LiteLLMClient(Settings()), Settings())
    reply = asyncio.run(client.complete(call("gpt-5.2", address, reply_schema=SCHEMA), on_progress=heard.append))
    assert json.loads(reply.text)["verdict"] == "approve"
    assert (reply.served_model, reply.finish, reply.attempts) == ("gpt-5.2", Finish.STOP, 1)
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (100, 50)
    assert reply.cost_usd == pytest.approx(100 * 1.75e-6 + 50 * 1.4e-5)
    assert reply.first_token_s is not None and reply.duration_s is not None
    assert 0.05 <= reply.first_token_s <= reply.duration_s
    states = [p.state for p in heard]
    assert states[:2] == [CallState.WAITING, CallState.ASKING] and states.count(CallState.ASKING) == 1
    assert "".join(p.text for p in heard) == reply.text


def test_what_is_sent(openai_server: Callable[..., Any]) -> None:
    server = openai_server("--delay", "0")
    ask("plain", server.address)
    ask("formed", server.address, reply_schema=SCHEMA, temperature=0.0, seed=7)
    bodies = server.stats()["bodies"]
    assert not {"temperature", "response_format", "seed"} & bodies["plain"].keys(), "what is not asked for is not sent"
    assert bodies["formed"]["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (bodies["formed"]["temperature"], bodies["formed"]["seed"]) == (0.0, 7)
    assert bodies["plain"]["stream"] is True and bodies["plain"]["max_tokens"] == 500


def test_a_hanging_server_ends_at_the_limit(openai_server: Callable[..., Any]) -> None:
    server = openai_server()
    for model in ("hang", "stall"):
        started = time.monotonic()
        error = fail(model, server.address, FAST.but(attempts=1, attempt_timeout_s=1.0))
        assert isinstance(error, ModelTimeout) and error.attempts == 1
        assert time.monotonic() - started < 3.0

    def all_broken_off() -> bool:
        told = server.stats()  # one moment: a slow machine may accept a call that nobody waits for any longer
        return bool(told["asked"]) and told["broken_off"] == told["asked"]

    wait_for(all_broken_off, "the connections were left open, or no call came through")


def test_a_cancelled_call_closes_its_connection(openai_server: Callable[..., Any]) -> None:
    server = openai_server()

    async def leave() -> None:
        client = open_client(FAST)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await client.complete(call("stall", server.address))

    asyncio.run(leave())
    wait_for(lambda: server.stats()["broken_off"] == {"stall": 1}, "the connection was left open")


@pytest.mark.parametrize(
    ("model", "kind", "attempts", "part"),
    [
        ("status-500", ModelBroken, 2, "openai failed (500): the server had an error"),
        ("page-502", ModelBroken, 2, "openai failed (502): a page of HTML"),
        ("closes", ModelBroken, 2, "closed the connection"),
        ("breaks-off", ModelBroken, 2, "closed the connection"),
        ("ends-early", ModelBroken, 2, "broke off"),
        ("broken-json", ModelBroken, 2, "no JSON"),
        ("denied", ModelDenied, 1, "openai refused the key (401)"),
        ("echo", ModelMismatch, 1, "does not take this call (400)"),
        ("overflow", ModelOverflow, 1, "longer than the context"),
        ("missing", ModelMissing, 1, "openai has no model 'openai/missing' (404)"),
        ("poor", ModelDenied, 1, "no money"),
        ("rate-limited-always", ModelBusy, 1, "in 3600 s, and"),
    ],
)
def test_each_fault_is_named_and_holds_no_key(
    openai_server: Callable[..., Any], model: str, kind: type[ModelError], attempts: int, part: str
) -> None:
    server = openai_server()
    error = fail(model, server.address, FAST.but(attempts=2))
    assert type(error) is kind and part in error.problem
    assert error.attempts == server.stats()["asked"][model] == attempts, "one owner of retries"
    assert CANARY not in f"{error} {error!r} {error.remedy}"


@pytest.mark.parametrize("model", ["rate-limited", "overloaded"])
def test_a_busy_server_is_asked_again(openai_server: Callable[..., Any], model: str) -> None:
    server = openai_server()
    reply = ask(model, server.address)
    first, second = server.stats()["at"][model]
    assert reply.attempts == 2
    if model == "rate-limited":
        assert second - first >= 1.0, "Retry-After was one second"


def test_a_server_without_forms_is_asked_once_more_without(openai_server: Callable[..., Any]) -> None:
    server = openai_server()
    client = LiteLLMClient(FAST)
    question = call("no-schema", server.address, reply_schema=SCHEMA)
    for asked in (2, 3):  # and from then on without it at once
        reply = asyncio.run(client.complete(question))
        assert json.loads(reply.text)["verdict"] == "approve"
        assert server.stats()["asked"]["no-schema"] == asked


def test_who_really_answered_is_told_and_has_its_own_price(address: str) -> None:
    reply = ask("other-model", address)
    assert (reply.model, reply.served_model, reply.cost_usd) == ("openai/other-model", "someone-else", None)


def test_unknown_is_unknown(address: str) -> None:
    assert ask("my-own-model", address).cost_usd is None, "no price is not 0.00"
    silent = ask("no-usage", address)
    assert silent.usage.prompt_tokens is None and silent.usage.completion_tokens is None


@pytest.mark.parametrize(("model", "finish"), [("cut", Finish.LENGTH), ("refuses", Finish.REFUSED)])
def test_how_it_ended(address: str, model: str, finish: Finish) -> None:
    assert ask(model, address).finish is finish


def test_text_comes_piece_by_piece(address: str) -> None:
    moments: list[float] = []

    def hear(progress: Progress) -> None:
        if progress.text:
            moments.append(time.monotonic())

    asyncio.run(LiteLLMClient(FAST).complete(call("slow", address), on_progress=hear))
    assert len(moments) > 5 and moments[-1] - moments[0] > 0.5


def test_nobody_at_home() -> None:
    assert isinstance(fail("x", "http://127.0.0.1:9/v1", FAST.but(attempts=1)), ModelUnreachable)


def test_a_name_nobody_knows() -> None:
    with pytest.raises(ModelMissing, match="litellm knows no provider for 'nonsense'"):
        asyncio.run(LiteLLMClient(FAST).complete(Call(model="nonsense", messages=call("x", "").messages)))


def test_a_server_of_ones_own_needs_no_key(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert ask("mine", address).text


def test_four_seats_at_once_take_as_long_as_one(openai_server: Callable[..., Any]) -> None:
    server = openai_server("--delay", "1")

    async def four() -> float:
        client = open_client(FAST)
        await client.complete(call("first@0", server.address))
        started = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(4):
                group.create_task(client.complete(call(f"seat-{number}", server.address)))
        return time.monotonic() - started

    assert asyncio.run(four()) < 2.0
    assert server.stats()["most_at_once"] == 4


def test_one_client_serves_one_loop_after_another(address: str) -> None:
    client = open_client(FAST)
    for _ in range(3):
        assert asyncio.run(client.complete(call("again", address))).text


def test_no_key_in_logs_output_or_recordings(
    address: str, tmp_path: Any, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = RecordingClient(GatedClient(LiteLLMClient(FAST.but(attempts=1)), FAST.but(attempts=1)), tmp_path)
    for model in ("fine", "denied", "echo", "status-500", "closes", "broken-json"):
        try:
            asyncio.run(client.complete(call(model, address)))
        except CouncilError as error:
            assert CANARY not in str(error)
    out, err = capfd.readouterr()
    files = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 1 and address not in files[0]
    assert CANARY not in out + err + caplog.text + "".join(files)
    assert (out, err) == ("", ""), "litellm talks to nobody"


def wait_for(condition: Callable[[], bool], otherwise: str) -> None:
    ends = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < ends, otherwise
        time.sleep(0.05)
