"""Models as facts: what the policy says of each, what was measured, and which fits where. No figure is made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from council.advising.rating import rated_by, status_of
from council.guidance.holdings import Measurement
from council.guidance.stating import of_policy
from council.policies import ModelRule, Policy, Standing, standing_of
from council.policies.names import read_name
from council.rendering.figures import figure, size
from council.text import one_line
from council.types.advisories import AdvisoryStatus
from council.types.benchmarks import BenchedModel
from council.types.facts import Fact, Source, distinct_sources
from council.types.guidelines import (
    Choice,
    Figure,
    Measured,
    MemoryChoice,
    ModelEntry,
    Tier,
    Tiers,
    Use,
    escaped,
)

MEMORY_GB = (4, 8, 16, 24, 48)
USES: tuple[Use, ...] = ("final", "drafts", "review")
METRICS = ("tests_passed", "edge_cases", "time_per_task_s", "tokens_per_s", "on_gpu")
"""What a guideline shows of a benchmark; the whole table is in the store."""
_STATUSES = ("recommended", "allowed", "discouraged", "banned")
_NEVER = 1e18
"""Sorts after everything that was measured."""


def state_models(policy: Policy, measurements: Sequence[Measurement], *, on: date) -> tuple[ModelEntry, ...]:
    """Return every model that the policy names or a benchmark measured, the best first, with what is known of it."""
    standings = {m.model.name: _standing(policy, m.model, on) for m in measurements}
    entries = []
    for rule in policy.models:
        own = [m for m in measurements if standings[m.model.name].rule == rule and _same(rule, m.model.name)]
        same = next((m for m in own if m.model.name == rule.name), own[0] if own else None)
        entries.append(_listed(policy, rule, same, on))
    shown = {entry.name for entry in entries if not entry.family}
    for measurement in measurements:
        if measurement.model.name not in shown:
            entries.append(_unlisted(policy, measurement, standings[measurement.model.name]))
    return tuple(sorted(entries, key=_rank))


def _same(rule: ModelRule, model: str) -> bool:
    """Whether a rule names this very model: one without a size speaks of all, and has no figures of its own."""
    if rule.name is None or rule.name == model:
        return rule.name is not None
    named, measured = read_name(rule.name), read_name(model)
    return named.size is not None and (named.stem, named.size) == (measured.stem, measured.size)


def state_unlisted(policy: Policy) -> Fact:
    """Return what holds for a model that nobody listed."""
    return of_policy(policy, policy.unlisted_models, policy.unlisted_models, "unlisted_models")


def choose_by_memory(policy: Policy, models: Sequence[ModelEntry]) -> tuple[MemoryChoice, ...]:
    """Return for each size of memory which recommended and allowed models fit and serve each use, the best first.

    An allowed model that was measured and is not fit for production serves for drafts alone.
    """
    return tuple(
        MemoryChoice(
            key=f"{gigabytes} GB",
            gigabytes=gigabytes,
            choices=tuple(_choice(use, [m for m in models if _fits(m, gigabytes)]) for use in USES),
        )
        for gigabytes in MEMORY_GB
    )


def choose_tiers(models: Sequence[ModelEntry]) -> Tiers:
    """Return the model to finish with and a faster one to draft with, of those that the policy recommends."""
    recommended = [model for model in models if model.word == "recommended" and not model.family]
    final = next((m for m in _sorted(recommended, "final") if m.measured), None) or next(
        iter(_sorted(recommended, "final")), None
    )
    drafts = [m for m in _sorted(recommended, "drafts") if final is None or _is_faster(m, final)]
    return Tiers(final=_tier(final), draft=_tier(drafts[0] if drafts else None))


def _standing(policy: Policy, model: BenchedModel, on: date) -> Standing:
    return standing_of(policy, model.name, digest=model.digest, family=model.family, on=on)


def _listed(policy: Policy, rule: ModelRule, measurement: Measurement | None, on: date) -> ModelEntry:
    """Return a model, or a family, that has a rule of its own."""
    standing = standing_of(policy, rule.name, on=on) if rule.name is not None else None
    word = standing.status if standing is not None else rule.status
    decides = rule if standing is None else standing.rule
    restricted = word != "banned" and set(rule.uses) != set(USES)
    return ModelEntry(
        key=rule.key,
        name=rule.name or rule.family or "",
        family=rule.name is None,
        status=_status(policy, word, decides),
        uses=_said(policy, rule, "uses", ", ".join(rule.uses)) if restricted else None,
        expires=_said(policy, rule, "expires", _until(rule, on)),
        released_on=_said(policy, rule, "released_on", rule.released_on) or _released(measurement),
        needs=_needs(policy, rule, measurement),
        measured=_measured(measurement),
        unfit=_unfit(policy, measurement),
        **_reasons(policy, rule),
    )


def _unlisted(policy: Policy, measurement: Measurement, standing: Standing) -> ModelEntry:
    """Return a model that only a benchmark, or a rule for other names of it, knows."""
    return ModelEntry(
        key=measurement.model.name,
        name=measurement.model.name,
        status=_status(policy, standing.status, standing.rule),
        released_on=_released(measurement),
        needs=_needs(policy, None, measurement),
        measured=_measured(measurement),
        unfit=_unfit(policy, measurement),
        **_reasons(policy, standing.rule),
    )


def _status(policy: Policy, word: str, rule: ModelRule | None) -> Fact:
    place = ("unlisted_models",) if rule is None else ("models", rule.key, "status")
    return of_policy(policy, word, word, *place)


def _reasons(policy: Policy, rule: ModelRule | None) -> dict[str, Fact | None]:
    """Return why a rule says what it says, its advisory, and what to use instead."""
    if rule is None:
        return {}
    return {
        "reason": _said(policy, rule, "reason", rule.reason),
        "advisory": _said(policy, rule, "advisory", rule.advisory),
        "replacement": _said(policy, rule, "replacement", rule.replacement),
    }


def _said(policy: Policy, rule: ModelRule, field: str, text: str | None) -> Fact | None:
    line = one_line(text or "", 600)
    return of_policy(policy, line, text, "models", rule.key, field) if line else None


def _until(rule: ModelRule, on: date) -> str | None:
    if rule.expires is None:
        return None
    return rule.expires.isoformat() + (", which is over" if rule.expires < on else "")


def _measured(measurement: Measurement | None) -> Measured | None:
    if measurement is None:
        return None
    name, benchmark = measurement.model.name, measurement.benchmark
    figures = []
    for metric in METRICS:
        known = measurement.cell(metric)
        if known is not None:
            row, cell = known
            place = f"table/{escaped(metric)}/{escaped(name)}"
            text = figure(cell, row.unit)
            figures.append(Figure(key=metric, title=row.title, fact=_of(measurement, text, cell.value, place)))
    return Measured(
        benchmark=_of(measurement, benchmark.benchmark_id, benchmark.benchmark_id, "benchmark_id"),
        figures=tuple(figures),
    )


def _unfit(policy: Policy, measurement: Measurement | None) -> Fact | None:
    """Return the share that an advisory about the model would call unfit for production."""
    if measurement is None:
        return None
    table, name = measurement.table, measurement.model.name
    known = measurement.cell(rated_by(table))
    if known is None or status_of(table, name, policy.advisory) is not AdvisoryStatus.NOT_RECOMMENDED:
        return None
    row, cell = known
    place = f"table/{escaped(row.metric)}/{escaped(name)}"
    return _of(measurement, figure(cell, row.unit), cell.value, place)


def _needs(policy: Policy, rule: ModelRule | None, measurement: Measurement | None) -> Fact | None:
    """Return the memory a model needs: measured, else as the policy says, else at least its file."""
    model = measurement.model if measurement is not None else None
    if measurement is not None and model is not None and model.memory is not None and model.memory.size_bytes:
        place = f"models/{escaped(model.name)}/memory/size_bytes"
        return _of(measurement, f"{size(model.memory.size_bytes)}, measured", model.memory.size_bytes, place)
    if rule is not None and rule.memory_gb is not None:
        text = f"{rule.memory_gb:g} GB, as the policy says"
        return of_policy(policy, text, rule.memory_gb * 1e9, "models", rule.key, "memory_gb")
    if measurement is not None and model is not None and model.size_bytes:
        place = f"models/{escaped(model.name)}/size_bytes"
        return _of(measurement, f"{size(model.size_bytes)} for its file alone", model.size_bytes, place)
    return None


def _released(measurement: Measurement | None) -> Fact | None:
    if measurement is None or not measurement.model.released_on:
        return None
    model = measurement.model
    return _of(measurement, one_line(str(model.released_on), 20), None, f"models/{escaped(model.name)}/released_on")


def _of(measurement: Measurement, text: str, value: str | float | None, pointer: str) -> Fact:
    source = Source(kind="benchmark", id=measurement.benchmark.benchmark_id, pointer=pointer)
    return Fact(text=text, value=value, sources=(source,))


def _choice(use: Use, models: Sequence[ModelEntry]) -> Choice:
    allowed = [m for m in models if m.word == "allowed" and (m.unfit is None or use == "drafts")]
    chosen = _sorted([m for m in models if m.word == "recommended"] + allowed, use)
    if not chosen:
        return Choice(key=use)
    facts = [fact for m in chosen for fact in (m.status, m.needs, _speed_or_rate(m, use)) if fact is not None]
    names = tuple(model.name for model in chosen)
    return Choice(key=use, models=names, fact=Fact(text=", ".join(names), sources=distinct_sources(facts)))


def _sorted(models: Sequence[ModelEntry], use: Use) -> list[ModelEntry]:
    """Return the models for a use, the best first: recommended before allowed, measured before not.

    Drafts: those the policy gives to drafts alone, then the fastest of those that passed something. Else: the one that
    passes most tests, edge cases next.
    """
    serving = [m for m in models if not m.family and (m.uses is None or use in str(m.uses.value).split(", "))]
    if use != "drafts":
        return sorted(serving, key=_rank)
    return sorted(serving, key=_draft_rank)


def _rank(model: ModelEntry) -> tuple[object, ...]:
    return (
        _STATUSES.index(model.word),
        -_number(model, "tests_passed", -1),
        -_number(model, "edge_cases", -1),
        model.key,
    )


def _draft_rank(model: ModelEntry) -> tuple[object, ...]:
    shared = model.uses is None or str(model.uses.value) != "drafts"
    useless = _number(model, "tests_passed", 0) == 0
    return (_STATUSES.index(model.word), shared, useless, _number(model, "time_per_task_s", _NEVER), model.key)


def _number(model: ModelEntry, metric: str, unknown: float) -> float:
    fact = model.measured.figure(metric) if model.measured is not None else None
    return float(fact.value) if fact is not None and isinstance(fact.value, int | float) else unknown


def _speed_or_rate(model: ModelEntry, use: Use) -> Fact | None:
    if model.measured is None:
        return None
    return model.measured.figure("time_per_task_s" if use == "drafts" else "tests_passed")


def _fits(model: ModelEntry, gigabytes: int) -> bool:
    needs = model.needs.value if model.needs is not None else None
    return isinstance(needs, int | float) and needs <= gigabytes * 1e9


def _is_faster(model: ModelEntry, final: ModelEntry) -> bool:
    """Whether a model can draft for another: it is another one, and not known to be slower."""
    if model.key == final.key:
        return False
    mine, theirs = _number(model, "time_per_task_s", _NEVER), _number(final, "time_per_task_s", _NEVER)
    return mine < theirs or _NEVER in (mine, theirs)


def _tier(model: ModelEntry | None) -> Tier | None:
    if model is None:
        return None
    status = model.status.sources[0]
    own = status.model_copy(update={"pointer": f"models/{escaped(model.key)}/name"})
    name = Fact(text=model.name, value=model.name, sources=(own, status))
    measured = model.measured
    return Tier(
        model=name,
        tests_passed=measured.figure("tests_passed") if measured else None,
        time_a_task=measured.figure("time_per_task_s") if measured else None,
    )
