from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from council.errors import (
    ModelBroken,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelMissing,
    ModelOverBudget,
    ModelTimeout,
    ModelUnreachable,
)
from council.models import Delayed, GatedClient, GatedHost, InTurn, ScriptedClient, ScriptedHost, sitting
from council.settings import GateSettings, Settings
from council.types.calls import Call, CallState, Message, Progress, Reply

FREE = "ollama_chat/a"


def call(model: str = "openai/a", **fields: Any) -> Call:
    return Call(model=model, messages=(Message(role="user", content="x"),), **fields)


def settings(**fields: Any) -> Settings:
    return Settings(**{"deadline_s": 20.0, "attempt_timeout_s": 10.0, **fields})


def ask(script: Any, question: Call | None = None, heard: list[Progress] | None = None, **fields: Any) -> Reply:
    client = GatedClient(ScriptedClient(default=script), settings(**fields))
    return asyncio.run(client.complete(question or call(), on_progress=None if heard is None else heard.append))


class Crowd:
    """Counts how many calls are inside at once, and when each began."""

    def __init__(self, stay_s: float = 0.02) -> None:
        self.stay_s = stay_s
        self.now = 0
        self.most = 0
        self.began: list[tuple[str, float]] = []

    async def __call__(self, question: Call) -> str:
        self.now += 1
        self.most = max(self.most, self.now)
        self.began.append((question.purpose, time.monotonic()))
        await asyncio.sleep(self.stay_s)
        self.now -= 1
        return "ok"


async def all_at_once(client: GatedClient, questions: list[Call]) -> None:
    async with asyncio.TaskGroup() as group:
        for question in questions:
            group.create_task(client.complete(question))


def test_concurrency_is_kept_a_provider() -> None:
    crowd, other = Crowd(), Crowd()
    client = GatedClient(
        ScriptedClient({"openai/a": crowd, "anthropic/b": other}),
        settings(gates={"openai": GateSettings(rate_per_s=1000, concurrency=2)}),
    )
    asyncio.run(all_at_once(client, [call()] * 8 + [call("anthropic/b")] * 4))
    assert crowd.most == 2, "two at once, never more and never fewer"
    assert other.most > 2, "another provider has its own gate"


def test_the_rate_is_kept_and_the_order_is_fair() -> None:
    crowd = Crowd(0.0)
    gates = {"openai": GateSettings(rate_per_s=10, concurrency=50)}
    client = GatedClient(ScriptedClient(default=crowd), settings(gates=gates))
    asyncio.run(all_at_once(client, [call(purpose=f"{n:02}") for n in range(15)]))
    order = [purpose for purpose, _ in crowd.began]
    assert order == sorted(order), "first come, first served"
    times = [moment for _, moment in crowd.began]
    assert times[10] - times[0] >= 0.99, "ten a second, so the eleventh waits for the second to pass"
    assert times[9] - times[0] < 0.9, "the first ten do not"


def test_nobody_overtakes_who_waits_already() -> None:
    """The throttler looks every hundredth of a second; who comes in between must not slip through before the others."""
    crowd = Crowd(0.0)
    gates = {"openai": GateSettings(rate_per_s=40, concurrency=100)}
    client = GatedClient(ScriptedClient(default=crowd), settings(gates=gates))

    async def stream_in() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(80):
                group.create_task(client.complete(call(purpose=f"{number:02}")))
                await asyncio.sleep(0.0037)

    asyncio.run(stream_in())
    order = [purpose for purpose, _ in crowd.began]
    assert order == sorted(order)


def test_a_rate_below_one_a_second() -> None:
    crowd = Crowd(0.0)
    client = GatedClient(ScriptedClient(default=crowd), settings(gates={"openai": GateSettings(rate_per_s=0.8)}))
    asyncio.run(all_at_once(client, [call(), call()]))
    assert crowd.began[1][1] - crowd.began[0][1] >= 1.24


