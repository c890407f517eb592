"""What a policy and a panel say, field by field. The JSON Schema of the policy file follows from this page."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from council.types.base import Record
from council.types.calls import Fraction
from council.types.findings import Severity

CheckName = Literal["syntax", "tests", "examples", "security", "lint", "formatting"]
ModelStatus = Literal["recommended", "allowed", "discouraged", "banned"]
"""From the best to the worst."""


class Criterion(Record):
    """When one check counts as failed, and what that means for the decision."""

    check: CheckName
    required: Literal["always", "if_given", "never"] = "always"
    """``if_given``: may be skipped when there is nothing to run (no tests). ``never``: shown, does not block."""
    block_at: Severity | None = None
    """The check fails when a finding is at least this severe; ``None``: findings alone never fail it."""
    min_pass_rate: Fraction = 1.0
    """Tests and examples only: the fraction that must pass."""
    on_fail: Literal["rejected", "changes_requested"] = "rejected"
    """The best decision left when this check failed."""


class Voting(Record):
    """How ballots become a decision."""

    quorum: Annotated[int, Field(ge=1)] = 3
    """Seats that must be heard, of those invited."""
    approve_share: Fraction = 0.5
    """An approval needs more than this share of the heard seats."""
    block_at: Severity = Severity.CRITICAL
    """An unproved concern at least this severe, raised by ``block_share`` of the heard seats, prevents approval."""
    block_share: Fraction = 0.5


class Asking(Record):
    """Whether every seat is asked, or only as many as the decision needs."""

    mode: Literal["all", "sequential"] = "all"
    """``sequential``: a quorum at once, then one seat after the other, those first that tell most for their price."""
    sure: Annotated[float, Field(gt=0.5, le=1)] = 0.95
    """Sequential: no further seat is asked once it is so likely that the others would change nothing; ``1``: only when
    none of them could."""


class WantedVersions(Record):
    """Independent versions of the task that local models write, to be run against a submission that has a task."""

    count: Annotated[int, Field(ge=0, le=64)] = 0
    """How many, copies included. Whoever asks for a number by hand gets that one."""
    models: tuple[str, ...] = ()
    """Local models that share the number; without any the one that writes code."""
    limit_s: Annotated[float, Field(gt=0)] | None = None
    """No further version is begun after that time, or after the shorter one of the settings."""


class ModelRule(Record):
    """What a team says about one model, or about a whole family of them."""

    name: str | None = None
    """As people call it: ``codellama:34b``. Providers, registries, quantisations and spellings do not matter."""
    family: str | None = None
    """Instead of a name: every size and variant: ``codellama``."""
    aliases: tuple[str, ...] = ()
    """Other names of the same weights, where they cannot be seen from the name."""
    digests: tuple[str, ...] = ()
    """Of the weights, as Ollama gives them; a beginning of 12 characters is enough."""
    status: ModelStatus
    reason: str | None = None
    advisory: str | None = None
    """Name or link of the advisory, shown wherever the model is refused."""
    replacement: str | None = None
    """What to use instead."""
    uses: tuple[Literal["final", "drafts", "review"], ...] = ("final", "drafts", "review")
    """What a permission is for. A ban holds for everything."""
    memory_gb: Annotated[float, Field(gt=0)] | None = None
    """Memory it needs, where the team knows it."""
    released_on: str | None = None
    """``2024-09`` or ``2024-09-19``."""
    expires: date | None = None
    """A permission ends then. A ban goes on holding until somebody renews or removes it, and lint says so."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.name is None) == (self.family is None):
            raise ValueError("give either name or family")
        return self

    @property
    def key(self) -> str:
        """The name by which a policy that extends this one replaces the entry."""
        return f"family {self.family}" if self.name is None else self.name


class AdvisoryRules(Record):
    """When an advisory says what about a model. Rates are of samples that pass plain and edge-case tests."""

    min_tasks: Annotated[int, Field(ge=1)] = 10
    """With fewer tasks the status is: not enough evidence."""
    fit_at: Fraction = 0.8
    """Fit for production when at least this share passes."""
    medium_below: Fraction = 0.8
    high_below: Fraction = 0.5
    critical_below: Fraction = 0.25
    propose_ban_below: Fraction = 0.5
    """``policy propose`` proposes a ban when the whole interval lies below."""
    propose_discourage_below: Fraction = 0.8


class Rule(Record):
    """One sentence a team holds to, and who enforces it."""

    id: str
    text: str
    severity: Severity = Severity.MEDIUM
    enforced_by: tuple[str, ...] = ()
    """``lint:E501``, ``security``, ``tests``, ``reviewers``."""


class Policy(Record):
    """What a team demands of code that a model wrote."""

    id: str
    title: str
    description: str = ""
    contact: str | None = None
    """Whom to ask about it and about what is rendered from it: a name, a channel, an address."""
    extends: str | None = None
    checks_only: bool = False
    """Let the checks alone decide; every output says so."""
    probe: bool = False
    """Measure the submission's own tests before an approval leans on them: what they reach, what they would notice."""
    criteria: tuple[Criterion, ...] = ()
    voting: Voting = Voting()
    asking: Asking = Asking()
    versions: WantedVersions = WantedVersions()
    rules: tuple[Rule, ...] = ()
    models: tuple[ModelRule, ...] = ()
    """Recommended, allowed, discouraged and banned models."""
    unlisted_models: Literal["allowed", "discouraged", "banned"] = "allowed"
    """What holds for a model that nobody has listed."""
    advisory: AdvisoryRules = AdvisoryRules()

    def criterion(self, check: str) -> Criterion | None:
        """Return the exit criterion of a check, or ``None`` when the policy does not ask for it."""
        return next((c for c in self.criteria if c.check == check), None)


class PanelSeat(Record):
    """A seat as a panel file names it."""

    model: str
    name: str | None = None
    provider: str | None = None
    api_base: str | None = None
    key: str | None = None
    """Name of the environment variable its provider reads the key from; ``None`` when it needs none."""
    fallback: str | None = None
    """Model that is asked in its place when it is missing, denied or unreachable."""
    retired: str | None = None
    """Since when the provider no longer serves it. A retired seat is invited, named, and never called."""
    replacement: str | None = None


class Panel(Record):
    """Who sits in the council."""

    id: str
    title: str
    seats: tuple[PanelSeat, ...]
    quorum: int | None = None
    """Overrides the policy's quorum, for panels of another size."""
