"""``council advise`` as a function: reads the archive, measures, puts the advisory together and keeps its versions."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from council.advising import (
    Evidence,
    Measured,
    Words,
    advisory_id,
    changes_between,
    compose_advisory,
    foreign_numbers,
    gather_sittings,
    prose_prompt,
    same_facts,
    slug_of,
    stated,
    with_history,
)
from council.advising.rating import rate_of
from council.errors import StoreError, UsageError
from council.measuring import tabulate
from council.policies import Admission, Policy, Role, load_policy
from council.policies.names import read_name
from council.prose import paragraphs_of
from council.protocols import Archive, BenchmarkSummary, ModelClient
from council.rendering import figures
from council.rendering.marks import mark_lines
from council.settings import secret_values
from council.templating import Templates
from council.text import one_line, redact
from council.types.advisories import Advisory
from council.types.base import now
from council.types.calls import Call
from council.types.facts import Fact, Source, distinct_sources
from council.types.knowledge import DocumentVersion, Knowledge, KnowledgeKind

_MOST_BENCHMARKS = 1000
_MOST_KNOWLEDGE = 1000
_CHAIR = Role("the chair", "review", "--chair", "ollama_chat/")
WORDS = Words(figures=figures, marks=mark_lines)


class Prose(NamedTuple):
    """A summary that a model wrote, as it may be shown; ``refused`` says why it may not."""

    chair: str
    paragraphs: tuple[str, ...] = ()
    refused: str | None = None


class Advised(NamedTuple):
    """An advisory, and the version that was made for it, where its facts are new."""

    advisory: Advisory
    evidence: Evidence
    new_version: DocumentVersion | None


class NoEvidence(StoreError):
    """The store holds nothing about the model."""


class Study(NamedTuple):
    """Everything that an advisory about one model rests on, read once."""

    bare: Advisory
    """Without version, date and changelog."""
    evidence: Evidence
    latest: DocumentVersion | None


def advise(
    model: str,
    *,
    archive: Archive,
    policy: Policy,
    against: Sequence[str] = (),
    benchmarks: Sequence[str] = (),
    memory_gb: float | None = None,
    write: bool = True,
) -> Advised:
    """Return the advisory about a model from what the archive holds, and keep a version when its facts are new.

    Args:
        write: whether the version and its knowledge are kept.

    The others are those of ``study_model``, and so are the errors.
    """
    study = study_model(
        model, archive=archive, policy=policy, against=against, benchmarks=benchmarks, memory_gb=memory_gb
    )
    advised = conclude(study)
    if write:
        keep(archive, advised)
    return advised


def study_model(
    model: str,
    *,
    archive: Archive,
    policy: Policy,
    against: Sequence[str] = (),
    benchmarks: Sequence[str] = (),
    memory_gb: float | None = None,
) -> Study:
    """Read what the archive holds about a model and put its advisory together.

    Args:
        model: as people call it; case, registries and packing do not matter.
        archive: what was measured and learnt.
        policy: thresholds, exit criteria, rules, and which models may be recommended.
        against: models to compare with; by default the best of the same benchmark.
        benchmarks: ids of the benchmarks to use; by default the newest of each suite that holds these models.
        memory_gb: alternatives must fit into it.

    Raises:
        NoEvidence: with the command that makes some.
        UsageError: a name that fits no model, or several.
        StoreError: the archive cannot be read.
    """
    subject, ones = _find(archive, model, against, benchmarks)
    rivals = tuple(_named(name, _names(ones[:1]), "--against") for name in against) or _best(ones[0], subject)
    asked = {} if memory_gb is None else {"memory_gb": f"{memory_gb:g}"}
    evidence = _gather(archive, policy, subject, ones, asked)
    bare = compose_advisory(evidence, subject, against=rivals)
    latest = max(evidence.versions[advisory_id(subject)], key=lambda v: v.number, default=None)
    return Study(bare, evidence, latest)


def conclude(study: Study, prose: Prose | None = None) -> Advised:
    """Return the advisory with its version: the kept one where its facts are the same, else the next.

    ``prose`` is a summary that a model wrote, in place of the built one.
    """
    facts = stated(study.bare)
    same = study.latest is not None and same_facts(study.latest, facts, clean=_clean)
    if study.latest is not None and same and not _new_prose(study.latest, prose):
        return Advised(with_history(study.bare, study.evidence), study.evidence, None)
    more = {**_asked_facts(study.evidence.asked), **_prose_facts(prose)}
    version = _next(study.bare, study.latest, facts, more)
    evidence = study.evidence.with_version(advisory_id(study.bare.subject), version)
    return Advised(with_history(study.bare, evidence), evidence, version)


async def write_prose(
    advisory: Advisory, chair: str, *, policy: Policy, client: ModelClient, templates: Templates
) -> Prose:
    """Ask a model for the summary and return it, refused where it holds a number that no fact has.

    Raises ``ModelBanned`` for a chair that the policy bans, ``ModelError`` where the model gives no answer.
    """
    admission = Admission(policy)
    admission.require(chair, _CHAIR)
    reply = await client.complete(Call(model=chair, messages=prose_prompt(advisory, templates), purpose="advise"))
    banned = admission.turn_away(reply, _CHAIR)
    if banned is not None:
        raise banned
    paragraphs = paragraphs_of(reply.text)
    if not paragraphs:
        return Prose(chair, refused="its answer was empty")
    foreign = foreign_numbers(paragraphs, advisory)
    if foreign:
        return Prose(chair, refused=f"it says {', '.join(foreign[:5])}, which no fact says")
    return Prose(chair, paragraphs)


def kept_prose(advised: Advised) -> Prose | None:
    """Return the summary that a model wrote for these very facts, where one is kept already."""
    if advised.new_version is not None or not advised.advisory.prose or advised.advisory.prose_by is None:
        return None
    texts = tuple(str(fact.value) for fact in advised.advisory.prose)
    return Prose(str(advised.advisory.prose_by.value), texts)


def keep(archive: Archive, advised: Advised) -> None:
    """Keep a new version, and the advisory's entry in the knowledge base where it is missing or says something else."""
    advisory, record = advised.advisory, advisory_id(advised.advisory.subject)
    if advised.new_version is not None:
        archive.add_version(advised.new_version)
    versions = sorted(advised.evidence.versions[record], key=lambda version: version.number)
    told = (*((advisory.key_finding,) if advisory.key_finding else ()), *advisory.summary)
    entry = Knowledge(
        knowledge_id=record,
        kind=KnowledgeKind.ADVISORY,
        title=one_line(f"{advisory.subject}: {advisory.status.text}"),
        text="\n".join(sentence.text for sentence in told),
        evidence=_records(advisory),
        created_at=versions[0].created_at,
        updated_at=versions[-1].created_at if versions[1:] else None,
    )
    if advised.evidence.knowledge.get(record) != entry:
        archive.put_knowledge(entry)