def test_a_failed_attempt_is_repeated_and_counted() -> None:
    heard: list[Progress] = []
    reply = ask(InTurn(ModelBusy("busy", retry_after_s=0.05), ModelBusy("busy", retry_after_s=0.05), "ok"), heard=heard)
    assert (reply.text, reply.attempts) == ("ok", 3)
    states = [p.state for p in heard]
    once = [CallState.WAITING, CallState.ASKING]
    again = [CallState.RETRYING, *once]
    assert states == [*once, *again, *again, CallState.ANSWERING]
    assert heard[2].detail == "busy, again in 0 s"


def test_attempts_end() -> None:
    client = ScriptedClient(default=ModelBusy("busy", retry_after_s=0.01))
    with pytest.raises(ModelBusy) as caught:
        asyncio.run(GatedClient(client, settings(attempts=3)).complete(call()))
    assert caught.value.attempts == len(client.calls) == 3


@pytest.mark.parametrize("error", [ModelDenied("no"), ModelMissing("none"), ModelOverBudget("dear")])
def test_what_cannot_get_better_is_not_repeated(error: ModelError) -> None:
    client = ScriptedClient(default=error)
    with pytest.raises(type(error)) as caught:
        asyncio.run(GatedClient(client, settings()).complete(call()))
    assert len(client.calls) == 1 and caught.value.attempts == 1


def test_a_bug_of_ours_is_not_repeated_and_not_hidden() -> None:
    client = ScriptedClient(default=KeyError("ours"))
    with pytest.raises(KeyError):
        asyncio.run(GatedClient(client, settings()).complete(call()))
    assert len(client.calls) == 1


def test_retry_after_is_honoured() -> None:
    started = time.monotonic()
    assert ask(InTurn(ModelBusy("busy", retry_after_s=0.6), "ok")).attempts == 2
    assert 0.6 <= time.monotonic() - started < 2.0


def test_retry_after_beyond_the_deadline_fails_at_once() -> None:
    started = time.monotonic()
    with pytest.raises(ModelBusy) as caught:
        ask(ModelBusy("openai asks to come back later (429)", retry_after_s=3600), deadline_s=5, attempt_timeout_s=5)
    assert time.monotonic() - started < 1.0
    assert caught.value.problem == "openai asks to come back later (429): in 3600 s, and 5 s are left"
    assert caught.value.attempts == 1


def test_a_provider_that_asks_for_quiet_is_left_alone_by_everybody() -> None:
    moments: list[float] = []

    def answer(question: Call) -> Any:
        moments.append(time.monotonic())
        return ModelBusy("busy", retry_after_s=0.5) if len(moments) == 1 else "ok"

    async def two(client: GatedClient) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(client.complete(call()))
            await asyncio.sleep(0.1)
            group.create_task(client.complete(call()))

    asyncio.run(two(GatedClient(ScriptedClient(default=answer), settings())))
    assert min(moments[1:]) - moments[0] >= 0.5


def test_an_attempt_has_its_own_limit() -> None:
    script = InTurn(Delayed("late", 5.0), "in time")
    reply = ask(script, attempt_timeout_s=0.2)
    assert (reply.text, reply.attempts) == ("in time", 2)
    with pytest.raises(ModelTimeout, match="no answer in 0.1 s"):
        ask(Delayed("late", 5.0), call(timeout_s=0.1), attempts=1)


def test_the_deadline_ends_waiting_answering_and_backing_off() -> None:
    for script in (Delayed("late", 5.0), ModelUnreachable("down")):
        started = time.monotonic()
        with pytest.raises(ModelError) as caught:
            ask(script, deadline_s=0.4, attempt_timeout_s=0.4, attempts=10)
        assert time.monotonic() - started < 1.0 and caught.value.attempts >= 1


def test_the_last_error_is_told_where_no_time_is_left_to_try_again() -> None:
    with pytest.raises(ModelBroken, match="failed"):
        ask(ModelBroken("openai failed (500)"), deadline_s=0.3, attempt_timeout_s=0.3)


def test_cancelling_goes_through() -> None:
    inside = asyncio.Event()
    left: list[str] = []

    async def stay(_: Call) -> str:
        inside.set()
        try:
            await asyncio.sleep(60)
        finally:
            left.append("gone")
        return "never"

    async def cancel() -> None:
        client = GatedClient(ScriptedClient(default=stay), settings())
        task = asyncio.ensure_future(client.complete(call()))
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert left == ["gone"]


