"""What to use instead: of the models that were measured beside it, those that fit, pass more, and may be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from council.advising.evidence import Evidence, Measured
from council.advising.rating import rate_of, rated_by, status_of
from council.advising.sentences import say
from council.policies import standing_of
from council.policies.names import read_name
from council.types.advisories import AdvisoryStatus, Alternative, Sentence
from council.types.benchmarks import BenchedModel
from council.types.facts import Fact

GIGA = 1e9
"""As makers of memory count."""


@dataclass(frozen=True)
class Choice:
    """The alternatives, and what to say about those that are none."""

    alternatives: tuple[Alternative, ...]
    note: Sentence
    fit: bool = False
    """Whether the primary one is itself fit for production by the policy."""
    tiers: Sentence | None = None
    named: Fact | None = None
    """What the policy names in place of the model, where nobody measured it on these tasks."""

    def role(self, role: str) -> Alternative | None:
        """Return the alternative for a use."""
        return next((a for a in self.alternatives if a.role == role), None)


def choose(evidence: Evidence, one: Measured, subject: str, *, memory: Fact | None) -> Choice:
    """Return the best model that fits, and for drafts the fastest that passes anything in less time.

    A primary alternative passes a larger share of the same tasks than the subject. Models that the policy discourages
    or bans, and those larger than the memory, are no alternatives. A model of unknown size is not said to fit.
    """
    limit = None if memory is None else float(str(memory.value)) * GIGA
    others = [model for model in one.benchmark.models if model.name != subject]
    allowed = [m for m in others if not standing_of(evidence.policy, m.name, digest=m.digest, use="final").remarkable]
    fitting = [m for m in allowed if limit is None or (size_of(m) or 0) <= limit]
    own = rate_of(one.table, subject) or 0.0
    better = [m for m in fitting if (rate_of(one.table, m.name) or 0.0) > own]
    primary = max(
        better, key=lambda m: (rate_of(one.table, m.name) or 0.0, -(_time(one, m) or 1e9), m.name), default=None
    )
    drafts = _fastest(evidence, one, others, primary, limit)
    chosen = tuple(
        _alternative(evidence, one, model, role, subject)
        for model, role in ((primary, "primary"), (drafts, "drafts"))
        if model is not None
    )
    named = _named(evidence, one, subject)
    note = _with_named(evidence, _note(evidence, one, subject, memory, chosen), named)
    fit = primary is not None and status_of(one.table, primary.name, evidence.policy.advisory) is AdvisoryStatus.FIT
    return Choice(alternatives=chosen, note=note, fit=fit, tiers=_tiers(evidence, one, primary, drafts), named=named)


def _with_named(evidence: Evidence, note: Sentence, named: Fact | None) -> Sentence:
    """Add what the policy names, and that nobody has measured it here."""
    if named is None:
        return note
    words = "The policy {policy} names {named} in its place; it was not measured on these tasks."
    more = say("named", words, policy=evidence.fact("policy", evidence.policy.id), named=named)
    both: Sentence = note.but(text=f"{note.text} {more.text}", facts=(*note.facts, *more.facts))
    return both


def _named(evidence: Evidence, one: Measured, subject: str) -> Fact | None:
    """Return the replacement in the policy's own rule about the model, unless it was measured beside it."""
    model = one.benchmark.model(subject)
    rule = standing_of(evidence.policy, subject, digest=model.digest if model else None).rule
    if rule is None or not rule.replacement:
        return None
    measured = {read_name(m.name)[1:] for m in one.benchmark.models}
    if read_name(rule.replacement)[1:] in measured:
        return None
    return evidence.fact("policy", evidence.policy.id, "models", evidence.policy.models.index(rule), "replacement")


def size_of(model: BenchedModel) -> int | None:
    """Return the bytes a model takes: in memory where that was seen, else its file."""
    if model.memory is not None and model.memory.size_bytes is not None:
        return model.memory.size_bytes
    return model.size_bytes


def _time(one: Measured, model: BenchedModel) -> float | None:
    row = one.table.row("time_per_task_s")
    cell = row.cell(model.name) if row else None
    return cell.value if cell else None


def _fastest(
    evidence: Evidence, one: Measured, others: Sequence[BenchedModel], primary: BenchedModel | None, limit: float | None
) -> BenchedModel | None:
    reference = _time(one, primary) if primary is not None else None
    if reference is None:
        return None
    fast = [
        (taken, model.name, model)
        for model in others
        if (taken := _time(one, model)) is not None
        and taken < reference
        and (rate_of(one.table, model.name) or 0.0) > 0
        and (limit is None or (size_of(model) or 0) <= limit)
        and not standing_of(evidence.policy, model.name, digest=model.digest, use="drafts").remarkable
    ]
    return min(fast, key=lambda entry: entry[:2])[2] if fast else None


