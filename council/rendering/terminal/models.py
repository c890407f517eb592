"""The local models in the terminal: two lines each, facts and what is thought of them."""

from __future__ import annotations

from council.rendering.figures import UNKNOWN, figure, share, size
from council.rendering.terminal.page import Page, Part, Sheet
from council.rendering.terminal.session import Steps, write_steps
from council.text import one_line
from council.types.base import Record
from council.types.benchmarks import Cell

_STYLE = {"recommended": "green", "discouraged": "yellow", "banned": "bold red"}


class LastBenchmark(Record):
    """The newest benchmark that a model took part in."""

    benchmark_id: str
    day: str
    suite: str
    rate: Cell
    """Share of samples that pass plain and edge-case tests."""
    same_weights: bool | None = None
    """Whether its digest is the one of today; ``None`` where one of them is not known."""


class ModelEntry(Record):
    """One local model with everything that is known of it. Every key is always there; unknown is ``null``."""

    name: str
    digest: str | None
    size_bytes: int | None
    parameters: str | None
    quantisation: str | None
    family: str | None
    modified_on: str | None
    context_tokens: int | None
    loaded: bool
    fits: bool | None
    place: str | None
    """``GPU``, ``CPU`` or ``GPU and CPU``."""
    needs_bytes: int | None
    free_bytes: int | None
    spilled: float | None
    fit_known_by: str
    status: str
    """What the policy says: ``recommended``, ``allowed``, ``discouraged`` or ``banned``."""
    listed: bool
    """Whether the policy names it; else its status is the one of every model nobody has listed."""
    reason: str | None
    replacement: str | None
    advisory: str | None
    small: bool
    """Whether what it writes is labelled a draft."""
    benchmark: LastBenchmark | None


class ModelListing(Record):
    """What ``council models`` says."""

    schema_version: int = 1
    server: str
    policy: str
    free_bytes: int | None
    gpu: str | None
    models: tuple[ModelEntry, ...]


def write_models(listing: ModelListing, steps: Steps, sheet: Sheet) -> Page:
    """Return the local models; ``steps`` are commands worth typing next."""
    page = Page(sheet)
    memory = "" if listing.free_bytes is None else f" · {size(listing.free_bytes)} of memory free"
    gpu = f" · {one_line(listing.gpu, 60)}" if listing.gpu else ""
    page.wrap(f"{one_line(listing.server, 120)}{memory}{gpu} · policy {one_line(listing.policy, 60)}")
    if not listing.models:
        page.wrap("no models", indent=2)
    rows = [_facts(entry) for entry in listing.models]
    widths = [page.column([row[at] for row in rows], 40 if at == 0 else 22) for at in range(5)]
    for entry, row in zip(listing.models, rows, strict=True):
        page.gap()
        cells: list[Part] = [(page.pad(row[0], widths[0]), "bold")]
        for text, width in zip(row[1:], widths[1:], strict=False):
            cells += ["  ", page.pad(text, width)]
        page.add(*cells, "  ", (row[5], "" if entry.fits else "yellow"))
        page.wrap((entry.status, _STYLE.get(entry.status, "dim")), *_opinion(entry), indent=4)
        if entry.benchmark is not None:
            page.wrap(_benchmark_words(entry.benchmark), indent=4)
    page.gap()
    known = sorted({entry.fit_known_by for entry in listing.models})
    if known:
        page.wrap((f"what fits is known by: {'; '.join(known)}", "dim"))
    write_steps(page, steps)
    return page


def fit_words(entry: ModelEntry) -> str:
    """Return whether a model fits: ``fits (CPU)``, ``does not fit: needs 19 GB of 16 GB``, ``unknown``."""
    if entry.fits is None:
        return "fits: unknown"
    if not entry.fits:
        return f"does not fit: needs {size(entry.needs_bytes)} of {size(entry.free_bytes)}"
    if entry.spilled is not None:
        return f"{share(entry.spilled)} not on the GPU"
    return f"fits ({entry.place})" if entry.place else "fits in memory; on the GPU: unknown"


def _facts(entry: ModelEntry) -> tuple[str, ...]:
    kind = " ".join(one_line(word, 20) for word in (entry.parameters, entry.quantisation) if word)
    return (
        one_line(entry.name, 100),
        size(entry.size_bytes),
        kind or UNKNOWN,
        one_line(entry.family or UNKNOWN, 20),
        one_line(entry.modified_on or UNKNOWN, 20),
        fit_words(entry),
    )


def _opinion(entry: ModelEntry) -> list[Part]:
    words = [] if entry.listed else ["nobody has listed it"]
    words += [one_line(entry.reason, 200)] if entry.reason else []
    words += [f"use {one_line(entry.replacement, 80)}"] if entry.replacement else []
    words += [f"see {one_line(entry.advisory, 120)}"] if entry.advisory else []
    words += ["writes drafts"] if entry.small else []
    words += [] if entry.benchmark else ["no benchmark yet"]
    return [f": {'; '.join(words)}"] if words else []


def _benchmark_words(last: LastBenchmark) -> str:
    old = " (of other weights)" if last.same_weights is False else ""
    rate = figure(last.rate, "share")
    return f"benchmark {last.benchmark_id}{old}, {last.day}, {one_line(last.suite, 60)}: {rate} pass all tests"