def resolve(source: Source, archive: Archive, *, policy: Policy | None = None) -> Fact:
    """Look a source up in the archive, afresh, and return what stands there as a fact: its text and its value.

    Tables, counts and classes are computed again from the samples. Raises ``LookupError`` or ``StoreError`` where
    there is nothing.
    """
    return Resolver(archive, policy=policy)(source)


class Resolver:
    """Looks sources up in one archive and reads each record of it only once."""

    def __init__(self, archive: Archive, *, policy: Policy | None = None) -> None:
        self._archive = archive
        self._policy = policy
        self._evidence: Evidence | None = None

    def __call__(self, source: Source) -> Fact:
        """Return what stands at a source. Raises ``LookupError`` or ``StoreError``."""
        evidence = self._evidence or Evidence(policy=self._policy or load_policy("python-team"), words=WORDS)
        self._evidence = evidence
        if source.kind == "benchmark" and source.id not in evidence.measured:
            evidence.measured[source.id] = measure(self._archive, source.id)
        elif source.kind == "session" and source.id not in evidence.sessions:
            evidence.sessions[source.id] = self._archive.read_session(source.id)
        elif source.kind == "knowledge" and source.id not in evidence.versions:
            self._learn(evidence, source.id)
        elif source.kind == "policy" and source.id != evidence.policy.id:
            evidence.policy = load_policy(source.id)
        seen = evidence.look(source)
        return Fact(text=seen.text or "unknown", value=seen.value, sources=(source,))

    def _learn(self, evidence: Evidence, record: str) -> None:
        evidence.knowledge[record] = self._archive.read_knowledge(record)
        versions = self._archive.list_versions(f"advisory/{record.removeprefix('advisory-')}")
        evidence.versions[record] = versions
        evidence.asked.update(_asked(versions))


def measure(archive: Archive, benchmark_id: str) -> Measured:
    """Return a benchmark with its samples and its table. Raises ``StoreError``."""
    benchmark = archive.read_benchmark(benchmark_id)
    samples = archive.read_samples(benchmark.benchmark_id)
    return Measured(benchmark=benchmark, samples=samples, table=tabulate(benchmark, samples))


def document_name(model: str) -> str:
    """Return the name under which the versions of a model's advisory are kept."""
    return f"advisory/{slug_of(model)}"


def _asked(versions: Sequence[DocumentVersion]) -> dict[str, str]:
    latest = max(versions, key=lambda version: version.number, default=None)
    facts = latest.facts if latest else {}
    return {key.removeprefix("asked/"): text for key, text in facts.items() if key.startswith("asked/")}


def _find(
    archive: Archive, model: str, against: Sequence[str], wanted: Sequence[str]
) -> tuple[str, tuple[Measured, ...]]:
    """Return the model as it is named, and the benchmarks to use: the one that decides first."""
    everything = list(archive.list_benchmarks(limit=_MOST_BENCHMARKS))
    if wanted:
        chosen = {archive.read_benchmark(name).benchmark_id for name in wanted}
        everything = [summary for summary in everything if summary.benchmark_id in chosen]
    known = sorted({name for summary in everything for name in summary.models})
    subject = _named(model, known, "MODEL", missing=NoEvidence)
    rivals = [_named(name, known, "--against") for name in against]
    newest: dict[str, BenchmarkSummary] = {}
    for summary in everything:
        if subject in summary.models and summary.done and all(name in summary.models for name in rivals):
            if wanted:
                newest[summary.benchmark_id] = summary
            else:
                newest.setdefault(summary.suite, summary)
    if not newest:
        together = f" together with {', '.join(one_line(r, 60) for r in rivals)}" if rivals else ""
        raise NoEvidence(f"no benchmark in the store holds {one_line(subject, 80)}{together}", _remedy(subject))
    # The benchmark with the most tasks decides; of equals the newest, and they come newest first.
    order = sorted(newest.values(), key=lambda summary: -summary.tasks)
    return subject, tuple(measure(archive, summary.benchmark_id) for summary in order)


