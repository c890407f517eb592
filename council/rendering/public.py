"""The JSON that other programs read: one record a document, so that its schema follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import computed_field

from council.rendering.benchmarks import benchmark_schemas
from council.settings import secret_values
from council.text import redact_record
from council.types.base import Record
from council.types.calls import Fraction, Message
from council.types.checks import CheckOutcome, CheckResult, Mark, SandboxInfo, ValidationReport
from council.types.consensus import Concern, Decision, Dissent, Ground, Quorum, Score
from council.types.evidence import Evidence
from council.types.probe import Probe
from council.types.examinations import CrossExamination
from council.types.reviews import Review, Seat, Verdict
from council.types.session import (
    SCHEMA_VERSION,
    Cost,
    Generation,
    Revision,
    Session,
    SessionKind,
    SessionState,
    Statement,
)
from council.types.submission import Origin, SourceFile, Submission
from council.types.versions import VersionsReport


class PublicCheck(CheckResult):
    """A check's result, with what follows from it written out."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def passed(self) -> bool:
        """Whether the check ran and found nothing that the policy calls a failure."""
        return self.outcome is CheckOutcome.PASSED

    @computed_field  # type: ignore[prop-decorator]
    @property
    def mark(self) -> Mark:
        """The word people see."""
        return super().mark


class PublicReview(Review):
    """What happened to a seat, with the verdict that counts written out."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> Verdict | None:
        """The verdict as it counts; ``None`` where there is no ballot."""
        return self.ballot.counted_verdict if self.ballot else None


class PublicFile(Record):
    """A file that was judged."""

    path: str
    sha256: str
    lines: int
    text: str


class PublicSubmission(Record):
    """What was judged. ``digest`` and ``sha256`` are of the texts as they were judged."""

    digest: str
    lines: int
    files: tuple[PublicFile, ...]
    tests: tuple[PublicFile, ...]
    origin: Origin | None


class PublicSession(Record):
    """A session as people and programs read it. Every key is always there; what is not known is ``null``."""

    schema_version: int
    session_id: str
    kind: SessionKind
    state: SessionState
    decision: Decision | None
    """``null`` while nothing was decided: an interrupted sitting, or code that was written and not reviewed."""
    exit_code: int
    """What the command ends with: 0 good, 1 not good, 3 nobody can say."""
    score: Score | None
    interval: tuple[Score, Score] | None
    agreement: Fraction | None
    ground: Ground | None
    """What the decision rests on."""
    confidence: Fraction | None
    """How likely the decision is right; ``null`` where nothing is known of such decisions."""
    confidence_rests_on: str | None
    effective_seats: float | None
    """How many independent seats would tell as much as those heard."""
    quorum: Quorum | None
    decided: bool | None
    """Whether no answer of a missing seat could change the decision."""
    checks_only: bool
    reasons: tuple[str, ...]
    degraded: tuple[str, ...]
    floor: Decision | None
    votes: dict[str, int]
    checks: tuple[PublicCheck, ...]
    checks_duration_s: float | None
    sandbox: SandboxInfo | None
    reviews: tuple[PublicReview, ...]
    concerns: tuple[Concern, ...]
    evidence: tuple[Evidence, ...]
    probe: Probe | None
    """What the submission's own tests reach and would notice, where that was measured."""
    versions: VersionsReport | None
    """What independent versions of the task say; ``null`` where none were asked for."""
    examinations: tuple[CrossExamination, ...]
    """What other seats were asked about claims that were reproduced, a call each."""
    dissent: tuple[Dissent, ...]
    cost: Cost
    policy: str
    panel: str | None
    seats: tuple[Seat, ...]
    task: str | None
    submission: PublicSubmission
    prompt: tuple[Message, ...]
    generation: Generation | None
    created_at: datetime
    finished_at: datetime | None
    duration_s: float | None
    council_version: str
    replayed_from: str | None
    statement: Statement | None
    """The council's quote, where a chair was asked for one."""
    revision: Revision | None
    """What an earlier session over the same ballots had decided, where this one decides it again."""
    notes: tuple[str, ...]


class PublicReport(Record):
    """What ``council validate`` says, as data. Every key is always there."""

    schema_version: int
    passed: bool
    exit_code: int
    policy: str
    checks: tuple[PublicCheck, ...]
    sandbox: SandboxInfo
    submission: PublicSubmission | None
    duration_s: float | None


