"""The only door to litellm. It is imported on the first call, in a thread, because that takes seconds.

Seats of a local Ollama (``ollama_chat/…``) go through litellm like all others: it carries ``num_ctx`` as an option and
``"truncate": false`` in the body, so a prompt that is too long is refused and never cut. What it does not carry is the
digest; ``council.models.digests`` asks Ollama for that.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from council.errors import ModelBroken, ModelMismatch, ModelTimeout
from council.models import prices
from council.models.address import KEEP_ALIVE, base_url, is_loopback, shown
from council.models.failures import alone, translate
from council.models.keys import has_key, require_key
from council.settings import Settings, hide_logins, set_environment_default
from council.types.calls import Call, CallState, Finish, Progress, Reply, Usage

Listener = Callable[[Progress], None]

_FINISHES = {"stop": Finish.STOP, "length": Finish.LENGTH, "content_filter": Finish.REFUSED, "refusal": Finish.REFUSED}
_NEVER_S = 86_400.0
"""litellm's own clocks stand far behind ours, so that only one limit ends an attempt."""


class LiteLLMClient:
    """Asks any model that litellm knows. One attempt a call: retries belong to the gate."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._without_form: set[tuple[str, str | None]] = set()

    async def complete(self, call: Call, *, on_progress: Listener | None = None) -> Reply:
        """Return the reply. Raises a ``ModelError``; a missing key is told before anything is loaded or sent."""
        require_key(call)
        hide_logins(call.api_base)
        library = await asyncio.to_thread(_library)
        tell = on_progress or _deaf
        tell(Progress(state=CallState.ASKING))
        started = time.monotonic()
        with alone():
            try:
                async with asyncio.timeout(call.timeout_s) as limit:
                    return await self._ask(library, call, tell, started)
            except TimeoutError:
                if limit.expired() and call.timeout_s is not None:
                    raise ModelTimeout.after(call.timeout_s) from None
                raise

    async def _ask(self, library: Any, call: Call, tell: Listener, started: float) -> Reply:
        """Ask; a server that does not take the form of the answer is asked once more without it."""
        known = (call.model, call.api_base)
        parameters = self._parameters(library, call)
        extras = {"response_format", "temperature", "seed"} & parameters.keys()
        if known in self._without_form:
            parameters = _without(parameters, extras)
        elif extras:
            try:
                return await self._stream(library, call, parameters, _Hearing(call, tell, started))
            except ModelMismatch:
                parameters = _without(parameters, extras)
            reply = await self._stream(library, call, parameters, _Hearing(call, tell, started))
            self._without_form.add(known)
            return reply
        return await self._stream(library, call, parameters, _Hearing(call, tell, started))

    async def _stream(self, library: Any, call: Call, parameters: dict[str, Any], hearing: _Hearing) -> Reply:
        stream: Any = None
        try:
            stream = await library.acompletion(**parameters)
            async for chunk in stream:
                hearing.take(chunk)
        except Exception as error:  # litellm raises what it likes; everything it says is wrapped here
            raise translate(error, call, host=shown(self._base(call)) if _is_ollama(call.model) else "") from None
        finally:
            if stream is not None:
                with suppress(Exception):  # a closed connection ends the generation; that it was closed already is fine
                    await stream.aclose()
        said = (getattr(stream, name, "unsaid") for name in ("received_finish_reason", "intermittent_finish_reason"))
        if not any(said):  # litellm then makes up a proper end
            raise ModelBroken(f"the answer of {call.model} broke off")
        return hearing.reply(library, reported=any(getattr(c, "usage", None) for c in getattr(stream, "chunks", ())))

    def _parameters(self, library: Any, call: Call) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "model": call.model,
            "messages": [message.model_dump() for message in call.messages],
            "temperature": call.temperature,
            "max_tokens": call.max_tokens,
            "seed": call.seed,
            "api_base": call.api_base,
            "response_format": _form(library, call),
            "stream": True,
            "stream_options": {"include_usage": True},
            "drop_params": True,
            "num_retries": 0,
            "max_retries": 0,
            "timeout": _NEVER_S,
        }
        if _is_ollama(call.model):
            wanted |= {
                "model": f"ollama_chat/{call.model.partition('/')[2]}",  # the other route cannot forbid the cut
                "api_base": self._base(call),
                "num_ctx": self._settings.context_tokens,
                "keep_alive": KEEP_ALIVE,
                "extra_body": {"truncate": False},
            }
        elif call.api_base is not None and not (has_key(call.model) and self._may_hold_keys(call.api_base)):
            wanted["api_key"] = "none"  # the SDK insists on a word; without ours it would take the key it finds
        return {name: value for name, value in wanted.items() if value is not None}

    def _may_hold_keys(self, address: str) -> bool:
        """Whether an address that a panel names may get a key: a panel may come with a repository nobody has read."""
        place = shown(address)
        return is_loopback(address) or bool({place, place.rpartition(":")[0]} & set(self._settings.key_hosts))

    def _base(self, call: Call) -> str:
        return base_url(call.api_base or self._settings.ollama_host)


async def warm_up() -> None:
    """Import litellm now, in a thread, while something else is going on. Without it the first call waits for that."""
    await asyncio.to_thread(_library)


class _Hearing:
    """Puts the pieces of one answer together."""

    def __init__(self, call: Call, tell: Listener, started: float) -> None:
        self._call = call
        self._tell = tell
        self._started = started
        self._pieces: list[str] = []
        self._first_token_s: float | None = None
        self._finish: str | None = None
        self._served: str | None = None
        self._usage: Any = None

    def take(self, chunk: Any) -> None:
        """Keep what a chunk of the stream says; reasoning is told as progress and is no part of the answer."""
        self._usage = getattr(chunk, "usage", None) or self._usage
        said = (getattr(chunk, "_hidden_params", None) or {}).get("provider_response_model")
        self._served = said if isinstance(said, str) and said else self._served
        for choice in getattr(chunk, "choices", None) or ():
            self._finish = choice.finish_reason or self._finish
            text = choice.delta.content
            thinking = getattr(choice.delta, "reasoning_content", None)
            if isinstance(text, str) and text:
                self._heard(text)
            elif thinking:
                self._heard("", detail="thinking")

    def _heard(self, text: str, detail: str | None = None) -> None:
        if self._first_token_s is None:
            self._first_token_s = time.monotonic() - self._started
        if text:
            self._pieces.append(text)
        self._tell(Progress(state=CallState.ANSWERING, text=text, detail=detail))

    def reply(self, library: Any, *, reported: bool) -> Reply:
        """Return the whole reply. Where the server said nothing about tokens, litellm makes up a number: not taken."""
        usage = self._usage if reported else None
        return Reply(
            text="".join(self._pieces),
            model=self._call.model,
            served_model=self._served,
            finish=_FINISHES.get(self._finish or "", Finish.OTHER),
            usage=Usage(
                prompt_tokens=getattr(usage, "prompt_tokens", None),
                completion_tokens=getattr(usage, "completion_tokens", None),
            ),
            cost_usd=_cost_usd(library, self._call.model, self._served, usage),
            duration_s=time.monotonic() - self._started,
            first_token_s=self._first_token_s,
        )


def _cost_usd(library: Any, asked: str, served: str | None, usage: Any) -> float | None:
    """Return what the call cost: ``None`` when tokens or price are unknown, or a model without a price served it."""
    if _is_ollama(asked):
        return 0.0
    bare = asked.rpartition("/")[2]
    if served is not None and served.rpartition("/")[2] != bare and not served.rpartition("/")[2].startswith(bare):
        provider = asked.rpartition("/")[0]
        asked = f"{provider}/{served}" if provider else served
    if usage is None or prices.known_price(asked) is None:
        return None
    try:
        cost = library.completion_cost(completion_response=library.ModelResponse(model=asked, usage=usage), model=asked)
    except Exception:  # litellm knows the model and cannot price it: that is an unknown price
        return None
    return float(cost) if isinstance(cost, int | float) and cost > 0 else None


def _form(library: Any, call: Call) -> dict[str, Any] | None:
    """Return how to ask for JSON: by schema where the model is known to follow one, or where nobody knows the model."""
    if call.reply_schema is None:
        return None
    schema = {"type": "json_schema", "json_schema": {"name": call.purpose, "schema": call.reply_schema}}
    # litellm's own table says no for Ollama and Perplexity, and both follow a schema.
    if _is_ollama(call.model) or call.model.startswith("perplexity/") or prices.takes_schema(call.model) is not False:
        return schema
    with suppress(Exception):
        if "response_format" in (library.get_supported_openai_params(model=call.model) or ()):
            return {"type": "json_object"}
    return None


@cache
def _library() -> Any:
    """Import litellm with its price list from disk and its own voice switched off."""
    set_environment_default("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    set_environment_default("LITELLM_LOG", "CRITICAL")
    set_environment_default("LITELLM_MODE", "PRODUCTION")  # else it reads .env files: one could say where keys go
    library: Any = importlib.import_module("litellm")
    library.suppress_debug_info = True
    library.set_verbose = False
    library.turn_off_message_logging = True
    library.disable_aiohttp_transport = True  # httpx closes a cancelled stream at once, and honours the proxy variables
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in ("openai", "httpx", "httpcore"):  # below a warning they log addresses and headers, which hold keys
        logging.getLogger(name).setLevel(logging.WARNING)
    _stay_put()
    return library


def _stay_put() -> None:
    """Let no call of litellm follow a redirect: httpx would carry ``x-api-key`` along to wherever it leads."""
    base = "litellm.llms"
    handler: Any = importlib.import_module(f"{base}.custom_httpx.http_handler").AsyncHTTPHandler
    openai: Any = importlib.import_module(f"{base}.openai.common_utils").BaseOpenAILLM
    create, share = handler.create_client, openai._get_async_http_client
    handler.create_client = lambda *args, **options: _staying(create(*args, **options))
    openai._get_async_http_client = staticmethod(lambda *args, **options: _staying(share(*args, **options)))


def _staying(client: Any) -> Any:
    if client is not None:
        client.follow_redirects = False
    return client


def _without(parameters: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name not in names}


def _is_ollama(model: str) -> bool:
    return model.startswith(("ollama/", "ollama_chat/"))


def _deaf(_: Progress) -> None:
    """Nobody listens."""
