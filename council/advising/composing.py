"""Puts an advisory together from evidence. Pure: records in, one record out."""

from __future__ import annotations

from collections.abc import Sequence

from council.advising.answers import (
    Told,
    key_finding_of,
    questions_of,
    same_kind,
    summary_of,
    verdict_of,
    why_of,
)
from council.advising.bugs import bugs_of, edge_failures_of, validation_of
from council.advising.choosing import choose
from council.advising.evidence import Evidence, Measured
from council.advising.guides import (
    do_and_dont,
    doubts_of,
    migration_of,
    new_projects_of,
    requirements_of,
    validation_commands,
)
from council.advising.rating import rated_by, severity_of, status_of
from council.advising.sentences import say
from council.advising.sittings import participants_of, sittings_of
from council.policies import standing_of
from council.text import one_line
from council.types.advisories import (
    Advisory,
    Change,
    ComparisonRow,
    Measurement,
    ModelLine,
    Sentence,
    SourceLine,
)
from council.types.facts import Fact
from council.types.knowledge import KnowledgeKind

_MACHINE = ("system", "cpu", "gpu", "server")


def slug_of(model: str) -> str:
    """Return a model's name for file names and ids.

    >>> slug_of("CodeLlama-34b-Instruct"), slug_of("hf.co/x/qwen2.5-coder:0.5b")
    ('codellama-34b-instruct', 'hf.co-x-qwen2.5-coder-0.5b')
    """
    kept = "".join(char if char.isascii() and (char.isalnum() or char == ".") else "-" for char in model.casefold())
    return "-".join(part for part in kept.split("-") if part).strip(".-")[:60] or "model"


def advisory_id(model: str) -> str:
    """Return the id of a model's advisory in the knowledge base."""
    return f"advisory-{slug_of(model)}"


def compose_advisory(evidence: Evidence, subject: str, *, against: Sequence[str] = ()) -> Advisory:
    """Return the advisory about a model.

    Args:
        evidence: the first benchmark decides status, bugs and alternatives; the others are shown beside it.
        subject: the model as the benchmarks name it.
        against: models whose right code stands beside the faulty one, the first that has some.

    Raises ``LookupError`` where the first benchmark does not hold the model.
    """
    ones = tuple(evidence.measured.values())
    one = ones[0]
    record = one.benchmark.benchmark_id
    status = status_of(one.table, subject, evidence.policy.advisory)
    memory = evidence.fact("knowledge", advisory_id(subject), "asked", "memory_gb") if evidence.asked else None
    choice = choose(evidence, one, subject, memory=memory)
    told = Told(evidence, one, subject, choice, status)
    bugs = bugs_of(evidence, one, subject, against)
    edges = edge_failures_of(evidence, one, subject)
    hidden = one.failures[subject].tally("unseen").count
    do, dont = do_and_dont(evidence, one, subject, choice, status)
    policy = evidence.fact("policy", evidence.policy.id)
    severity = severity_of(one.table, subject, evidence.policy.advisory)
    rules = tuple(evidence.fact("policy", evidence.policy.id, "advisory", name).sources[0] for name in _RULES)
    return Advisory(
        slug=slug_of(subject),
        subject=subject,
        policy_id=evidence.policy.id,
        model=told.name,
        status=evidence.fact("benchmark", record, "status", subject, also=rules),
        severity=evidence.fact("benchmark", record, "severity", subject, also=rules) if severity else None,
        standing=_standing(evidence, one, subject),
        evidence=tuple(fact for other in ones for fact in (_title(evidence, other), _id(evidence, other))),
        key_finding=key_finding_of(told),
        summary=summary_of(told),
        measurements=tuple(_measurement(evidence, other, subject) for other in ones),
        failures=_failures(told),
        rare=_rare(told),
        bugs=bugs,
        edge_failures=edges,
        edge_more=told.tally("unseen") if hidden > len(edges) else None,
        validation=validation_of(evidence, one, bugs),
        failure_rate=_failure_rate(told),
        why=why_of(told),
        council=sittings_of(evidence),
        findings=_findings(evidence),
        alternatives=choice.alternatives,
        alternatives_note=choice.note,
        two_tiers=choice.tiers,
        migration=migration_of(told.name, choice, policy),
        new_projects=new_projects_of(told.name, policy),
        validation_commands=validation_commands(policy),
        requirements=requirements_of(evidence),
        do=do,
        dont=dont,
        in_doubt=doubts_of(policy),
        verdict=verdict_of(told),
        questions=questions_of(told, _other_sizes(evidence, subject)),
        sources=_sources(evidence),
        participants=participants_of(evidence),
        contact=evidence.fact("policy", evidence.policy.id, "contact") if evidence.policy.contact else None,
    )


