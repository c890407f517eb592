"""Says which weights a local seat answered with, which litellm does not tell."""

from __future__ import annotations

from collections.abc import Callable

from council.models.ollama import OllamaHost, bare_name
from council.protocols import ModelClient
from council.settings import Settings
from council.types.calls import Call, Progress, Reply


class DigestedClient:
    """Puts the digest of an Ollama model on the replies of a client that goes through litellm."""

    def __init__(self, client: ModelClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    async def complete(self, call: Call, *, on_progress: Callable[[Progress], None] | None = None) -> Reply:
        """Return the client's reply; one without a digest where Ollama does not tell it."""
        reply = await self._client.complete(call, on_progress=on_progress)
        name = bare_name(call.model)
        if reply.digest is not None or name == call.model:  # not a model of Ollama's
            return reply
        settings = self._settings if call.api_base is None else self._settings.but(ollama_host=call.api_base)
        labelled: Reply = reply.but(digest=await OllamaHost(settings).digest(name))
        return labelled
