"""The room of the models: asking them, at a bearable rate, and remembering what they said.

litellm is loaded by the first call that needs it, or by ``warm_up``.
"""

from __future__ import annotations

from pathlib import Path

from council.models.address import base_url, is_loopback
from council.models.digests import DigestedClient
from council.models.embedded import EmbeddedHost, is_file_name
from council.models.fakes import Delayed, InTurn, ScriptedClient, ScriptedHost
from council.models.fitting import Fit, judge_fit
from council.models.gate import GatedClient, GatedHost, sitting
from council.models.keys import has_key, key_variable
from council.models.litellm import LiteLLMClient, warm_up
from council.models.ollama import OllamaHost
from council.models.prices import estimate_cost, is_listed, known_price, retires_on
from council.models.recording import (
    RecordingClient,
    RecordingHost,
    ReplayingClient,
    ReplayingHost,
    read_recordings,
)
from council.models.routing import RoutingHost
from council.protocols import ModelClient, ModelHost
from council.settings import Settings

__all__ = [
    "Delayed",
    "EmbeddedHost",
    "Fit",
    "GatedClient",
    "GatedHost",
    "InTurn",
    "LiteLLMClient",
    "OllamaHost",
    "RecordingClient",
    "RecordingHost",
    "ReplayingClient",
    "ReplayingHost",
    "RoutingHost",
    "ScriptedClient",
    "ScriptedHost",
    "estimate_cost",
    "has_key",
    "is_file_name",
    "is_here",
    "is_listed",
    "judge_fit",
    "key_variable",
    "known_price",
    "open_client",
    "open_host",
    "read_recordings",
    "retires_on",
    "sitting",
    "warm_up",
]


def open_client(settings: Settings, *, record: Path | None = None, replay: Path | None = None) -> ModelClient:
    """Return the client of the seats: any model of litellm's behind its provider's gate.

    ``record`` writes each reply into a folder; ``replay`` answers from such a folder, without gate, key or network.
    Raises ``UsageError`` when the folder cannot be used.
    """
    if replay is not None:
        return ReplayingClient(replay)
    client: ModelClient = GatedClient(DigestedClient(LiteLLMClient(settings), settings), settings)
    return client if record is None else RecordingClient(client, record)


def open_host(settings: Settings, *, record: Path | None = None, replay: Path | None = None) -> ModelHost:
    """Return the local models, behind one gate: those of the settings' Ollama, and GGUF files by ``gguf:PATH``.

    ``record`` writes each reply into a folder, with what the server tells of itself; ``replay`` answers from such a
    folder. Raises ``SettingsError`` for a wrong address, ``UsageError`` when the folder cannot be used.
    """
    if replay is not None:
        return ReplayingHost(replay)
    host: ModelHost = GatedHost(RoutingHost(OllamaHost(settings), EmbeddedHost(settings)), settings)
    return host if record is None else RecordingHost(host, record)


def is_here(settings: Settings) -> bool:
    """Whether the settings' Ollama runs on this machine, so that its memory is the one we see."""
    return is_loopback(base_url(settings.ollama_host))
