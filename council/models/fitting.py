"""Whether a model fits into the memory of this machine, and how that is known."""

from __future__ import annotations

from council.types.base import Record
from council.types.calls import LoadedModel, LocalModel

_WITH_CONTEXT = 1.2
"""A model takes its weights and, for its context and buffers, about a fifth more."""


class Fit(Record):
    """Whether a model fits. ``fits`` ``None``: nobody can say."""

    fits: bool | None = None
    place: str | None = None
    """``GPU``, ``CPU``, or ``GPU and CPU`` when part of it did not fit; ``None`` where it is not known."""
    needs_bytes: int | None = None
    free_bytes: int | None = None
    spilled: float | None = None
    """Which share is not in video memory, where part of it is."""
    known_by: str = "nobody said"


def judge_fit(model: LocalModel, loaded: LoadedModel | None, *, free_bytes: int | None, gpu: str | None) -> Fit:
    """Return whether a model fits: by the server's own word where it is loaded, else by its size.

    Args:
        loaded: the same model in memory now; what it takes is then known.
        free_bytes: memory that programs can take on the machine of the server; ``None`` when that is another one.
        gpu: the graphics card, where one is seen. How much of its memory is free nobody tells.
    """
    if loaded is not None and loaded.size_bytes and loaded.vram_bytes is not None:
        share = min(1.0, loaded.vram_bytes / loaded.size_bytes)
        where = "CPU" if share == 0 else "GPU" if share == 1 else "GPU and CPU"
        spilled = 1 - share if 0 < share < 1 else None
        return Fit(fits=True, place=where, needs_bytes=loaded.size_bytes, spilled=spilled, known_by="it is loaded now")
    if model.size_bytes is None:
        return Fit()
    needs = round(model.size_bytes * _WITH_CONTEXT)
    if free_bytes is None:
        return Fit(needs_bytes=needs, known_by="size of the file; the server is another machine")
    fits = needs <= free_bytes
    place = None if gpu else "CPU"
    return Fit(
        fits=fits,
        place=place if fits else None,
        needs_bytes=needs,
        free_bytes=free_bytes,
        known_by="size of the file against free memory",
    )
