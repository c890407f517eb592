"""One host for all local models: ``gguf:PATH`` runs in process, every other name is Ollama's."""

from __future__ import annotations

from collections.abc import Callable

from council.errors import ModelError
from council.models.embedded import EmbeddedHost, is_file_name
from council.protocols import ModelHost
from council.types.calls import Call, LoadedModel, LocalModel, Progress, Reply


class RoutingHost:
    """Sends each call where its model lives. An Ollama that is not there bothers nobody who only asks files."""

    def __init__(self, server: ModelHost, files: EmbeddedHost) -> None:
        self._server = server
        self._files = files

    async def complete(self, call: Call, *, on_progress: Callable[[Progress], None] | None = None) -> Reply:
        """Return the reply. Raises a ``ModelError``, or ``UsageError`` for a file that cannot be used."""
        host: ModelHost = self._files if is_file_name(call.model) else self._server
        return await host.complete(call, on_progress=on_progress)

    async def version(self) -> str:
        """Return the version of Ollama. Raises ``ModelUnreachable``."""
        return await self._server.version()

    async def models(self) -> tuple[LocalModel, ...]:
        """Return Ollama's models, and the files that the settings name or that were asked."""
        files = await self._files.models()
        try:
            return tuple(sorted((*await self._server.models(), *files), key=lambda model: model.name))
        except ModelError:
            if not files:
                raise
            return files

    async def unload(self, name: str) -> None:
        """Take a model out of memory, where its host can do that."""
        host: ModelHost = self._files if is_file_name(name) else self._server
        if (let_go := getattr(host, "unload", None)) is not None:
            await let_go(name)

    async def loaded(self) -> tuple[LoadedModel, ...]:
        """Return the models in memory now, wherever."""
        files = await self._files.loaded()
        try:
            return tuple(sorted((*await self._server.loaded(), *files), key=lambda model: model.name))
        except ModelError:
            if not files:
                raise
            return files
