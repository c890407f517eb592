"""What libraries and servers say when a call fails, as one clean sentence of ours.

Texts of libraries can carry headers, keys and addresses. They are read for their meaning; what is quoted of them is
redacted, without addresses and markup, in one line, and never when the key itself was refused.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from council.errors import (
    ModelBroken,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelMismatch,
    ModelMissing,
    ModelOverflow,
    ModelRefused,
    ModelTimeout,
    ModelUnreachable,
)
from council.models.keys import key_variable
from council.policies import seat_for
from council.settings import secret_values
from council.text import one_line, redact
from council.types.calls import Call

_UNREACHABLE = {"ConnectError", "ClientConnectorError", "ConnectionRefusedError", "gaierror", "UnsupportedProtocol"}
_CUT_OFF = {"RemoteProtocolError", "ReadError", "WriteError", "ServerDisconnectedError", "ConnectionResetError"}
_TOO_SLOW = {"Timeout", "APITimeoutError", "ReadTimeout", "ConnectTimeout", "WriteTimeout", "PoolTimeout"}
_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:litellm\.)?(?:\w*(?:Error|Exception|Timeout)\b\s*[:-]\s*)+")
_IN_STREAM = "Got unexpected response from Ollama"
"""litellm's words for an error after the first word; the status it puts there is its own."""
_PRINTED = re.compile(r"""\{'error': (['"])(.*)\1\}""", re.DOTALL)
"""An error inside a stream of Ollama's, as litellm prints the dict it came in."""
_BROKE = ("insufficient_quota", "exceeded your current quota", "credit balance", "billing")
_NO_PROVIDER = "LLM Provider NOT provided"
_OVERFLOW = re.compile(r"context (?:length|window|size)|too many tokens|prompt is too long", re.IGNORECASE)


def translate(error: Exception, call: Call, *, host: str = "") -> ModelError:
    """Return the error of ours that a library's exception means; ``host`` is where a local server stands."""
    if isinstance(error, ModelError):
        return error
    names = {kind.__name__ for link in _chain(error) for kind in type(link).__mro__}
    text = str(error)
    if call.model.startswith(("ollama/", "ollama_chat/")) and (said := _ollama_words(text)) is not None:
        status = None if _IN_STREAM in text else _status(error)
        return ollama_failure(status, said, model=call.model.partition("/")[2], host=host)
    provider = one_line(seat_for(call.model).provider, 40)
    if names & _UNREACHABLE and host:
        return not_there(host)
    by_kind = _by_kind(names, text, provider, call)
    return by_kind or _by_status(_status(error), error, provider, call)


@contextmanager
def alone() -> Iterator[None]:
    """Let an error of ours out without the library's behind it: that one holds the request with its headers."""
    try:
        yield
    except ModelError as error:
        error.__cause__ = error.__context__ = None
        raise


def ollama_failure(status: int | None, body: str, *, model: str, host: str) -> ModelError:
    """Return what an error of Ollama means; ``body`` is its answer as it came, ``status`` ``None`` inside a stream."""
    said, details = _unfold(body)
    shown, lower = one_line(model, 80), said.lower()
    if details.get("type") == "exceed_context_size_error" or "exceeds the available context size" in lower:
        return _too_long(shown, details.get("n_prompt_tokens"), details.get("n_ctx"))
    if "not found" in lower and "model" in lower:
        return ModelMissing(f"ollama at {host} has no model '{shown}'", f"Get it with: ollama pull {_word(model)}")
    if status == 503 or "server busy" in lower or "maximum pending requests" in lower:
        return ModelBusy(f"ollama at {host} is busy (503)")
    if "system memory" in lower:
        return ModelMismatch(f"ollama at {host} cannot load '{shown}': {quote(said)}", "Take a smaller model")
    if status in (404, 405):
        return ModelMismatch(f"what answers at {host} is not Ollama's API ({status})", "Check ollama_host")
    if (status is not None and 400 <= status < 500) or "invalid format" in lower:
        return ModelMismatch(f"ollama at {host} does not take this call: {quote(said)}")
    return ModelBroken(f"ollama at {host} failed{'' if status is None else f' ({status})'}: {quote(said)}")


def not_there(host: str) -> ModelUnreachable:
    """Return the error of an Ollama that does not answer."""
    return ModelUnreachable(f"ollama at {host} does not answer", "Start it with: ollama serve")


def quote(text: str, limit: int = 160) -> str:
    """Return what a server said as one harmless line: no keys, no addresses, no markup."""
    if "<html" in text.lower() or "<!doctype" in text.lower():
        return "a page of HTML"
    plain = _PREFIX.sub("", redact(text, secret_values()))
    return one_line(_URL.sub("…", plain), limit) or "nothing"