def test_an_outer_timeout_stays_an_outer_timeout() -> None:
    async def outer() -> None:
        async with asyncio.timeout(0.1):
            await GatedClient(ScriptedClient(default=Delayed("late", 5.0)), settings()).complete(call())

    with pytest.raises(TimeoutError):
        asyncio.run(outer())


def test_one_client_serves_several_loops() -> None:
    gates = {"openai": GateSettings(rate_per_s=1000, concurrency=1)}
    client = GatedClient(ScriptedClient(default=Crowd()), settings(gates=gates))
    for _ in range(3):
        asyncio.run(all_at_once(client, [call()] * 4))


def test_a_sitting_has_one_deadline_for_all_its_calls() -> None:
    async def sit() -> list[str]:
        client = GatedClient(ScriptedClient(default=Delayed("late", 0.3)), settings(attempts=1))
        ends = []
        with sitting(settings(), deadline_s=0.5):
            for _ in range(2):
                try:
                    ends.append((await client.complete(call())).text)
                except ModelTimeout as error:
                    ends.append(error.problem)
        ends.append((await client.complete(call())).text)
        return ends

    assert asyncio.run(sit()) == ["late", "no answer before the deadline", "late"]


def priced(cost_usd: float | None) -> Callable[[Call], Reply]:
    return lambda question: Reply(text="ok", model=question.model, cost_usd=cost_usd)


def test_a_budget_stops_the_next_call() -> None:
    asked = call("openai/gpt-5.2", max_tokens=1000)  # at most about 0.0141 USD

    async def sit() -> list[float | None | str]:
        client = ScriptedClient(default=priced(0.010))
        gated = GatedClient(client, settings(budget_usd=0.03))
        ends: list[float | None | str] = []
        for _ in range(3):
            try:
                ends.append((await gated.complete(asked)).cost_usd)
            except ModelOverBudget as error:
                ends.append(f"{error.attempts} {error.problem}")
        assert len(client.calls) == 2, "the third was not sent"
        return ends

    first, second, third = asyncio.run(sit())
    assert (first, second) == (0.010, 0.010)
    assert isinstance(third, str) and third.startswith("0 a call of openai/gpt-5.2 may cost 0.014")


def test_calls_at_once_cannot_overspend_together() -> None:
    client = ScriptedClient(default=Delayed(priced(0.014), 0.05))
    gated = GatedClient(client, settings(budget_usd=0.03))

    async def sit() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(swallow(gated.complete(call("openai/gpt-5.2", max_tokens=1000))))

    async def swallow(answer: Any) -> None:
        try:
            await answer
        except ModelOverBudget:
            pass

    asyncio.run(sit())
    assert len(client.calls) == 2


def test_an_unknown_price_is_not_free() -> None:
    with pytest.raises(ModelOverBudget, match="price of openai/mine is unknown"):
        ask("ok", call("openai/mine", max_tokens=10), budget_usd=5.0)
    assert ask("ok", call("openai/mine", max_tokens=10)).text == "ok"
    assert ask("ok", call(FREE, max_tokens=10), budget_usd=0.0).text == "ok", "a local model is free"


def test_each_sitting_has_its_own_budget() -> None:
    async def two() -> int:
        client = ScriptedClient(default=priced(0.014))
        knobs = settings(budget_usd=0.02)
        gated = GatedClient(client, knobs)
        for _ in range(2):
            with sitting(knobs):
                await gated.complete(call("openai/gpt-5.2", max_tokens=1000))
        return len(client.calls)

    assert asyncio.run(two()) == 2


def test_a_host_behind_a_gate_is_still_a_host() -> None:
    host = GatedHost(ScriptedHost({"a:1b": InTurn(ModelBusy("busy"), "ok")}, version="1.2"), settings())
    assert asyncio.run(host.complete(call("a:1b"))).attempts == 2
    assert asyncio.run(host.version()) == "1.2"
    assert [m.name for m in asyncio.run(host.models())] == ["a:1b"] and asyncio.run(host.loaded()) == ()
