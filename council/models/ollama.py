"""The only door to Ollama's own HTTP interface: models that run here, asked without litellm."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import httpx

from council.errors import ModelBroken, ModelError, ModelTimeout
from council.models.address import KEEP_ALIVE, base_url, is_loopback, shown
from council.models.failures import alone, not_there, ollama_failure
from council.settings import Settings, hide_logins
from council.types.calls import Call, CallState, Finish, LoadedModel, LocalModel, Progress, Reply, Usage

Listener = Callable[[Progress], None]

_CONNECT_S = 5.0
_QUICK_S = 10.0
_LOOK_S = 0.05
_LONGEST_LINE = 16 << 20
_FINISHES = {"stop": Finish.STOP, "length": Finish.LENGTH}


class OllamaHost:
    """Asks the models of one Ollama, and tells which it has and how they sit in memory.

    The context is fixed (``settings.context_tokens``) because a changed one reloads the model, and a prompt that does
    not fit is refused: left to itself, Ollama would cut it without a word. Leaving a call closes its connection, which
    ends the generation.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        hide_logins(settings.ollama_host)
        self._base = base_url(settings.ollama_host)
        self.place = shown(self._base)

    async def complete(self, call: Call, *, on_progress: Listener | None = None) -> Reply:
        """Return the reply of a model as Ollama names it; ``ollama_chat/`` before the name is ignored.

        Raises ``ModelMissing``, ``ModelUnreachable``, ``ModelBusy``, ``ModelOverflow``, ``ModelTimeout``,
        ``ModelMismatch`` or ``ModelBroken``.
        """
        model = bare_name(call.model)
        tell = on_progress or _deaf
        limit_s = call.timeout_s or self._settings.generation_timeout_s
        tell(Progress(state=CallState.ASKING))
        hearing = _Hearing(tell, time.monotonic())
        try:
            async with asyncio.timeout(limit_s) as limit:
                await self._chat(self._body(call, model), model, hearing)
        except TimeoutError:
            if limit.expired():
                raise ModelTimeout(f"ollama at {self.place} did not finish in {limit_s:g} s") from None
            raise
        if hearing.last is None:
            raise ModelBroken(f"the answer of {model} broke off")
        return hearing.reply(call.model, await self.digest(model))

    async def version(self) -> str:
        """Return the server's version. Raises ``ModelUnreachable``."""
        return str((await self._get("/api/version")).get("version", ""))

    async def models(self) -> tuple[LocalModel, ...]:
        """Return the models on disk, sorted by name."""
        entries = _entries(await self._get("/api/tags"))
        return tuple(sorted((_local(entry) for entry in entries), key=lambda model: model.name))

    async def loaded(self) -> tuple[LoadedModel, ...]:
        """Return the models in memory now, sorted by name."""
        entries = _entries(await self._get("/api/ps"))
        return tuple(sorted((_in_memory(entry) for entry in entries), key=lambda model: model.name))

    async def model(self, name: str) -> LocalModel:
        """Return one model with its family and the longest context it was made for. Raises ``ModelMissing``."""
        name = bare_name(name)
        async with self._asked("POST", "/api/show", name, {"model": name}) as response:
            table = _object(await response.aread())
        found = _local({"name": name, **table})
        info = table.get("model_info")
        lengths = [v for k, v in info.items() if k.endswith(".context_length")] if isinstance(info, dict) else []
        return found.but(context_tokens=_count(lengths[0])) if lengths else found

    async def unload(self, name: str) -> None:
        """Take a model out of memory and return when it is gone, or does not go in ten seconds."""
        name = bare_name(name)
        async with self._asked("POST", "/api/generate", name, {"model": name, "keep_alive": 0}) as response:
            await response.aread()
        with suppress(TimeoutError):
            async with asyncio.timeout(_QUICK_S):
                while any(model.name == name for model in await self.loaded()):
                    await asyncio.sleep(_LOOK_S)

    async def digest(self, name: str) -> str | None:
        """Return which weights a name stands for; ``None`` when the server does not tell: no reply is lost over it."""
        name = bare_name(name)
        names = {name, name if ":" in name else f"{name}:latest"}
        try:
            return next((model.digest for model in await self.models() if model.name in names), None)
        except ModelError:
            return None

    def _body(self, call: Call, model: str) -> dict[str, Any]:
        options = {
            "num_ctx": self._settings.context_tokens,
            "num_predict": call.max_tokens,
            "temperature": call.temperature,
            "seed": call.seed,
        }
        body: dict[str, Any] = {
            "model": model,
            "messages": [message.model_dump() for message in call.messages],
            "stream": True,
            "truncate": False,
            "keep_alive": KEEP_ALIVE,
            "options": {name: value for name, value in options.items() if value is not None},
        }
        return body if call.reply_schema is None else {**body, "format": call.reply_schema}

    async def _chat(self, body: dict[str, Any], model: str, hearing: _Hearing) -> None:
        async with self._asked("POST", "/api/chat", model, body, read_s=None) as response:
            async for line in _lines(response):
                piece = _object(line)
                if "error" in piece:  # an error after the first word comes with status 200
                    raise ollama_failure(None, json.dumps(piece), model=model, host=self.place)
                hearing.take(piece)

    async def _get(self, path: str) -> dict[str, Any]:
        async with self._asked("GET", path, "", None) as response:
            return _object(await response.aread())

    @asynccontextmanager
    async def _asked(
        self, method: str, path: str, model: str, body: dict[str, Any] | None, read_s: float | None = _QUICK_S
    ) -> AsyncIterator[httpx.Response]:
        """Send a request and hand out its answer; every way it can fail becomes a ``ModelError`` here."""
        times = httpx.Timeout(read_s, connect=_CONNECT_S)
        with alone(), self._translated(read_s):
            # Another program's proxy variables must not lead away from a server on this machine.
            async with httpx.AsyncClient(timeout=times, trust_env=not is_loopback(self._base)) as client:
                async with client.stream(method, self._base + path, json=body) as response:
                    if response.status_code != httpx.codes.OK:
                        said = (await response.aread()).decode(errors="replace")
                        raise ollama_failure(response.status_code, said, model=model, host=self.place)
                    yield response

    @contextmanager
    def _translated(self, read_s: float | None) -> Iterator[None]:
        try:
            yield
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol):
            raise not_there(self.place) from None
        except httpx.TimeoutException:
            raise ModelTimeout(f"ollama at {self.place} did not answer in {read_s or _CONNECT_S:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise ModelBroken(f"ollama at {self.place} closed the connection before the answer was whole") from None


class _Hearing:
    """Puts the lines of one answer together."""

    def __init__(self, tell: Listener, started: float) -> None:
        self._tell = tell
        self._started = started
        self._pieces: list[str] = []
        self._first_token_s: float | None = None
        self.last: dict[str, Any] | None = None

    def take(self, piece: dict[str, Any]) -> None:
        """Keep one line of the stream. A model's thinking is told as progress and is no part of the answer."""
        message = piece.get("message")
        said = message if isinstance(message, dict) else {}
        text = said.get("content")
        text = text if isinstance(text, str) else ""
        if text or said.get("thinking"):
            if self._first_token_s is None:
                self._first_token_s = time.monotonic() - self._started
            if text:
                self._pieces.append(text)
            self._tell(Progress(state=CallState.ANSWERING, text=text, detail=None if text else "thinking"))
        if piece.get("done") is True:
            self.last = piece

    def reply(self, asked: str, digest: str | None) -> Reply:
        """Return the whole reply. Ollama leaves out what is zero: no count of written tokens means none."""
        last = self.last or {}
        text = "".join(self._pieces)
        served = last.get("model")
        return Reply(
            text=text,
            model=asked,
            served_model=served if isinstance(served, str) and served else None,
            digest=digest,
            finish=_FINISHES.get(str(last.get("done_reason", "stop")), Finish.OTHER),
            usage=Usage(
                prompt_tokens=_count(last.get("prompt_eval_count")),
                completion_tokens=_count(last.get("eval_count", None if text else 0)),
            ),
            cost_usd=0.0,
            duration_s=_seconds(last.get("total_duration")) or time.monotonic() - self._started,
            first_token_s=self._first_token_s,
            load_s=_seconds(last.get("load_duration")),
        )


def bare_name(model: str) -> str:
    """Return a model's name as Ollama knows it.

    >>> bare_name("ollama_chat/qwen2.5-coder:0.5b"), bare_name("hf.co/some/model")
    ('qwen2.5-coder:0.5b', 'hf.co/some/model')
    """
    return model.removeprefix("ollama_chat/").removeprefix("ollama/")


async def _lines(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yield the lines of a stream as bytes, cut at newlines only: text may hold every other kind of line end."""
    rest = b""
    async for block in response.aiter_bytes():
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            if line.strip():
                yield line
        if len(rest) > _LONGEST_LINE:
            raise ModelBroken("ollama sent a line without an end")
    if rest.strip():
        yield rest


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise ModelBroken("ollama sent what is no JSON") from None
    if not isinstance(value, dict):
        raise ModelBroken("ollama sent JSON of another shape than its interface has")
    return value


def _entries(table: dict[str, Any]) -> list[dict[str, Any]]:
    entries = table.get("models")
    return [e for e in entries if isinstance(e, dict) and e.get("name")] if isinstance(entries, list) else []


def _local(entry: dict[str, Any]) -> LocalModel:
    told = entry.get("details")
    details: dict[str, Any] = told if isinstance(told, dict) else {}
    return LocalModel(
        name=str(entry["name"]),
        digest=_text(entry.get("digest")),
        size_bytes=_count(entry.get("size")),
        parameters=_text(details.get("parameter_size")),
        quantisation=_text(details.get("quantization_level")),
        family=_text(details.get("family")),
        modified_at=_text(entry.get("modified_at")),
        context_tokens=_count(details.get("context_length")),
    )


def _in_memory(entry: dict[str, Any]) -> LoadedModel:
    return LoadedModel(
        name=str(entry["name"]),
        digest=_text(entry.get("digest")),
        size_bytes=_count(entry.get("size")),
        vram_bytes=_count(entry.get("size_vram")),
        context_tokens=_count(entry.get("context_length")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(nanoseconds: object) -> float | None:
    return nanoseconds / 1e9 if isinstance(nanoseconds, int | float) else None


def _deaf(_: Progress) -> None:
    """Nobody listens."""