def with_history(advisory: Advisory, evidence: Evidence) -> Advisory:
    """Return the advisory with version, date and changelog of its kept versions, and the summary kept with them."""
    record = f"advisory-{advisory.slug}"
    versions = sorted(evidence.versions.get(record, ()), key=lambda version: -version.number)
    if not versions:
        return advisory
    newest = versions[0].number
    prose = sorted(key for key in versions[0].facts if key.startswith("prose/"))
    changed: Advisory = advisory.but(
        version=evidence.fact("knowledge", record, "versions", newest),
        date=evidence.fact("knowledge", record, "versions", newest, "created_at"),
        prose=tuple(evidence.fact("knowledge", record, "versions", newest, "facts", key) for key in prose),
        prose_by=(
            evidence.fact("knowledge", record, "versions", newest, "facts", "prose_by")
            if "prose_by" in versions[0].facts
            else None
        ),
        changelog=tuple(
            Change(
                key=str(version.number),
                number=version.number,
                version=evidence.fact("knowledge", record, "versions", version.number),
                date=evidence.fact("knowledge", record, "versions", version.number, "created_at"),
                changes=tuple(
                    evidence.fact("knowledge", record, "versions", version.number, "changes", n)
                    for n in range(len(version.changes))
                ),
            )
            for version in versions
        ),
    )
    return changed


_RULES = ("min_tasks", "fit_at", "medium_below", "high_below", "critical_below")


def _id(evidence: Evidence, one: Measured) -> Fact:
    return evidence.fact("benchmark", one.benchmark.benchmark_id)


def _title(evidence: Evidence, one: Measured) -> Fact:
    name = "suite_title" if one.benchmark.suite_title else "suite"
    return evidence.fact("benchmark", one.benchmark.benchmark_id, name)


def _standing(evidence: Evidence, one: Measured, subject: str) -> Fact | None:
    """Return the status that the policy gives the model, where a rule of it matches."""
    model = one.benchmark.model(subject)
    standing = standing_of(evidence.policy, subject, digest=model.digest if model else None)
    if standing.rule is None:
        return None
    number = evidence.policy.models.index(standing.rule)
    return evidence.fact("policy", evidence.policy.id, "models", number, "status")


def _measurement(evidence: Evidence, one: Measured, subject: str) -> Measurement:
    bench = one.benchmark

    def fact(*parts: object) -> Fact:
        return evidence.fact("benchmark", bench.benchmark_id, *parts)

    metric = rated_by(one.table)
    order = [subject, *(m.name for m in bench.models if m.name != subject)]
    lines = tuple(
        ModelLine(
            key=name,
            model=fact("models", name, "name"),
            time=fact("table", "time_per_task_s", name),
            quality=fact("table", metric, name),
            verdict=fact("verdict", name),
            subject=name == subject,
        )
        for name in order
        if bench.model(name) is not None
    )
    rows = tuple(
        ComparisonRow(
            key=row.metric,
            title=fact("rows", row.metric, "title"),
            cells=tuple(fact("table", row.metric, name) for name in order if row.cell(name) is not None),
            winner=fact("rows", row.metric, "winner"),
        )
        for row in one.table.rows
        if any(cell.value is not None or cell.word not in (None, "unknown") for cell in row.cells)
    )
    return Measurement(
        key=bench.suite if _alone(evidence, bench.suite) else f"{bench.suite} {bench.benchmark_id}",
        benchmark=fact(),
        title=_title(evidence, one),
        date=fact("created_at"),
        tasks=fact("table", "tasks"),
        samples_per_task=fact("samples_per_task"),
        machine=tuple(fact("machine", name) for name in _MACHINE if getattr(bench.machine, name)),
        imported_from=fact("imported_from") if bench.imported_from else None,
        lines=lines,
        models=tuple(line.model for line in lines),
        rows=rows,
        notes=tuple(fact("notes", n) for n in range(len(one.table.notes))),
    )


