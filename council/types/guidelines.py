"""The set of documents a team works by, as facts with their sources: what each says, before any words are put to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from council.types.base import Record
from council.types.facts import Fact

Use = Literal["final", "drafts", "review"]
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]*")


class Figure(Record):
    """One measured figure of a model."""

    key: str
    """The metric: ``tests_passed``."""
    title: str
    fact: Fact


class Measured(Record):
    """What the newest benchmark with a model in it says of the model."""

    benchmark: Fact
    """Its id."""
    figures: tuple[Figure, ...]

    def figure(self, metric: str) -> Fact | None:
        """Return one figure, or ``None`` where it was not measured."""
        return next((figure.fact for figure in self.figures if figure.key == metric), None)


class ModelEntry(Record):
    """A model, or a whole family of them: what the policy says, and what was measured."""

    key: str
    """``codellama:34b``, ``family codellama``."""
    name: str
    family: bool = False
    status: Fact
    reason: Fact | None = None
    advisory: Fact | None = None
    """What the policy names as its advisory."""
    slug: str | None = None
    """Name of that advisory in the advisory index, where it is there."""
    replacement: Fact | None = None
    uses: Fact | None = None
    """``None``: nobody restricted them, or the model is banned."""
    expires: Fact | None = None
    released_on: Fact | None = None
    needs: Fact | None = None
    """Memory it needs, in bytes, and how that is known; ``None`` where nobody knows."""
    measured: Measured | None = None
    unfit: Fact | None = None
    """The share it passed, where that is too little for production by the policy's own threshold."""

    @property
    def word(self) -> str:
        """The status as one word: ``recommended``, ``allowed``, ``discouraged``, ``banned``."""
        return str(self.status.value)


class Tier(Record):
    """A model for one tier, with what was measured of it."""

    model: Fact
    tests_passed: Fact | None = None
    time_a_task: Fact | None = None

    @property
    def argument(self) -> str:
        """The model as it can be typed: a name that a shell would read otherwise becomes ``MODEL``."""
        return self.model.text if _PLAIN.fullmatch(self.model.text) else "MODEL"


class Choice(Record):
    """Which models serve a use, the best first; none where none is known to."""

    key: Use
    models: tuple[str, ...] = ()
    fact: Fact | None = None
    """The same, as it is stated."""


class MemoryChoice(Record):
    """What fits into one size of memory."""

    key: str
    """``8 GB``."""
    gigabytes: int
    choices: tuple[Choice, ...]


class Tiers(Record):
    """A fast model that drafts and a strong one that finishes; ``None`` where the policy recommends none."""

    draft: Tier | None = None
    final: Tier | None = None


class RuleEntry(Record):
    """One rule of the policy."""

    key: str
    text: Fact
    severity: Fact
    enforced_by: Fact | None = None
    """``tests, reviewers``; ``None``: nobody but the people themselves."""
    forbids: bool = False
    """Whether it says what must not be done."""


class CriterionEntry(Record):
    """One exit criterion, and the command that checks it alone."""

    key: str
    """The check: ``security``."""
    required: Fact
    """``always``, ``if_given`` or ``never``."""
    block_at: Fact | None = None
    min_pass_rate: Fact | None = None
    """Tests only."""
    on_fail: Fact
    command: str | None = None
    """``None``: only council runs it, in its sandbox."""

    @property
    def blocks(self) -> bool:
        """Whether a failure changes the decision."""
        return self.required.value != "never"


class Demand(Record):
    """A check by its name, and how much is asked of it."""

    key: str
    required: Fact
    block_at: Fact | None = None


class VotingEntry(Record):
    """Quorum and thresholds, or that the checks alone decide."""

    checks_only: Fact | None = None
    quorum: Fact | None = None
    approve_share: Fact | None = None
    block_at: Fact | None = None
    block_share: Fact | None = None


class BenchmarkEntry(Record):
    """A benchmark that figures were taken from."""

    key: str
    """Its id."""
    suite: Fact
    created_on: Fact
    tasks: Fact
    samples: Fact
    machine: Fact | None = None


class AdvisoryEntry(Record):
    """An advisory of the store, as its newest version says."""

    key: str
    """Its name: ``codellama-34b``."""
    model: str
    version: Fact
    written_on: Fact
    status: Fact | None = None
    severity: Fact | None = None
    replacement: Fact | None = None
    changes: tuple[str, ...] = ()
    """What its newest version changed."""


