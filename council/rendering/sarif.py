"""An audit as SARIF 2.1.0, for the code scanning of forges: one rule a kind of trace, one result a trace."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
from collections.abc import Sequence

from sarif_pydantic import (  # type: ignore[import-untyped]
    ArtifactLocation,
    Invocation,
    Level,
    Location,
    Message,
    PhysicalLocation,
    Region,
    ReportingConfiguration,
    ReportingDescriptor,
    Result,
    Run,
    Sarif,
    Tool,
    ToolDriver,
)

from council._version import __version__
from council.rendering.audits import KINDS, PublicAudit, PublicAuditedFile, kind_words, public_audit
from council.rendering.words import UNSAFE_WORDS
from council.text import one_line, printable
from council.types.audits import Audit, MarkKind, ModelMark

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"banned": Level.ERROR, "discouraged": Level.WARNING}
_RULES = {
    MarkKind.HEADER: "The file's own header says that a model wrote it.",
    MarkKind.COMMENT: "A comment says that a model had a hand in it.",
    MarkKind.TRAILER: "A trailer of the commit that wrote these lines names a model.",
    MarkKind.COMMIT: "The commit that wrote these lines names a model.",
    MarkKind.NOTE: "A git note on the commit that wrote these lines names a model.",
    MarkKind.DIGEST: "The code is known: a model wrote it in an earlier session or benchmark.",
    MarkKind.CONFIGURATION: "A tool is configured to use the model.",
}


def audit_sarif(audit: Audit, *, secrets: Sequence[str] | None = None) -> str:
    """Return the SARIF log of an audit. Paths are relative to the repository, their odd characters escaped."""
    public = public_audit(audit, secrets=secrets)
    log = Sarif(
        version="2.1.0",
        schema_uri=SCHEMA,
        runs=[
            Run(
                tool=Tool(driver=ToolDriver(name="council", version=__version__, rules=_rules())),
                invocations=[_invocation(public)],
                results=[_result(file, mark) for file in public.files for mark in file.marks],
                **{"columnKind": "unicodeCodePoints"},  # names that the library does not know go through as they are
            )
        ],
    )
    values = log.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps({"$schema": SCHEMA} | {k: v for k, v in values.items() if k != "$schema"}, indent=2)


def _rules() -> list[ReportingDescriptor]:
    return [
        ReportingDescriptor(
            id=f"model-{kind.value}",
            name="".join(word.capitalize() for word in f"model {KINDS[kind]}".split()),
            short_description=Message(text=f"Trace of a model: {KINDS[kind]}"),
            full_description=Message(text=_RULES[kind]),
            default_configuration=ReportingConfiguration(level=Level.WARNING.value),
        )
        for kind in MarkKind
    ]


def _invocation(audit: PublicAudit) -> Invocation:
    told = [{"level": "note", "message": {"text": printable(f"not looked at: {reason}")}} for reason in audit.unread]
    if audit.unsafe:
        told.insert(0, {"level": "error", "message": {"text": f"executed {UNSAFE_WORDS}"}})
    extra = {"exitCode": audit.exit_code, **({"toolExecutionNotifications": told} if told else {})}
    return Invocation(execution_successful=audit.files_seen > 0, **extra)


def _result(file: PublicAuditedFile, mark: ModelMark) -> Result:
    because = "; ".join(file.because)
    text = f"{mark.model} ({file.status}): {kind_words(mark)}: {mark.evidence}. Risk {file.risk:.0f} of 100"
    return Result(
        rule_id=f"model-{mark.kind.value}",
        rule_index=list(MarkKind).index(mark.kind),
        level=_LEVELS.get(file.status, Level.NOTE),
        message=Message(text=one_line(f"{text}: {because}" if because else text, 1000)),
        locations=[_location(mark)],
        partial_fingerprints={"councilMark/v1": _fingerprint(mark)},
        rank=file.risk,
        properties={"model": mark.model, "status": file.status, "risk": file.risk},
    )


def _location(mark: ModelMark) -> Location:
    place = ArtifactLocation(uri=urllib.parse.quote(mark.path, safe="/"), uri_base_id="%SRCROOT%")
    region = Region(start_line=mark.line or 1)
    return Location(physical_location=PhysicalLocation(artifact_location=place, region=region))


def _fingerprint(mark: ModelMark) -> str:
    """Return what stays the same when lines move: a forge knows by it that it has seen the result before."""
    whole = "\0".join((mark.path, mark.kind.value, mark.model, mark.evidence))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]