def _alternative(evidence: Evidence, one: Measured, model: BenchedModel, role: str, subject: str) -> Alternative:
    record = one.benchmark.benchmark_id
    metric = rated_by(one.table)
    name = evidence.fact("benchmark", record, "models", model.name, "name")
    details = [("passes every test", evidence.fact("benchmark", record, "table", metric, model.name))]
    if _time(one, model) is not None:
        details.append(("time a task", evidence.fact("benchmark", record, "table", "time_per_task_s", model.name)))
    for title, parts, known in (
        ("in memory", ("memory", "size_bytes"), model.memory is not None and model.memory.size_bytes is not None),
        ("how that is known", ("memory", "known_by"), model.memory is not None and model.memory.size_bytes is not None),
        ("on disk", ("size_bytes",), model.size_bytes is not None),
        ("quantisation", ("quantisation",), model.quantisation is not None),
        ("released", ("released_on",), model.released_on is not None),
    ):
        if known:
            details.append((title, evidence.fact("benchmark", record, "models", model.name, *parts)))
    reasons = [_better(evidence, one, model.name, subject)] if role == "primary" else []
    if role == "primary" and (wins := _wins(evidence, one, model.name)):
        reasons.append(wins)
    return Alternative(
        key=role,
        role="primary" if role == "primary" else "drafts",
        model=name,
        details=tuple(details),
        reasons=tuple(reasons),
        runs_here=not model.imported,
    )


def _better(evidence: Evidence, one: Measured, model: str, subject: str) -> Sentence:
    record, metric = one.benchmark.benchmark_id, rated_by(one.table)
    row = one.table.row(metric)
    facts = {
        "mine": evidence.fact("benchmark", record, "table", metric, model),
        "theirs": evidence.fact("benchmark", record, "table", metric, subject),
        "subject": evidence.fact("benchmark", record, "models", subject, "name"),
    }
    words = "It passed {mine} of the same tasks, {subject} {theirs}"
    if row is not None and row.winner == model:
        facts["method"] = evidence.fact("benchmark", record, "rows", metric, "method")
        return say("better", words + "; the difference is shown ({method}).", **facts)
    return say("better", words + ".", **facts)


def _wins(evidence: Evidence, one: Measured, model: str) -> Sentence | None:
    """Return the other metrics in which a paired test shows it to be the best of all that were measured."""
    record, decisive = one.benchmark.benchmark_id, rated_by(one.table)
    won = [row.metric for row in one.table.rows if row.winner == model and row.p_value is not None]
    facts: dict[str, Fact] = {}
    for number, metric in enumerate(metric for metric in won if metric != decisive):
        facts[f"t{number}"] = evidence.fact("benchmark", record, "rows", metric, "title")
        facts[f"w{number}"] = evidence.fact("benchmark", record, "rows", metric, "p_value")
    if not facts:
        return None
    words = ", ".join(f"{{t{number}}} ({{w{number}}})" for number in range(len(facts) // 2))
    return say("wins", "Shown to be the best of all in: " + words + ".", **facts)


def _tiers(
    evidence: Evidence, one: Measured, primary: BenchedModel | None, drafts: BenchedModel | None
) -> Sentence | None:
    if primary is None or drafts is None:
        return None
    record = one.benchmark.benchmark_id
    return say(
        "two-tiers",
        "Draft with {drafts} ({fast} a task), finish with {primary} ({slow} a task).",
        drafts=evidence.fact("benchmark", record, "models", drafts.name, "name"),
        fast=evidence.fact("benchmark", record, "table", "time_per_task_s", drafts.name),
        primary=evidence.fact("benchmark", record, "models", primary.name, "name"),
        slow=evidence.fact("benchmark", record, "table", "time_per_task_s", primary.name),
    )


def _note(
    evidence: Evidence, one: Measured, subject: str, memory: Fact | None, chosen: tuple[Alternative, ...]
) -> Sentence:
    """Say how far the choice can be trusted: what was asked for, and what is not known."""
    tasks = evidence.fact("benchmark", one.benchmark.benchmark_id, "table", "tasks")
    if not any(alternative.role == "primary" for alternative in chosen):
        name = evidence.fact("benchmark", one.benchmark.benchmark_id, "models", subject, "name")
        if memory is None:
            return say("note", "No model measured on the same {tasks} passes more than {name}.", tasks=tasks, name=name)
        return say(
            "note",
            "No model measured on the same {tasks} passes more than {name}, fits into {memory} and may be used.",
            tasks=tasks, name=name, memory=memory,
        )  # fmt: skip
    unknown = [m for m in one.benchmark.models if size_of(m) is None and m.name in {a.model.value for a in chosen}]
    names = {"memory": memory} if memory is not None else {}
    words = "Among the models measured on the same {tasks}" + (" that fit into {memory}." if memory else ".")
    if unknown:
        words = words.replace(" that fit into {memory}", "")
        words += " Their size is not known" + (
            ": whether they fit into {memory} is for you to check." if memory else "."
        )
    elif memory is None:
        words += " No memory was named: all sizes count."
    return say("note", words, tasks=tasks, **names)
