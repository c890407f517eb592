"""An advisory about one model: every number, name, quoted line and piece of code in it is a fact with its source."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from council.types.base import Record
from council.types.facts import Fact

ADVISORY_SCHEMA = 1
"""Version of the JSON of advisories."""


class AdvisoryStatus(StrEnum):
    """What an advisory says of a model, by the thresholds of a policy."""

    FIT = "fit"
    NOT_RECOMMENDED = "not_recommended"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"
    """Fewer tasks than the policy asks for: nobody can say."""


class AdvisorySeverity(StrEnum):
    """How bad it is to use the model as if it were fit."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


class Sentence(Record):
    """A sentence made of facts and fixed words."""

    key: str
    """Stable in its section, so that versions can be compared."""
    text: str
    facts: tuple[Fact, ...] = ()


class Command(Record):
    """A command worth typing. ``words`` are shell words already: nothing in ``text`` needs quoting again."""

    key: str
    text: str
    needs: Literal["nothing", "ollama"] = "nothing"
    """``ollama``: it asks a local model."""
    facts: tuple[Fact, ...] = ()
    exit_codes: tuple[int, ...] = (0,)
    """What it may end with when it works: ``1`` is an answer too."""


class ModelLine(Record):
    """One model in a table of results."""

    key: str
    model: Fact
    time: Fact
    quality: Fact
    """The share of tries that passed every test, edge cases included."""
    verdict: Fact
    subject: bool
    """Whether the advisory is about this one."""


class Measurement(Record):
    """What one benchmark says: what was measured where, a line a model, a row a metric."""

    key: str
    benchmark: Fact
    title: Fact
    date: Fact
    tasks: Fact
    samples_per_task: Fact
    machine: tuple[Fact, ...] = ()
    imported_from: Fact | None = None
    lines: tuple[ModelLine, ...]
    models: tuple[Fact, ...]
    rows: tuple[ComparisonRow, ...]
    notes: tuple[Fact, ...] = ()


class ComparisonRow(Record):
    """One metric for every model of a benchmark, and who wins it."""

    key: str
    title: Fact
    cells: tuple[Fact, ...]
    winner: Fact


class Excerpt(Record):
    """Lines of somebody's code: only those that matter. What is left out stands between the parts."""

    key: str
    author: Fact
    """The model that wrote it, or the suite whose reference it is."""
    place: Fact
    """``lines 4 and 12–17``."""
    parts: tuple[Fact, ...]


class FailedTest(Record):
    """A test that did not pass, with what pytest printed."""

    key: str
    name: Fact
    kind: Literal["plain", "edge"]
    reason: Fact
    output: Fact | None = None


class BugExample(Record):
    """One failed attempt: the code, code that passes the same tests, and the test that shows the difference."""

    key: str
    task: Fact
    faulty: Excerpt
    expected: Excerpt | None = None
    """Code that passed every test of the task; ``None`` where none is known."""
    expected_by: Literal["model", "reference"] | None = None
    test: FailedTest | None = None
    said: Fact | None = None
    """Where no test could be run: what the syntax check says, or why there is no code."""
    no_code: bool = False
    """``faulty`` is how the reply begins: no program was found in it."""


class Bug(Record):
    """Failed attempts that fail alike, over all tasks."""

    key: str
    """The class, the same in every advisory: ``wrong-order``."""
    title: Fact
    impact: Fact
    """What it means for whoever calls such code."""
    samples: Fact
    tasks: Fact
    task_names: tuple[Fact, ...]
    unseen: Fact | None = None
    """How many of these passed every plain test."""
    examples: tuple[BugExample, ...] = ()


class EdgeFailure(Record):
    """Code that passed every plain test and failed an edge case."""

    key: str
    task: Fact
    test: Fact
    reason: Fact


class ValidationRun(Record):
    """What the checks said about one attempt, in the lines that ``vengeance-validate`` prints."""

    key: str
    task: Fact
    lines: tuple[Fact, ...]


class Quote(Record):
    """What a seat said, in its own words."""

    key: str
    seat: Fact
    verdict: Fact | None = None
    text: Fact


class RaisedConcern(Record):
    """A defect that seats named, and what running it showed."""

    key: str
    title: Fact
    severity: Fact
    seats: Fact
    """``2 of 3 seats``."""
    state: Fact


