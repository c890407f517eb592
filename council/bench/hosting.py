"""Models in memory: put there one after the other or together, looked at, let go of, and asked with a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from council.bench.machine import free_memory
from council.errors import ModelMissing, UsageError
from council.models.embedded import is_file_name
from council.protocols import ModelHost
from council.text import one_line
from council.types.benchmarks import BenchedModel, Memory
from council.types.calls import Call, LoadedModel, LocalModel, Message, Progress, Reply

_ROOM = 1.3
"""What a model takes in memory, as a multiple of its file: the context comes on top of the weights."""
_CONTEXT_BYTES = 256 << 20
_KNOWN_BY = "ollama /api/ps after loading"
_GREETING = (Message(role="user", content="Say hi."),)


@runtime_checkable
class Unloading(Protocol):
    """A host that lets go of a model when asked."""

    async def unload(self, model: str) -> None:
        """Take a model out of memory and return when it is gone, or does not go."""
        ...


class AskedHost:
    """A host whose calls all have one seed, and which keeps the last reply: what it takes to measure one sample."""

    def __init__(self, host: ModelHost, seed: int) -> None:
        self._host = host
        self._seed = seed
        self.reply: Reply | None = None

    async def complete(self, call: Call, *, on_progress: Callable[[Progress], None] | None = None) -> Reply:
        """Return the host's reply to the call with this seed."""
        self.reply = await self._host.complete(call.but(seed=self._seed), on_progress=on_progress)
        return self.reply

    async def version(self) -> str:
        """Return the server's version."""
        return await self._host.version()

    async def models(self) -> tuple[LocalModel, ...]:
        """Return the models on disk."""
        return await self._host.models()

    async def loaded(self) -> tuple[LoadedModel, ...]:
        """Return the models in memory now."""
        return await self._host.loaded()


async def known_models(host: ModelHost, names: Sequence[str]) -> tuple[BenchedModel, ...]:
    """Return the models that are named, as the host knows them.

    Raises ``ModelMissing`` with the command that fetches the first one it does not have, and ``UsageError`` for none.
    """
    there = {model.name: model for model in await host.models()}
    found: dict[str, BenchedModel] = {}
    for name in names:
        model = (
            there.get(name) or there.get(f"{name}:latest") or (LocalModel(name=name) if is_file_name(name) else None)
        )
        if model is None:
            shown = one_line(name, 80)
            raise ModelMissing(f"the model '{shown}' is not here", f"Fetch it with: ollama pull {shown}")
        found[model.name] = BenchedModel(
            name=model.name,
            digest=model.digest,
            size_bytes=model.size_bytes,
            parameters=model.parameters,
            quantisation=model.quantisation,
            family=model.family,
        )
    if not found:
        raise UsageError("no model is named, and the server has none", "Fetch one with: ollama pull qwen2.5-coder:1.5b")
    return tuple(found.values())


def may_fit_together(models: Sequence[BenchedModel]) -> bool:
    """Whether the models might lie in this machine's memory at the same time. Unknown sizes do not speak against it."""
    wanted = sum(int((model.size_bytes or 0) * _ROOM) + _CONTEXT_BYTES for model in models)
    return wanted < free_memory()


async def load(host: ModelHost, model: BenchedModel) -> BenchedModel:
    """Put a model into memory and return it with load time and memory. Its answer is not counted.

    A model that is there already is let go of first where the host can do that, so that the load time is one.
    """
    await unload(host, model.name, only_if_loaded=True)
    call = Call(model=model.name, messages=_GREETING, temperature=0.0, max_tokens=8, seed=1, purpose="warm-up")
    reply = await host.complete(call)
    entry = next((entry for entry in await host.loaded() if entry.name == model.name), None)
    loaded: BenchedModel = model.but(
        load_s=reply.load_s if model.load_s is None else model.load_s,
        memory=model.memory or memory_of(entry),
        digest=model.digest or reply.digest,
    )
    return loaded


async def unload(host: ModelHost, name: str, *, only_if_loaded: bool = False) -> bool:
    """Take a model out of memory; return whether it is out. A host that cannot do that is left in peace."""
    if not isinstance(host, Unloading):
        return False
    if only_if_loaded and all(entry.name != name for entry in await host.loaded()):
        return True
    await host.unload(name)
    return all(entry.name != name for entry in await host.loaded())


async def all_loaded(host: ModelHost, names: Sequence[str]) -> bool:
    """Whether the models are in memory together now: a server may keep only one, whatever the memory."""
    there = {entry.name for entry in await host.loaded()}
    return set(names) <= there


def memory_of(entry: LoadedModel | None) -> Memory:
    """Return how a loaded model sits in memory."""
    if entry is None:
        return Memory()
    size, vram = entry.size_bytes, entry.vram_bytes
    if vram is None or not size:
        return Memory(size_bytes=size, vram_bytes=vram, known_by=_KNOWN_BY)
    if vram == 0:
        return Memory(fit="cpu", size_bytes=size, vram_bytes=0, known_by=_KNOWN_BY)
    spilled = max(0.0, 1.0 - vram / size)
    fit = "fits" if vram >= size else "spilled"
    return Memory.model_validate(
        {"fit": fit, "size_bytes": size, "vram_bytes": vram, "spilled": spilled, "known_by": _KNOWN_BY}
    )
