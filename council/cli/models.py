"""``council models``: what is here, whether it fits, what the policy says of it, and its last benchmark."""

from __future__ import annotations

import argparse
import json
import shlex

from council.bench.machine import free_memory, this_machine
from council.cli.common import emit, resolve, run_async, writable_target
from council.errors import StoreError
from council.generation import is_small
from council.measuring import tabulate
from council.models import Fit, is_here, judge_fit, open_host
from council.models.address import base_url, shown
from council.policies import Policy, Standing, load_policy, standing_of
from council.protocols import Archive, BenchmarkSummary
from council.rendering import terminal
from council.rendering.terminal.models import LastBenchmark, ModelEntry, ModelListing
from council.settings import Settings
from council.store import open_store
from council.text import one_line
from council.types.calls import LoadedModel, LocalModel

_NEWEST = 500
"""Benchmarks that are looked through."""
Known = dict[str, LastBenchmark]


def run(options: argparse.Namespace) -> int:
    """Show the local models and return 0; without Ollama there is nothing to show, which is 3."""
    settings = resolve(options).settings
    writable_target(options.output)
    policy = load_policy(settings.policy, folders=settings.policy_folders)
    listing = _listing(settings, policy)
    if options.format == "json":
        emit(json.dumps(listing.model_dump(mode="json"), indent=2), options.output)
    else:
        emit(terminal.models_text(listing, _steps(listing), plain=options.output is not None), options.output)
    return 0


def _listing(settings: Settings, policy: Policy) -> ModelListing:
    version, models, loaded = run_async(_ask(settings))
    here = is_here(settings)
    free_bytes, gpu = (free_memory(), this_machine().gpu) if here else (None, None)
    digests = {model.name: model.digest for model in models if model.digest}
    benchmarks = _last_benchmarks(settings, models)
    entries = []
    for model in models:
        in_memory = next((entry for entry in loaded if entry.name == model.name), None)
        fit = judge_fit(model, in_memory, free_bytes=free_bytes, gpu=gpu)
        standing = standing_of(policy, model.name, digest=model.digest, family=model.family, known_digests=digests)
        entries.append(_entry(model, fit, standing, benchmarks.get(model.name), loaded=in_memory is not None))
    server = f"Ollama {version} at {shown(base_url(settings.ollama_host))}"
    return ModelListing(server=server, policy=policy.id, free_bytes=free_bytes, gpu=gpu, models=tuple(entries))


async def _ask(settings: Settings) -> tuple[str, tuple[LocalModel, ...], tuple[LoadedModel, ...]]:
    host = open_host(settings)
    return await host.version(), await host.models(), await host.loaded()


def _entry(
    model: LocalModel, fit: Fit, standing: Standing, benchmark: LastBenchmark | None, *, loaded: bool
) -> ModelEntry:
    rule = standing.rule
    return ModelEntry(
        name=model.name,
        digest=model.digest,
        size_bytes=model.size_bytes,
        parameters=model.parameters,
        quantisation=model.quantisation,
        family=model.family,
        modified_on=model.modified_at[:10] if model.modified_at else None,
        context_tokens=model.context_tokens,
        loaded=loaded,
        fits=fit.fits,
        place=fit.place,
        needs_bytes=fit.needs_bytes,
        free_bytes=fit.free_bytes,
        spilled=fit.spilled,
        fit_known_by=fit.known_by,
        status=standing.status,
        listed=rule is not None,
        reason=rule.reason if rule else None,
        replacement=rule.replacement if rule else None,
        advisory=rule.advisory if rule else None,
        small=is_small(model.parameters),
        benchmark=benchmark,
    )


def _last_benchmarks(settings: Settings, models: tuple[LocalModel, ...]) -> Known:
    """Return the newest benchmark of each model that says something; none where the store cannot be read."""
    found: Known = {}
    if not settings.store:
        return found
    try:
        store = open_store(settings.store_url, readonly=True)
    except StoreError:
        return found
    try:
        wanted = {model.name: model for model in models}
        for summary in store.list_benchmarks(limit=_NEWEST):
            for name in summary.models:
                if name in wanted and name not in found:
                    last = _read(store, summary, wanted[name])
                    found.update({} if last is None else {name: last})
    finally:
        store.close()
    return found


def _read(store: Archive, summary: BenchmarkSummary, model: LocalModel) -> LastBenchmark | None:
    benchmark = store.read_benchmark(summary.benchmark_id)
    benched = benchmark.model(model.name)
    if benched is None:
        return None
    samples = store.read_samples(summary.benchmark_id, model=model.name)
    row = tabulate(benchmark.but(models=(benched,)), samples).row("both_passed")
    rate = row.cell(model.name) if row else None
    if rate is None or rate.value is None:
        return None
    return LastBenchmark(
        benchmark_id=benchmark.benchmark_id,
        day=f"{benchmark.created_at:%Y-%m-%d}",
        suite=benchmark.suite,
        rate=rate,
        same_weights=None if not (benched.digest and model.digest) else benched.digest == model.digest,
    )


def _steps(listing: ModelListing) -> list[tuple[str, str]]:
    """Return what to type next: get one, measure what nobody has measured, look at the last measurement."""
    if not listing.models:
        return [("ollama pull qwen2.5-coder:1.5b", "gets a model that writes code")]
    steps = []
    usable = [entry for entry in listing.models if entry.fits is not False and entry.status != "banned"]
    unknown = [entry.name for entry in usable if entry.benchmark is None]
    if unknown:
        flags = " ".join(f"--model {shlex.quote(one_line(name, 100))}" for name in unknown[:3])
        steps.append((f"council bench run core {flags}", "measures what has no benchmark yet"))
    measured = [entry.benchmark for entry in listing.models if entry.benchmark is not None]
    if measured:
        newest = max(measured, key=lambda last: (last.day, last.benchmark_id))
        steps.append((f"council bench show {newest.benchmark_id}", "the whole table"))
    return steps
