"""Clients that answer from a script, for tests of programs that use council: no network, no key, no chance."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from council.errors import ModelMissing
from council.types.base import Record
from council.types.calls import Call, CallState, LoadedModel, LocalModel, Progress, Reply, Usage

Listener = Callable[[Progress], None]
Answer = str | Mapping[str, Any] | Reply | BaseException | Callable[[Call], Any]
"""A text, a ballot (or any other table, sent as JSON), a whole reply, an exception to raise, or a function of the call
that returns one of these, or an awaitable of one."""


class Delayed:
    """An answer that comes late: after some seconds, or once an event is set."""

    def __init__(self, answer: Answer, until: float | asyncio.Event) -> None:
        self.answer = answer
        self.until = until


class InTurn:
    """Answers one after another; the last one stays."""

    def __init__(self, *answers: Answer | Delayed) -> None:
        if not answers:
            raise ValueError("a script needs at least one answer")
        self._answers = list(answers)

    def take(self) -> Answer | Delayed:
        """Return the next answer."""
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


Script = Answer | Delayed | InTurn


class ScriptedClient:
    """Answers each model from a script, and keeps every call.

    Args:
        script: what each model answers, by the name it is asked under.
        default: what every other model answers; without it they are missing.

    >>> client = ScriptedClient({"openai/a": {"analysis": "fine", "findings": [], "verdict": "approve"}})
    >>> call = Call(model="openai/a", messages=())
    >>> asyncio.run(client.complete(call)).text
    '{"analysis": "fine", "findings": [], "verdict": "approve"}'
    """

    def __init__(self, script: Mapping[str, Script] | None = None, *, default: Script | None = None) -> None:
        self._script = dict(script or {})
        self._default = default
        self._calls: list[Call] = []

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call so far, in the order they came."""
        return tuple(self._calls)

    async def complete(self, call: Call, *, on_progress: Listener | None = None) -> Reply:
        """Return what the script says, or raise it."""
        self._calls.append(call)
        tell = on_progress or _deaf
        tell(Progress(state=CallState.ASKING))
        step = self._script.get(call.model, self._default)
        if step is None:
            raise ModelMissing(f"the script has no answer for '{call.model}'")
        answer: Any = step.take() if isinstance(step, InTurn) else step
        if isinstance(answer, Delayed):
            await (answer.until.wait() if isinstance(answer.until, asyncio.Event) else asyncio.sleep(answer.until))
            answer = answer.answer
        while callable(answer):
            answer = answer(call)
            if inspect.isawaitable(answer):
                answer = await _awaited(answer)
        if isinstance(answer, BaseException):
            raise answer
        reply = _reply(answer, call.model)
        tell(Progress(state=CallState.ANSWERING, text=reply.text))
        return reply


class Model(Record):
    """A model that a scripted host has."""

    name: str
    digest: str | None = None
    size_bytes: int | None = None
    vram_bytes: int | None = None
    """Set when it is in memory."""


class ScriptedHost(ScriptedClient):
    """A server of local models that answers from a script.

    Args:
        script: as for a client.
        default: as for a client.
        models: what it has; the script's models where none are given.
        version: what it says it is.
        room: how many models it keeps in memory, those that were asked last; ``None`` leaves every model where
            ``vram_bytes`` says it is.
    """

    def __init__(
        self,
        script: Mapping[str, Script] | None = None,
        *,
        default: Script | None = None,
        models: tuple[Model, ...] = (),
        version: str = "0.0.0",
        room: int | None = None,
    ) -> None:
        super().__init__(script, default=default)
        self._models = models
        self._version = version
        self._room = room
        self._resident: list[str] = []

    async def complete(self, call: Call, *, on_progress: Listener | None = None) -> Reply:
        """Return what the script says, or raise it; the model is in memory from now on."""
        await self.unload(call.model)
        self._resident.append(call.model)
        return await super().complete(call, on_progress=on_progress)

    async def version(self) -> str:
        """Return the version it was made with."""
        return self._version

    async def models(self) -> tuple[LocalModel, ...]:
        """Return its models; those of the script where none were given."""
        named = self._models or tuple(Model(name=name) for name in sorted(self._script))
        return tuple(LocalModel(name=m.name, digest=m.digest, size_bytes=m.size_bytes) for m in named)

    async def loaded(self) -> tuple[LoadedModel, ...]:
        """Return the models that are in memory."""
        return tuple(
            LoadedModel(name=m.name, digest=m.digest, size_bytes=m.size_bytes, vram_bytes=m.vram_bytes)
            for m in self._models
            if (m.vram_bytes is not None if self._room is None else m.name in self._resident[-self._room :])
        )

    async def unload(self, model: str) -> None:
        """Take a model out of memory."""
        self._resident = [name for name in self._resident if name != model]


async def _awaited(value: Awaitable[Any]) -> Any:
    return await value


def _reply(answer: Any, model: str) -> Reply:
    if isinstance(answer, Reply):
        return answer
    text = answer if isinstance(answer, str) else json.dumps(answer)
    words = len(text.split())
    return Reply(text=text, model=model, served_model=model, usage=Usage(completion_tokens=words), cost_usd=0.0)


def _deaf(_: Progress) -> None:
    """Nobody listens."""