def _by_kind(names: set[str], text: str, provider: str, call: Call) -> ModelError | None:
    """Judge by what kind of exception it is, causes included."""
    shown = one_line(call.model, 80)
    if _NO_PROVIDER in text:
        return ModelMissing(f"litellm knows no provider for '{shown}'", "Name it as PROVIDER/MODEL: openai/gpt-5.2")
    if "ContextWindowExceededError" in names:
        return _too_long(shown, None, None)
    if "ContentPolicyViolationError" in names:
        return ModelRefused(f"{provider} declined to answer (content policy)")
    if names & _UNREACHABLE:
        return ModelUnreachable(f"{provider} cannot be reached", "Check the network, and api_base if one is set")
    if "JSONDecodeError" in names:
        return ModelBroken(f"{provider} sent what is no JSON")
    if names & _TOO_SLOW:
        return ModelTimeout(f"{provider} did not answer in time")
    if names & _CUT_OFF:
        return ModelBroken(f"{provider} closed the connection before the answer was whole")
    return None


def _by_status(status: int | None, error: Exception, provider: str, call: Call) -> ModelError:
    """Judge by the HTTP status."""
    text, shown = str(error), one_line(call.model, 80)
    if status == 402 or (status in (400, 403, 429) and any(word in text.lower() for word in _BROKE)):
        return ModelDenied(
            f"{provider} has no money left on this account ({status})", "Add credit, or take another seat"
        )
    if status in (401, 403):
        name = key_variable(call.model)
        what = "refused the key" if status == 401 else f"does not let this key use {shown}"
        return ModelDenied(f"{provider} {what} ({status})", f"Check {name}" if name else None)
    if status == 404:
        return ModelMissing(f"{provider} has no model '{shown}' (404)", "council doctor names retired seats")
    if status in (429, 503, 529):
        why = "rate limit" if status == 429 else "overloaded"
        return ModelBusy(f"{provider} asks to come back later ({status}, {why})", retry_after_s=_retry_after_s(error))
    if status is not None and 300 <= status < 400:
        return ModelMismatch(
            f"{provider} sends the call on to another address ({status}), where keys do not follow",
            "Name that address itself as api_base, if you trust it",
        )
    if status in (408, 504):
        return ModelTimeout(f"{provider} did not answer in time ({status})")
    if status is not None and 400 <= status < 500:
        if _OVERFLOW.search(text):
            return _too_long(shown, None, None)
        return ModelMismatch(f"{provider} does not take this call ({status}): {quote(text)}")
    return ModelBroken(f"{provider} failed ({status or 'no status'}): {quote(text)}")


def _too_long(model: str, prompt_tokens: object, context_tokens: object) -> ModelOverflow:
    if isinstance(prompt_tokens, int) and isinstance(context_tokens, int):
        problem = f"the prompt is {prompt_tokens} tokens long, the context of {model} holds {context_tokens}"
    else:
        problem = f"the prompt is longer than the context of {model}"
    return ModelOverflow(problem, "Give it less at once, or raise context_tokens (local models)")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what caused it; litellm keeps the cause of a broken stream in an attribute."""
    seen: set[int] = set()
    queue: list[BaseException | None] = [error]
    while queue:
        link = queue.pop()
        if isinstance(link, BaseException) and id(link) not in seen:
            seen.add(id(link))
            yield link
            queue += [link.__cause__, link.__context__, getattr(link, "original_exception", None)]


def _status(error: Exception) -> int | None:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def _retry_after_s(error: Exception) -> float | None:
    """Read ``Retry-After`` in seconds; its form as a date is rare and counts as not given."""
    for headers in (getattr(error, "litellm_response_headers", None), getattr(_response(error), "headers", None)):
        value = headers.get("retry-after") if headers is not None else None
        if isinstance(value, str) and re.fullmatch(r"\d{1,7}(\.\d{1,6})?", value.strip()):
            return float(value)
    return None


def _response(error: Exception) -> object:
    return getattr(error, "response", None)


def _ollama_words(text: str) -> str | None:
    """Return Ollama's own answer inside a text of litellm's; ``None`` when the text is about something else."""
    brace = text.find("{")
    if brace < 0 or "rror" not in text[brace:]:
        return None
    return text[brace:]


def _unfold(body: str) -> tuple[str, dict[str, Any]]:
    """Return the message and the details of an error: JSON, JSON in JSON, or a Python dict as litellm prints it."""
    text, details = body.strip(), dict[str, Any]()
    for _ in range(4):
        table = _table(text)
        if table is None:
            break
        inner = table.get("error", table.get("message"))
        if isinstance(inner, dict):
            details, inner = inner, inner.get("message")
        if not isinstance(inner, str):
            break
        text = inner
    return text, details


def _table(text: str) -> dict[str, Any] | None:
    printed = _PRINTED.fullmatch(text[:10_000])
    if printed:
        return {"error": printed[2].replace("\\\\", "\\").replace("\\'", "'")}
    try:
        value = json.loads(text) if text.startswith("{") else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _word(model: str) -> str:
    """Return a model's name fit for a command line somebody may copy."""
    return shlex.quote(one_line(model, 80))
