"""What the seats said."""

from __future__ import annotations

from enum import StrEnum

from council.types.base import Record
from council.types.calls import Fraction, Usage
from council.types.findings import Finding


class Seat(Record):
    """A place in the council and the model that sits there."""

    name: str
    """What people see: ``gpt-5.2``. Unique in a panel."""
    model: str
    """As LiteLLM names it: ``openai/gpt-5.2``."""
    provider: str
    """The gate it goes through: ``openai``, ``ollama`` …"""
    api_base: str | None = None
    fallback: str | None = None
    """The model that is asked in its place when it is missing, denied or unreachable."""


class Verdict(StrEnum):
    """What one seat says. It is not the council's decision."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    ABSTAIN = "abstain"


class ReviewOutcome(StrEnum):
    """What happened to a seat that was invited."""

    ANSWERED = "answered"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    OVER_BUDGET = "over_budget"
    OBEYED = "obeyed"
    """It followed an instruction that stood in the reviewed material: its vote is lost."""
    RECUSED = "recused"
    """Its model, or one of the same family, wrote the code: it does not judge its own work."""
    UNSPENT = "unspent"
    """It was not asked, for those heard had said enough. It has neither failed nor voted."""


class BallotFlag(StrEnum):
    """What is odd about a ballot; a flagged approval may not count as one."""

    CONTRADICTION = "contradiction"
    """Approves and lists a critical finding: not counted as an approval."""
    REPAIRED = "repaired"
    """The JSON was broken and could be mended."""
    TRUNCATED = "truncated"
    FINDING_DROPPED = "finding_dropped"
    """A finding could not be read; its neighbours were kept and its raw text stands in ``unread``."""
    UNKNOWN_VERDICT = "unknown_verdict"
    """The verdict's word is not in any list: it counts as an abstention."""
    UNKNOWN_SEVERITY = "unknown_severity"


class Ballot(Record):
    """What one seat answered, as it was read."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    analysis: str | None = None
    confidence: Fraction | None = None
    """Recorded. By default it weighs nothing."""
    flags: tuple[BallotFlag, ...] = ()
    quoted_verdict: str | None = None
    """The word the seat used, where it was not one of the four."""
    unread: tuple[str, ...] = ()
    """Raw text of findings that could not be read."""

    @property
    def counted_verdict(self) -> Verdict:
        """The verdict as it counts: an approval that contradicts itself counts as a request for changes."""
        if self.verdict is Verdict.APPROVE and BallotFlag.CONTRADICTION in self.flags:
            return Verdict.REQUEST_CHANGES
        return self.verdict


class Review(Record):
    """One invited seat and everything that happened to it. It holds a ballot only if the seat answered."""

    seat: Seat
    outcome: ReviewOutcome
    ballot: Ballot | None = None
    withdrawn: Ballot | None = None
    """What a seat that obeyed the material would have voted. It is shown, and counts only against the code."""
    alarm: Finding | None = None
    """What such a seat has shown of the material: that it steers its reviewers."""
    reason: str | None = None
    """Why there is no ballot, in one sentence without secrets."""
    remedy: str | None = None
    """What would give the seat its voice next time, where something is known to."""
    raw_text: str | None = None
    """The reply as it came, kept also when it could not be read."""
    fallback: str | None = None
    """The model that was asked in place of the seat's own, where that could not be had."""
    served_model: str | None = None
    digest: str | None = None
    usage: Usage = Usage()
    cost_usd: float | None = None
    duration_s: float | None = None
    attempts: int = 0
    recorded_at: str | None = None
    """Set when the reply was replayed from a recording: the day it was recorded."""

    @property
    def missing(self) -> bool:
        """Whether a ballot of this seat could still come: one that wrote the code, or lost its vote, gets none."""
        return self.ballot is None and self.outcome not in (ReviewOutcome.RECUSED, ReviewOutcome.OBEYED)

    @property
    def unheard(self) -> bool:
        """Whether asking again may help: nothing that the seat thinks of the code could be read yet."""
        return self.ballot is None and self.outcome in _UNHEARD

    @property
    def voted(self) -> bool:
        """Whether the seat gave a ballot that is not an abstention."""
        return self.ballot is not None and self.ballot.counted_verdict is not Verdict.ABSTAIN


_UNHEARD = (ReviewOutcome.FAILED, ReviewOutcome.TIMED_OUT, ReviewOutcome.OVER_BUDGET, ReviewOutcome.UNREADABLE)
"""An unreadable reply is asked for again: its verdict is not known, so nobody can shop for another one."""