def public_session(session: Session, *, secrets: Sequence[str] | None = None) -> PublicSession:
    """Return the session as it is shown: without secrets, and with what follows from it written out."""
    clean = redact_record(session, secret_values() if secrets is None else secrets)
    decided, report = clean.consensus, clean.validation
    return PublicSession(
        schema_version=clean.schema_version,
        session_id=clean.session_id,
        kind=clean.kind,
        state=clean.state,
        decision=decided.decision if decided else None,
        exit_code=exit_code_of(clean),
        score=decided.score if decided else None,
        interval=decided.interval if decided else None,
        agreement=decided.agreement if decided else None,
        ground=decided.ground if decided else None,
        confidence=decided.confidence if decided else None,
        confidence_rests_on=decided.confidence_rests_on if decided else None,
        effective_seats=decided.effective_seats if decided else None,
        quorum=decided.quorum if decided else None,
        decided=decided.decided if decided else None,
        checks_only=decided.checks_only if decided else False,
        reasons=decided.reasons if decided else (),
        degraded=decided.degraded if decided else (),
        floor=decided.floor if decided else None,
        votes=decided.votes if decided else {},
        checks=_checks(report),
        checks_duration_s=report.duration_s if report else None,
        sandbox=report.sandbox if report else None,
        reviews=tuple(PublicReview.model_validate(review.model_dump()) for review in clean.reviews),
        concerns=decided.concerns if decided else (),
        evidence=clean.evidence,
        probe=clean.probe,
        versions=clean.versions,
        examinations=clean.examinations,
        dissent=decided.dissent if decided else (),
        cost=clean.cost,
        policy=clean.policy,
        panel=clean.panel,
        seats=clean.seats,
        task=clean.submission.task,
        submission=_submission(clean.submission, session.submission),
        prompt=clean.prompt,
        generation=clean.generation,
        created_at=clean.created_at,
        finished_at=clean.finished_at,
        duration_s=clean.duration_s,
        council_version=clean.council_version,
        replayed_from=clean.replayed_from,
        statement=clean.statement,
        revision=clean.revision,
        notes=clean.notes,
    )


def public_report(
    report: ValidationReport, submission: Submission | None = None, *, secrets: Sequence[str] | None = None
) -> PublicReport:
    """Return the validation report as it is shown; ``submission`` says what was validated, where it is known."""
    hidden = secret_values() if secrets is None else tuple(secrets)
    clean = redact_record(report, hidden)
    shown = None
    if submission is not None:
        code = frozenset(Submission.model_fields)
        shown = _submission(redact_record(submission, hidden, code=code), submission)
    return PublicReport(
        schema_version=SCHEMA_VERSION,
        passed=report.exit_code == 0,
        exit_code=report.exit_code,
        policy=clean.policy,
        checks=_checks(clean),
        sandbox=clean.sandbox,
        submission=shown,
        duration_s=clean.duration_s,
    )


def session_document(session: Session, *, secrets: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the public JSON of a session as a dictionary."""
    return public_session(session, secrets=secrets).model_dump(mode="json")


def report_document(
    report: ValidationReport, submission: Submission | None = None, *, secrets: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return the public JSON of a validation report as a dictionary."""
    return public_report(report, submission, secrets=secrets).model_dump(mode="json")


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each public document by its name."""
    documents: dict[str, type[Record]] = {"session": PublicSession, "validation": PublicReport}
    own = {name: record.model_json_schema(mode="serialization") for name, record in documents.items()}
    return own | benchmark_schemas()


def exit_code_of(session: Session) -> int:
    """Return what the command ends with for this session; the decision where there is one, else the checks."""
    if session.consensus is not None:
        return session.consensus.decision.exit_code
    written = session.kind is SessionKind.GENERATE and session.state is SessionState.FINISHED
    return session.validation.exit_code if written and session.validation is not None else 3


def _checks(report: ValidationReport | None) -> tuple[PublicCheck, ...]:
    return tuple(PublicCheck.model_validate(check.model_dump()) for check in report.checks) if report else ()


def _submission(clean: Submission, judged: Submission) -> PublicSubmission:
    return PublicSubmission(
        digest=judged.digest,
        lines=judged.lines,
        files=_files(clean.files, judged.files),
        tests=_files(clean.tests, judged.tests),
        origin=clean.origin,
    )


def _files(clean: tuple[SourceFile, ...], judged: tuple[SourceFile, ...]) -> tuple[PublicFile, ...]:
    return tuple(
        PublicFile(path=shown.path, sha256=file.sha256, lines=file.lines, text=shown.text)
        for shown, file in zip(clean, judged, strict=True)
    )