class CouncilView(Record):
    """What one sitting of the council decided about code of the model."""

    key: str
    session: Fact
    task: Fact | None = None
    """What the code was asked to do: the first paragraph of it."""
    files: tuple[Fact, ...] = ()
    decision: Fact
    score: Fact | None = None
    interval: Fact | None = None
    agreement: Fact | None = None
    heard: Fact
    decided: Fact | None = None
    """That no missing seat could have changed the decision; ``None`` where one could."""
    reasons: tuple[Fact, ...] = ()
    concerns: tuple[RaisedConcern, ...] = ()
    dissent: tuple[Quote, ...] = ()
    quotes: tuple[Quote, ...] = ()
    seats: tuple[Fact, ...] = ()


class Alternative(Record):
    """A model to use instead."""

    key: str
    role: Literal["primary", "drafts"]
    model: Fact
    details: tuple[tuple[str, Fact], ...]
    """A word (``size``, ``time a task``) and what was measured."""
    reasons: tuple[Sentence, ...] = ()
    runs_here: bool = True
    """``False`` for a model whose outputs were recorded elsewhere."""


class Requirement(Record):
    """One exit criterion of the policy."""

    key: str
    check: Fact
    sentence: Sentence


class Question(Record):
    """A question people ask, answered from evidence."""

    key: str
    text: str
    facts: tuple[Fact, ...] = ()
    answers: tuple[Sentence, ...]


class SourceLine(Record):
    """A record that the advisory rests on."""

    key: str
    kind: Literal["benchmark", "session", "knowledge", "policy"]
    id: Fact
    details: tuple[Fact, ...] = ()


class Change(Record):
    """One version of the advisory: when it came, and what changed."""

    key: str
    number: Annotated[int, Field(ge=1)]
    version: Fact
    date: Fact
    changes: tuple[Fact, ...] = ()


class Advisory(Record):
    """Everything a team needs to know about one model, from evidence. What has no evidence is empty."""

    schema_version: int = ADVISORY_SCHEMA
    slug: str
    """Of the model's name, for file names and ids: ``codellama-34b-instruct``."""
    subject: str
    """The model as the benchmark names it."""
    policy_id: str
    model: Fact
    status: Fact
    severity: Fact | None = None
    standing: Fact | None = None
    """What the policy says of the model by name, where it does."""
    evidence: tuple[Fact, ...]
    """Suites and their benchmarks, for the header."""
    version: Fact | None = None
    date: Fact | None = None
    """Both are those of the kept version; ``None`` before the first one is kept."""
    key_finding: Sentence | None = None
    summary: tuple[Sentence, ...] = ()
    prose: tuple[Fact, ...] = ()
    """Paragraphs of a summary that a model wrote and whose numbers were all found among the facts."""
    prose_by: Fact | None = None
    measurements: tuple[Measurement, ...]
    failures: Sentence | None = None
    """How many attempts failed, and in how many ways."""
    rare: Sentence | None = None
    """How many of these ways are too rare to be shown."""
    bugs: tuple[Bug, ...] = ()
    edge_failures: tuple[EdgeFailure, ...] = ()
    edge_more: Fact | None = None
    validation: tuple[ValidationRun, ...] = ()
    failure_rate: Sentence | None = None
    why: tuple[Sentence, ...] = ()
    council: tuple[CouncilView, ...] = ()
    findings: tuple[SourceLine, ...] = ()
    """What councils found and wrote down about the same benchmarks."""
    alternatives: tuple[Alternative, ...] = ()
    alternatives_note: Sentence
    two_tiers: Sentence | None = None
    migration: tuple[tuple[str, tuple[Command, ...]], ...] = ()
    """A heading of a step and its commands."""
    new_projects: tuple[tuple[str, tuple[Command, ...]], ...] = ()
    """What a project that begins now sets up, in the same form."""
    validation_commands: tuple[Command, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    do: tuple[Sentence, ...] = ()
    dont: tuple[Sentence, ...] = ()
    in_doubt: tuple[Command, ...] = ()
    verdict: Sentence | None = None
    questions: tuple[Question, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    participants: tuple[Fact, ...] = ()
    changelog: tuple[Change, ...] = ()
    contact: Fact | None = None
    """Whom to ask, where the policy says so."""

    def facts(self) -> dict[str, Fact]:
        """Return every fact by a stable key: fields and keys of parts, joined with ``/``."""
        return dict(_walk(self, ""))


def _walk(value: object, path: str) -> Iterator[tuple[str, Fact]]:
    if isinstance(value, Fact):
        yield path, value
    elif isinstance(value, Record):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name), f"{path}/{name}" if path else name)
    elif isinstance(value, tuple):
        for number, item in enumerate(value, 1):
            key = getattr(item, "key", None)
            yield from _walk(item, f"{path}/{number if key is None else _escaped(key)}")


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


Measurement.model_rebuild()
Advisory.model_rebuild()