class VersionEntry(Record):
    """One version of one document of the set."""

    key: str
    """``team-guidelines/2``."""
    document: str
    number: int
    created_at: datetime
    changes: Fact
    """One sentence a line."""

    @property
    def day(self) -> str:
        """The day it was made, as ``2026-11-23``."""
        return f"{self.created_at:%Y-%m-%d}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """What changed, one sentence each."""
        return tuple(self.changes.text.split("\n"))


class Guide(Record):
    """What every document of the set knows: the policy, and which version of the document this is."""

    document: str
    """``team-guidelines``."""
    policy: str
    policy_title: Fact
    number: int = 1
    created_at: datetime | None = None

    @property
    def policy_word(self) -> str:
        """The policy as it can be typed: an id that a shell would read otherwise becomes ``POLICY``."""
        return self.policy if _PLAIN.fullmatch(self.policy) else "POLICY"


class Index(Guide):
    """The way into the set."""

    description: Fact | None = None
    contact: Fact | None = None
    """Whom to ask, where the policy says so."""
    versions: tuple[VersionEntry, ...] = ()
    """The newest of each document."""


class TeamGuidelines(Guide):
    """What to do and what not to do."""

    rules: tuple[RuleEntry, ...] = ()
    checks: tuple[Demand, ...] = ()
    models: tuple[ModelEntry, ...] = ()
    """Those the policy has an opinion of, without what was measured."""
    unlisted: Fact
    tiers: Tiers = Tiers()
    quorum: Fact | None = None
    """``None``: the checks alone decide."""


class ValidationRequirements(Guide):
    """What code must pass before it goes anywhere."""

    criteria: tuple[CriterionEntry, ...] = ()
    voting: VotingEntry


class ModelSelection(Guide):
    """Which model for what."""

    models: tuple[ModelEntry, ...] = ()
    unlisted: Fact
    by_memory: tuple[MemoryChoice, ...] = ()
    tiers: Tiers = Tiers()
    benchmarks: tuple[BenchmarkEntry, ...] = ()

    def entry(self, key: str) -> ModelEntry | None:
        """Return a model by its key."""
        return next((model for model in self.models if model.key == key), None)

    def with_status(self, word: str) -> tuple[ModelEntry, ...]:
        """Return the models of one status."""
        return tuple(model for model in self.models if model.word == word)


class ValidationPipeline(Guide):
    """How the checks and the council are run, and how to read what they print."""

    checks: tuple[Demand, ...] = ()
    quorum: Fact | None = None
    """``None``: the checks alone decide."""
    tiers: Tiers = Tiers()


class AdvisoryIndex(Guide):
    """Every advisory there is."""

    advisories: tuple[AdvisoryEntry, ...] = ()
    unwritten: tuple[ModelEntry, ...] = ()
    """Models whose advisory the policy names and the store does not have."""


class Changelog(Guide):
    """What changed, the newest first."""

    versions: tuple[VersionEntry, ...] = ()


class Stale(Record):
    """Why a file of the set is not what it should be."""

    file: str
    reason: str
    """A sentence that goes on after the file's name."""
    facts_moved: bool = False
    """Whether policy or evidence say something else now; else it is about the file itself."""


class Written(Record):
    """A file of the set after it was written."""

    file: str
    state: str
    """``new``, ``changed`` or ``same``: a file whose bytes stay is not touched."""
    number: int
    """Version of its document."""
    changes: tuple[str, ...] = ()
    """What its newest version changed, where this call made that version."""


def facts_of(record: Record) -> dict[str, Fact]:
    """Return every fact in a record by its path: ``models/codellama:34b/status``.

    A part of a path is a field's name, or the ``key`` of a record in a list, with ``/`` and ``~`` in it escaped as
    pointers do (RFC 6901).
    """
    found: dict[str, Fact] = {}
    for field in type(record).model_fields:
        _gather(getattr(record, field), field, found)
    return found


def _gather(value: object, path: str, found: dict[str, Fact]) -> None:
    if isinstance(value, Fact):
        found[path] = value
    elif isinstance(value, Record):
        for field in type(value).model_fields:
            _gather(getattr(value, field), f"{path}/{field}", found)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            key = getattr(item, "key", None)
            if isinstance(key, str):
                _gather(item, f"{path}/{escaped(key)}", found)


def escaped(part: str) -> str:
    """Return a name as one part of a pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def unescaped(part: str) -> str:
    """Return a part of a pointer as the name it stands for."""
    return part.replace("~1", "/").replace("~0", "~")
