"""Tools that only read: how they are started so that nothing blinds them, and what their files ask of them."""

from __future__ import annotations

import json
from typing import Any

from council.protocols import Job, Run
from council.settings import Settings
from council.text import one_line
from council.types.base import Record
from council.types.findings import Finding, Location, Severity
from council.types.submission import SourceFile
from council.validation.results import ROOT, as_files, library, limits, program

SUPPRESSION = "suppression"
_WEIGHTS = {
    "bidi": Severity.HIGH,
    "line": Severity.MEDIUM,
    "lookalike": Severity.MEDIUM,
    "unseen": Severity.MEDIUM,
    "control": Severity.MEDIUM,
    "blank": Severity.LOW,
    "page": Severity.INFO,
}
"""How much a character weighs that lets a reader see other code than Python does."""
_RULES = {"bidi": "direction", "line": "line-end", "lookalike": "look-alike", "unseen": "unseen", "page": "form-feed"}


class Looked(Record):
    """What a tool's files ask of it, and which of them it says it has read."""

    silencers: tuple[tuple[str, int, str], ...] = ()
    """Path, line and words of each comment that asks the tool to look away."""
    deceivers: tuple[tuple[str, int, str, str], ...] = ()
    """Path, line, kind and words of each character that deceives the eye."""
    read: frozenset[str] | None = None


def look_job(settings: Settings, check: str, tool: tuple[str, ...], files: tuple[SourceFile, ...]) -> Job:
    """Return the job of a tool (module and options) over the files of a check."""
    return Job(
        argv=("{python}", "council/look.py", check, ROOT, *tool),
        files=(*as_files(files), program("look"), *library(("marks",))),
        stdin=json.dumps([file.path for file in files]).encode(),
        limits=limits(settings),
        channel=True,
    )


def read_looked(run: Run) -> Looked | None:
    """Return what was told over the channel, ``None`` when nothing readable was."""
    try:
        told: Any = json.loads(run.channel)
        return Looked(
            silencers=tuple((p, int(m[0]), one_line(m[2], 40)) for p, ms in told["silencers"].items() for m in ms),
            deceivers=tuple(
                (p, int(m[0]), str(m[1]), one_line(m[2], 200)) for p, ms in told["deceivers"].items() for m in ms
            ),
            read=None if told["read"] is None else frozenset(str(name) for name in told["read"]),
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return None


def suppressions(looked: Looked, tool: str, source: str, findings: list[Finding]) -> list[Finding]:
    """Return a finding for each comment that asks the tool for silence where no finding says so already."""
    told = [f.location for f in findings if f.suppressed_by is not None and f.location is not None]
    shown = {(at.path, line) for at in told if at.line for line in range(at.line, (at.end_line or at.line) + 1)}
    return [
        Finding(
            id=tool,
            source=source,
            severity=Severity.INFO,
            message="a comment asks for silence; nobody listened",
            rule=SUPPRESSION,
            location=Location(path=path, line=line),
            suppressed_by=words,
        )
        for path, line, words in looked.silencers
        if (path, line) not in shown
    ]


def deceptions(looked: Looked, tool: str) -> list[Finding]:
    """Return a finding for each character that lets a reader see other code than Python does."""
    return [
        Finding(
            id=tool,
            source="security",
            severity=_WEIGHTS.get(kind, Severity.MEDIUM),
            message=words,
            rule=_RULES.get(kind, kind),
            location=Location(path=path, line=line),
        )
        for path, line, kind, words in looked.deceivers
    ]


def silenced_by(looked: Looked, path: str, first: int, last: int | None = None) -> str | None:
    """Return the comment on these lines that asks the tool for silence, or ``None``."""
    lines = range(first, (last or first) + 1)
    return next((words for at, line, words in looked.silencers if at == path and line in lines), None)
