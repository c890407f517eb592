"""What the council decided, and how sure it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from council.types.base import Record
from council.types.calls import Fraction
from council.types.evidence import Evidence as Evidence
from council.types.evidence import EvidenceState as EvidenceState
from council.types.findings import Finding, Location, Severity

Score = Annotated[float, Field(ge=0, le=10)]


class Decision(StrEnum):
    """What the council says. Only ``approved`` is exit code 0."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    TIED = "tied"
    NO_QUORUM = "no_quorum"
    BLOCKED = "blocked"
    """A required check could not be run, so nobody can say."""

    @property
    def exit_code(self) -> int:
        """0 approved, 1 changes requested or rejected, 3 could not judge. The only place that maps one to the other."""
        return {"approved": 0, "changes_requested": 1, "rejected": 1}.get(self.value, 3)


class Concern(Record):
    """Findings of several seats about one thing. Every member stays visible with its seat."""

    id: str
    """``1``, ``2`` … in the order shown: state, severity, seats, place."""
    title: str
    severity: Severity
    location: Location | None = None
    members: tuple[Finding, ...]
    seats: tuple[str, ...]
    """Names of the seats that raised it, sorted."""
    seconds: tuple[str, ...] = ()
    """Names of further seats that said it holds when they were asked, sorted."""
    of_seats: int
    """How many seats gave a ballot."""
    state: EvidenceState = EvidenceState.NOT_ATTEMPTED
    evidence: tuple[Evidence, ...] = ()


class Ground(StrEnum):
    """What a decision rests on."""

    VOTES = "votes"
    CHECKS = "checks"
    """A required check failed."""
    UPHELD = "upheld"
    """A claim was run, and what it expects is confirmed."""
    REPRODUCED = "reproduced"
    """A claim was run and shows what its reviewer says; nobody else has confirmed that this is wrong."""


class Quorum(Record):
    """Seats needed, invited and heard. ``heard`` counts ballots that are not abstentions."""

    needed: int
    invited: int
    heard: int
    met: bool


class Dissent(Record):
    """A seat that voted otherwise than the council decided."""

    seat: str
    verdict: str
    reason: str | None = None


class Consensus(Record):
    """The decision with its score, how far the seats agree, and what could still change it."""

    decision: Decision
    score: Score | None = None
    """0 to 10; ``None`` without quorum."""
    interval: tuple[Score, Score] | None = None
    """Where the score would lie for other seats of the same kind (95 %)."""
    agreement: Fraction | None = None
    """1 when all heard seats vote alike, low when they are opposed; ``None`` with fewer than two heard."""
    ground: Ground | None = None
    """What the decision rests on; ``None`` where nothing was decided."""
    confidence: Fraction | None = None
    """How likely the decision is right: measured on labelled outcomes; ``None`` where nothing is known of such ones."""
    confidence_rests_on: str | None = None
    """In a sentence, what that number was measured on."""
    effective_seats: Annotated[float, Field(ge=0)] | None = None
    """How many independent seats would tell as much as those heard, which err together; ``None`` without quorum."""
    quorum: Quorum
    votes: dict[str, int] = {}
    """Counted verdicts: approve, request_changes, reject, abstain, and the outcomes of seats without a ballot."""
    concerns: tuple[Concern, ...] = ()
    dissent: tuple[Dissent, ...] = ()
    decided: bool
    """Whether no completion of the missing seats could change the decision."""
    degraded: tuple[str, ...] = ()
    """What is missing, in sentences: seats that did not answer, checks that did not run, layers the sandbox lacks."""
    reasons: tuple[str, ...] = ()
    """Why this decision, in order of weight; the first one is the headline."""
    floor: Decision | None = None
    """The best decision the checks and the evidence allow, where that is below approved."""
    checks_only: bool = False
    """The policy let the checks alone decide."""
