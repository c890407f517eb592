"""A question to a model, and what came back."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from council.types.base import Record

Fraction = Annotated[float, Field(ge=0, le=1)]


class Message(Record):
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class Call(Record):
    """One question to one model. ``reply_schema`` is a JSON Schema the reply should follow, where the model can."""

    model: str
    """As LiteLLM names it (``openai/gpt-5.2``, ``ollama_chat/smollm2:135m``), or as Ollama names it for generation."""
    messages: tuple[Message, ...]
    reply_schema: dict[str, Any] | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    timeout_s: float | None = None
    """Limit for one attempt. The deadline of the sitting stands above it."""
    api_base: str | None = None
    purpose: str = "review"
    """``review``, ``generate``, ``repair`` …: part of a recording's key."""


class CallState(StrEnum):
    """What a call is doing now."""

    WAITING = "waiting"
    """Behind the gate: rate, concurrency, or back-off."""
    ASKING = "asking"
    ANSWERING = "answering"
    RETRYING = "retrying"


class Progress(Record):
    """One step of a call under way: its state, and the piece of text that came with it."""

    state: CallState
    text: str = ""
    detail: str | None = None
    """Why it is tried again: ``429, again in 2 s``."""


class Finish(StrEnum):
    """Why a model stopped writing. ``LENGTH`` means the text is cut off."""

    STOP = "stop"
    LENGTH = "length"
    REFUSED = "refused"
    OTHER = "other"


class Usage(Record):
    """Tokens of a call; ``None`` where the server did not say."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Reply(Record):
    """What a model answered, with who really answered and what it took."""

    text: str
    model: str
    """The model that was asked."""
    served_model: str | None = None
    """The model the server says it used; routers serve others than asked."""
    digest: str | None = None
    finish: Finish = Finish.STOP
    usage: Usage = Usage()
    cost_usd: float | None = None
    """``None`` when the price is unknown; 0.0 only for a model that runs locally."""
    duration_s: float | None = None
    first_token_s: float | None = None
    load_s: float | None = None
    attempts: int = 1
    recorded_at: str | None = None
    """Set when the reply comes from a recording: the day it was recorded."""


class LocalModel(Record):
    """A model that a local server has on disk."""

    name: str
    digest: str | None = None
    size_bytes: int | None = None
    parameters: str | None = None
    quantisation: str | None = None
    family: str | None = None
    modified_at: str | None = None
    context_tokens: int | None = None


class LoadedModel(Record):
    """A model in memory now. ``vram_bytes`` 0 is CPU only, less than ``size_bytes`` is spilled, equal fits."""

    name: str
    digest: str | None = None
    size_bytes: int | None = None
    vram_bytes: int | None = None
    context_tokens: int | None = None
