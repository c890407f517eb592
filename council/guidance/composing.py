"""The documents of the set as records: policy and holdings in, facts out. Pure; order and words are the templates'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from council.guidance.holdings import Holdings, Measurement
from council.guidance.selecting import choose_by_memory, choose_tiers, state_models, state_unlisted
from council.guidance.stating import of_policy, state_criteria, state_rules, state_title, state_voting
from council.policies import Policy
from council.rendering.figures import size
from council.text import one_line
from council.types.facts import Fact, Source
from council.types.guidelines import (
    AdvisoryEntry,
    AdvisoryIndex,
    BenchmarkEntry,
    Changelog,
    CriterionEntry,
    Demand,
    Guide,
    Index,
    ModelEntry,
    ModelSelection,
    TeamGuidelines,
    Tier,
    ValidationPipeline,
    ValidationRequirements,
    VersionEntry,
)
from council.types.knowledge import DocumentVersion

DOCUMENTS = (
    "team-guidelines",
    "validation-requirements",
    "model-selection",
    "validation-pipeline",
    "advisory-index",
    "changelog",
)
"""In the order the set is read; ``index`` leads to them."""


def compose_guides(policy: Policy, holdings: Holdings, *, on: date) -> tuple[Guide, ...]:
    """Return the documents that rest on policy and evidence, without version and date.

    ``on`` is the day permissions are judged on: one that has expired holds no longer.
    """
    criteria, voting, title = state_criteria(policy), state_voting(policy), state_title(policy)
    index = _advisory_index(policy, holdings)
    known = {advisory.key for advisory in index.advisories}
    models = tuple(_linked(model, known) for model in state_models(policy, holdings.measurements, on=on))
    tiers, unlisted = choose_tiers(models), state_unlisted(policy)
    named_only = tiers.but(draft=_name_of(tiers.draft), final=_name_of(tiers.final))
    named = {rule.key for rule in policy.models}
    same = {"policy": policy.id, "policy_title": title}
    return (
        TeamGuidelines(
            document="team-guidelines",
            rules=state_rules(policy),
            checks=tuple(_demand(c, bar=True) for c in criteria if c.blocks),
            models=tuple(_unmeasured(m) for m in models if m.key in named and m.word != "allowed"),
            unlisted=unlisted,
            tiers=tiers,
            quorum=voting.quorum,
            **same,
        ),
        ValidationRequirements(document="validation-requirements", criteria=criteria, voting=voting, **same),
        ModelSelection(
            document="model-selection",
            models=models,
            unlisted=unlisted,
            by_memory=choose_by_memory(policy, models),
            tiers=named_only,
            benchmarks=_benchmarks(holdings.measurements),
            **same,
        ),
        ValidationPipeline(
            document="validation-pipeline",
            checks=tuple(_demand(c) for c in criteria),
            quorum=voting.quorum,
            tiers=named_only,
            **same,
        ),
        index.but(
            unwritten=tuple(
                _unmeasured(m) for m in models if m.key in named and m.advisory is not None and m.slug is None
            )
        ),
    )


def compose_changelog(policy: Policy, versions: Sequence[DocumentVersion]) -> Changelog:
    """Return the changelog of the set from the versions of its documents."""
    entries = [_version(policy, version) for version in versions]
    ordered = sorted(entries, key=lambda e: (-e.created_at.timestamp(), DOCUMENTS.index(e.document), -e.number))
    return Changelog(document="changelog", policy=policy.id, policy_title=state_title(policy), versions=tuple(ordered))


def compose_index(policy: Policy, latest: Mapping[str, DocumentVersion]) -> Index:
    """Return the way into the set, with the newest version of each document."""
    description, contact = one_line(policy.description, 1000), one_line(policy.contact or "", 1000)
    return Index(
        document="index",
        policy=policy.id,
        policy_title=state_title(policy),
        description=of_policy(policy, description, None, "description") if description else None,
        contact=of_policy(policy, contact, None, "contact") if contact else None,
        versions=tuple(_version(policy, latest[name]) for name in DOCUMENTS if name in latest),
    )


def _version(policy: Policy, version: DocumentVersion) -> VersionEntry:
    document = version.name.rpartition("/")[2]
    sources = {(s.kind, s.id): s for found in version.sources.values() for s in found}
    # The whole record changed the document: the place in it is in each sentence's own version.
    whole = tuple(Source(kind=kind, id=found) for kind, found in sorted(sources))
    return VersionEntry(
        key=f"{document}/{version.number}",
        document=document,
        number=version.number,
        created_at=version.created_at,
        changes=Fact(text="\n".join(version.changes), sources=whole or (Source(kind="policy", id=policy.id),)),
    )


def _benchmarks(measurements: Sequence[Measurement]) -> tuple[BenchmarkEntry, ...]:
    """Return the benchmarks that figures come from, the newest first."""
    found = {m.benchmark.benchmark_id: m for m in measurements}
    newest = sorted(found.values(), key=lambda m: (m.benchmark.created_at, m.benchmark.benchmark_id), reverse=True)
    return tuple(_benchmark(measurement) for measurement in newest)


def _benchmark(measurement: Measurement) -> BenchmarkEntry:
    benchmark = measurement.benchmark

    def told(text: str, value: str | int | None, place: str) -> Fact:
        source = Source(kind="benchmark", id=benchmark.benchmark_id, pointer=place)
        return Fact(text=text, value=value, sources=(source,))

    machine = benchmark.machine
    parts = [machine.gpu or machine.cpu, machine.memory_bytes and f"{size(machine.memory_bytes)} of memory"]
    words = ", ".join(one_line(str(part), 80) for part in (*parts, machine.server) if part)
    if benchmark.imported_from:
        words = f"imported from {one_line(benchmark.imported_from, 80)}"
    return BenchmarkEntry(
        key=benchmark.benchmark_id,
        suite=told(one_line(benchmark.suite_title or benchmark.suite, 80), benchmark.suite, "suite"),
        created_on=told(f"{benchmark.created_at:%Y-%m-%d}", None, "created_at"),
        tasks=told(str(len(benchmark.tasks)), len(benchmark.tasks), "tasks"),
        samples=told(str(benchmark.samples_per_task), benchmark.samples_per_task, "samples_per_task"),
        machine=told(words, None, "imported_from" if benchmark.imported_from else "machine") if words else None,
    )


def _advisory_index(policy: Policy, holdings: Holdings) -> AdvisoryIndex:
    entries = tuple(_advisory(versions[0]) for versions in holdings.advisories)
    return AdvisoryIndex(
        document="advisory-index", policy=policy.id, policy_title=state_title(policy), advisories=entries
    )


def _advisory(version: DocumentVersion) -> AdvisoryEntry:
    slug = version.name.removeprefix("advisory/")
    every = {(s.kind, s.id): s for found in version.sources.values() for s in found}
    whole = tuple(Source(kind=kind, id=found) for kind, found in sorted(every))

    def told(key: str) -> Fact | None:
        text = version.facts.get(key)
        return Fact(text=text, sources=version.sources.get(key, whole)) if text else None

    return AdvisoryEntry(
        key=slug,
        model=version.facts.get("model") or slug,
        version=Fact(text=str(version.number), value=version.number, sources=whole),
        written_on=Fact(text=f"{version.created_at:%Y-%m-%d}", sources=whole),
        status=told("status"),
        severity=told("severity"),
        replacement=told("alternatives/primary/model"),
        changes=version.changes,
    )


def _demand(criterion: CriterionEntry, *, bar: bool = False) -> Demand:
    """Return a check as documents name it that do not go into it; ``bar`` adds what a tool must not find."""
    level = criterion.block_at if bar and criterion.key not in ("syntax", "tests", "examples") else None
    return Demand(key=criterion.key, required=criterion.required, block_at=level)


def _unmeasured(model: ModelEntry) -> ModelEntry:
    """Return what the policy says of a model: a document states no figure that it does not show."""
    return ModelEntry.model_validate({**dict(model), "measured": None, "needs": None, "released_on": None})


def _name_of(tier: Tier | None) -> Tier | None:
    return None if tier is None else Tier(model=tier.model)


def _linked(model: ModelEntry, advisories: set[str]) -> ModelEntry:
    """Return the model with the place of its advisory in the index, where the store has it."""
    if model.advisory is None:
        return model
    slug = model.advisory.text.removeprefix("advisory/")
    return ModelEntry.model_validate({**dict(model), "slug": slug}) if slug in advisories else model
