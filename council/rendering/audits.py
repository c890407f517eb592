"""An audit as people and programs read it: without secrets, with what follows from it written out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from council.rendering.public import PublicReport, public_report
from council.settings import secret_values
from council.text import plural, redact_record
from council.types.audits import Audit, AuditedFile, MarkKind, ModelMark
from council.types.base import Record

AUDIT_SCHEMA = 1
"""Version of the JSON of an audit."""
KINDS = {
    MarkKind.HEADER: "provenance header",
    MarkKind.COMMENT: "comment",
    MarkKind.TRAILER: "commit trailer",
    MarkKind.COMMIT: "commit message",
    MarkKind.NOTE: "git note",
    MarkKind.DIGEST: "known code",
    MarkKind.CONFIGURATION: "configuration",
}
"""How it is known, in words."""


class PublicAuditedFile(Record):
    """A file with a trace."""

    path: str
    models: tuple[str, ...]
    """As they are named in the traces, sorted."""
    status: str
    risk: float
    because: tuple[str, ...]
    lines: int
    marks: tuple[ModelMark, ...]
    validation: PublicReport | None
    tests: tuple[str, ...]
    upheld: int
    age_days: int | None
    replacement: str | None
    replacement_note: str | None


class PublicAudit(Record):
    """What ``council audit --format json`` prints. Every key is always there; what is not known is ``null``."""

    schema_version: int
    exit_code: int
    models: tuple[str, ...]
    policy: str
    since: datetime | None
    undated: int
    """Traces without a date, which ``since`` does not leave out."""
    files_seen: int
    files: tuple[PublicAuditedFile, ...]
    unread: tuple[str, ...]
    duration_s: float | None

    @property
    def unsafe(self) -> bool:
        """Whether a file was executed without a sandbox."""
        return any(file.validation is not None and file.validation.sandbox.unsafe for file in self.files)


def public_audit(audit: Audit, *, secrets: Sequence[str] | None = None) -> PublicAudit:
    """Return the audit as it is shown."""
    hidden = tuple(secret_values() if secrets is None else secrets)
    clean = redact_record(audit, hidden)
    return PublicAudit(
        schema_version=AUDIT_SCHEMA,
        exit_code=audit.exit_code,
        models=clean.models,
        policy=clean.policy,
        since=clean.since,
        undated=sum(mark.marked_at is None for file in clean.files for mark in file.marks),
        files_seen=clean.files_seen,
        files=tuple(_file(file, hidden) for file in clean.files),
        unread=clean.unread,
        duration_s=clean.duration_s,
    )


def kind_words(mark: ModelMark) -> str:
    """Return how a trace is known: ``comment``, ``known code, 94 %``."""
    words = KINDS[mark.kind]
    return words if mark.similarity is None else f"{words}, {100 * mark.similarity:.0f} %"


def known_words(file: PublicAuditedFile) -> str:
    """Return how it is known of a file, each way once."""
    return ", ".join(dict.fromkeys(kind_words(mark) for mark in file.marks))


def place_words(file: PublicAuditedFile) -> str:
    """Return ``path:line`` of the first trace that has a line."""
    line = next((mark.line for mark in file.marks if mark.line is not None), None)
    return file.path if line is None else f"{file.path}:{line}"


def audit_words(audit: PublicAudit) -> str:
    """Return in a sentence what was found."""
    whom = ", ".join(audit.models) or "any model"
    if not audit.files_seen:
        return "Nothing was looked at"
    if not audit.files:
        return f"No trace of {whom} in {plural(audit.files_seen, 'file')}"
    failing = sum(file.validation is not None and file.validation.exit_code == 1 for file in audit.files)
    failed = f", {failing} of which {'fails' if failing == 1 else 'fail'} a check" if failing else ""
    carry = "carries" if len(audit.files) == 1 else "carry"
    return f"{len(audit.files)} of {plural(audit.files_seen, 'file')} {carry} a trace of {whom}{failed}"


def since_words(audit: PublicAudit) -> str | None:
    """Return what a date left out, and what it could not; ``None`` without one."""
    if audit.since is None:
        return None
    stays = f"; {plural(audit.undated, 'trace')} without a date stayed" if audit.undated else ""
    return f"traces known to be older than {audit.since:%Y-%m-%d} are left out{stays}"


def _file(file: AuditedFile, hidden: tuple[str, ...]) -> PublicAuditedFile:
    return PublicAuditedFile(
        path=file.path,
        models=tuple(sorted({mark.model for mark in file.marks})),
        status=file.status,
        risk=file.risk,
        because=file.because,
        lines=file.lines,
        marks=file.marks,
        validation=public_report(file.report, secrets=hidden) if file.report is not None else None,
        tests=file.tests,
        upheld=file.upheld,
        age_days=file.age_days,
        replacement=file.replacement,
        replacement_note=file.replacement_note,
    )