def _alone(evidence: Evidence, suite: str) -> bool:
    """Whether only one benchmark is of this suite: then versions stay comparable when it is run again."""
    return sum(one.benchmark.suite == suite for one in evidence.measured.values()) == 1


def _failures(told: Told) -> Sentence | None:
    if not told.failures.failed:
        return say("none", "None of its programs failed a test: {failed} did.", failed=told.tally("failed"))
    return say(
        "failures",
        "{failed} failed, in {classes}.",
        failed=told.tally("failed"), classes=told.tally("classes"),
    )  # fmt: skip


def _rare(told: Told) -> Sentence | None:
    """Return how many classes are left out, where some are."""
    if not told.failures.tally("rare").count:
        return None
    return say("rare", "Left out below, as each was seen on fewer tasks: {rare}.", rare=told.tally("rare"))


def _failure_rate(told: Told) -> Sentence:
    words = "{failed} failed; {rate} pass " + told.every + "."
    return say("rate", words, failed=told.tally("failed"), rate=told.rate)


def _other_sizes(evidence: Evidence, subject: str) -> tuple[tuple[Fact, Fact, Fact], ...]:
    """Return name, rate and benchmark of every other size of the model that was measured."""
    found = []
    for record, one in evidence.measured.items():
        for model in one.benchmark.models:
            if same_kind(subject, model.name):
                rate = evidence.fact("benchmark", record, "table", rated_by(one.table), model.name)
                found.append(
                    (evidence.fact("benchmark", record, "models", model.name, "name"), rate, _id(evidence, one))
                )
    return tuple(found)


def _findings(evidence: Evidence) -> tuple[SourceLine, ...]:
    """Return what councils or people wrote down about the same records."""
    return tuple(
        SourceLine(
            key=entry.knowledge_id,
            kind="knowledge",
            id=evidence.fact("knowledge", entry.knowledge_id),
            details=(
                evidence.fact("knowledge", entry.knowledge_id, "title"),
                evidence.fact("knowledge", entry.knowledge_id, "text"),
            ),
        )
        for entry in evidence.knowledge.values()
        if entry.kind in (KnowledgeKind.FINDING, KnowledgeKind.NOTE)
    )


def _sources(evidence: Evidence) -> tuple[SourceLine, ...]:
    found = [
        SourceLine(
            key=record,
            kind="benchmark",
            id=_id(evidence, one),
            details=(_title(evidence, one), evidence.fact("benchmark", record, "created_at")),
        )
        for record, one in evidence.measured.items()
    ]
    found += [
        SourceLine(
            key=record,
            kind="session",
            id=evidence.fact("session", record),
            details=(evidence.fact("session", record, "created_at"),),
        )
        for record in evidence.sessions
    ]
    found += [entry.but(details=entry.details[:1]) for entry in _findings(evidence)]
    policy = evidence.policy.id
    found.append(
        SourceLine(
            key=one_line(policy),
            kind="policy",
            id=evidence.fact("policy", policy),
            details=(evidence.fact("policy", policy, "title"),),
        )
    )
    return tuple(found)