def _named(name: str, known: Sequence[str], option: str, *, missing: type[StoreError] | None = None) -> str:
    """Return the one known model that a name means. Raises ``UsageError``, or ``missing`` where none does."""
    if name in known:
        return name
    asked = read_name(name)
    alike = [k for k in known if k.casefold() == name.casefold()] or [
        k for k in known if (read_name(k).stem, read_name(k).size) == (asked.stem, asked.size)
    ]
    alike = alike or [k for k in known if asked.size is None and read_name(k).stem == asked.stem]
    if len(alike) == 1:
        return alike[0]
    shown = one_line(name, 80)
    if alike:
        raise UsageError(f"{option} {shown} fits several models", f"Name one: {', '.join(alike)}")
    close = difflib.get_close_matches(name, known, 1, 0.5)
    hint = f"Did you mean {one_line(close[0], 80)}?" if close else None
    if missing is not None:
        raise missing(f"the store holds no evidence about {shown}", hint or _remedy(name))
    raise UsageError(f"{option} {shown} is in no such benchmark", hint or f"There are: {', '.join(known) or 'none'}")


def _remedy(model: str) -> str:
    run = f"council bench run core --model {shlex.quote(one_line(model, 80))}"
    return f"Measure it with: {run}, or read recorded outputs with: council bench import FILE"


def _names(ones: Sequence[Measured]) -> tuple[str, ...]:
    return tuple(model.name for one in ones for model in one.benchmark.models)


def _best(one: Measured, subject: str) -> tuple[str, ...]:
    """Return the other models of a benchmark, the best first."""
    others = [name for name in _names((one,)) if name != subject]
    return tuple(sorted(others, key=lambda name: (-(rate_of(one.table, name) or 0.0), name)))


def _gather(
    archive: Archive, policy: Policy, subject: str, ones: tuple[Measured, ...], asked: dict[str, str]
) -> Evidence:
    """Return the evidence: the benchmarks, the sittings over the model's programs, what was written down of both."""
    ids = {one.benchmark.benchmark_id for one in ones}
    sittings = tuple(gather_sittings(archive, subject, ones))
    rests_on = ids | {session.session_id for session in sittings}
    record = advisory_id(subject)
    entries = archive.list_knowledge(limit=_MOST_KNOWLEDGE)
    learnt = tuple(
        entry
        for entry in sorted(entries, key=lambda entry: entry.knowledge_id)
        if entry.knowledge_id == record
        or (entry.kind is not KnowledgeKind.ADVISORY and any(source.id in rests_on for source in entry.evidence))
    )
    versions = archive.list_versions(document_name(subject))
    return Evidence(
        policy=policy,
        words=WORDS,
        measured=ones,
        sessions=sittings,
        knowledge=learnt,
        versions={record: versions},
        asked=asked,
    )


def _clean(text: str) -> str:
    """Take out what the store would: else a fact that looks like a key would differ from its kept self for ever."""
    return redact(text, secret_values())


def _asked_facts(asked: Mapping[str, str]) -> dict[str, str]:
    return {f"asked/{name}": value for name, value in asked.items()}


def _prose_facts(prose: Prose | None) -> dict[str, str]:
    if prose is None or not prose.paragraphs:
        return {}
    numbered = {f"prose/{number}": text for number, text in enumerate(prose.paragraphs, 1)}
    return {"prose_by": prose.chair, **numbered}


def _new_prose(latest: DocumentVersion, prose: Prose | None) -> bool:
    return any(latest.facts.get(key) != text for key, text in _prose_facts(prose).items())


def _next(
    advisory: Advisory, latest: DocumentVersion | None, facts: dict[str, Fact], more: dict[str, str]
) -> DocumentVersion:
    return DocumentVersion(
        name=f"advisory/{advisory.slug}",
        number=latest.number + 1 if latest else 1,
        created_at=now(),
        facts={**{key: fact.text for key, fact in facts.items()}, **more},
        sources={key: fact.sources for key, fact in facts.items()},
        changes=changes_between(latest, facts, summary_by=more.get("prose_by")),
    )


def _records(advisory: Advisory) -> tuple[Source, ...]:
    """Return the records an advisory rests on, each once."""
    every = distinct_sources(list(advisory.facts().values()))
    own = advisory_id(advisory.subject)
    found = {(s.kind, s.id): Source(kind=s.kind, id=s.id) for s in every if s.kind != "policy" and s.id != own}
    return tuple(found[key] for key in sorted(found))
