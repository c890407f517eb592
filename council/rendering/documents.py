"""Records as documents: Markdown through the one Jinja environment, JSON through the public records."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from council.errors import TemplateError, UsageError
from council.rendering import figures, pages, probe, references, testimony, words
from council.rendering.audits import audit_words, kind_words, known_words, place_words, public_audit, since_words
from council.rendering.benchmarks import (
    BenchmarkReport,
    ComparisonReport,
    public_benchmark,
    public_comparison,
    worst_by_task,
)
from council.rendering.knowledge import KnowledgeBook, public_knowledge
from council.rendering.public import public_report, public_session
from council.settings import secret_values
from council.templating import Templates
from council.text import redact_record
from council.types.advisories import Advisory
from council.types.audits import Audit
from council.types.base import Record
from council.types.checks import ValidationReport
from council.types.guidelines import Guide
from council.types.session import Session

_WORDS = {
    name: value
    for name, value in {**vars(words), **vars(testimony)}.items()
    if name.endswith("_words") or name.startswith("seat_")
} | {
    "decision_facts": words.decision_facts,
    "trust_words": words.trust_words,
    "evidence_lines": words.evidence_lines,
    "probe_words": probe.probe_words,
    "mutant_diff": probe.mutant_diff,
    "survived_words": probe.SURVIVED,
    "caveat_words": probe.CAVEAT,
    "versions_source": words.VERSIONS,
    "version_rows": testimony.version_rows,
    "executed": words.executed,
    "gaps": words.gaps,
    "unpassed": words.unpassed,
    "not_executed": words.NOT_EXECUTED,
    "unsafe_words": words.UNSAFE_WORDS,
    "figure": figures.figure,
    "anchor_of": pages.anchor_of,
    "reference": references.reference,
    "references": references.references,
    "number": figures.number,
    "winner_words": figures.winner_words,
    "machine_words": figures.machine_words,
    "temperature_words": figures.temperature_words,
    "outcome_words": figures.outcome_words,
    "worst_by_task": worst_by_task,
    "audit_words": audit_words,
    "kind_words": kind_words,
    "known_words": known_words,
    "place_words": place_words,
    "since_words": since_words,
}


class Documents:
    """A ``Renderer``: ``markdown`` picks the template for the record, ``json`` needs none, else a template's name.

    Args:
        templates: the environment, or a team's folder of templates, or nothing for the shipped ones.
        secrets: values that never get into a document; by default those of the environment.
    """

    def __init__(self, templates: Templates | Path | None = None, *, secrets: Sequence[str] | None = None) -> None:
        self.templates = templates if isinstance(templates, Templates) else Templates(templates)
        self._given = None if secrets is None else tuple(secrets)

    def render(self, subject: Record, *, document: str = "markdown") -> str:
        """Return the text. ``document`` is ``markdown``, ``html`` (the Markdown as one page that loads nothing from
        elsewhere), ``json``, or a template of ``documents/`` without its ending.

        Raises ``TemplateError`` with file and line when a template of the user's fails, ``UsageError`` for a record
        that is no document.
        """
        if document == "json":
            return to_json(subject, secrets=self._given)
        if document == "html":
            text = self.render(subject)
            return pages.to_page(text, title=pages.first_heading(text) or "council", templates=self.templates)
        kind, public = _public(subject, secret_values() if self._given is None else self._given)
        name = f"documents/{kind if document == 'markdown' else document}.md.j2"
        known = self.templates.names("documents")
        if name not in known:
            shown = [entry[len("documents/") : -len(".md.j2")] for entry in known if entry.endswith(".md.j2")]
            close = difflib.get_close_matches(document, [*shown, "json", "markdown", "html"], 1)
            remedy = f"Did you mean {close[0]}?" if close else f"There are: json, markdown, html, {', '.join(shown)}"
            raise TemplateError(f"there is no document '{document}'", remedy)
        values: dict[str, Any] = {kind: public, **_WORDS}
        return _tidy(self.templates.render(name, values))


def to_json(subject: Record, *, secrets: Sequence[str] | None = None) -> str:
    """Return the public JSON of a session or a validation report. Raises ``UsageError`` for another record."""
    _, public = _public(subject, tuple(secret_values() if secrets is None else secrets))
    # ASCII: a raw control character of a model would reach the terminal.
    return without_commands(json.dumps(public.model_dump(mode="json"), indent=2))


def without_commands(text: str) -> str:
    """Return JSON that says the same, and in which no build server finds a command (``##[error]``) in its log."""
    return re.sub("#(?=#)", r"\\u0023", text)


def _tidy(text: str) -> str:
    """Return Markdown without needless empty lines; what stands in a fenced block stays as it is."""
    kept: list[str] = []
    fence = ""
    for line in text.strip("\n").split("\n"):
        ticks = line[: len(line) - len(line.lstrip("`"))]
        if fence:
            fence = "" if line == fence else fence
        elif len(ticks) >= 3:
            fence = ticks
        elif not line.strip():
            if kept and kept[-1]:
                kept.append("")
            continue
        kept.append(line if fence else line.rstrip())
    return "\n".join(kept).rstrip("\n") + "\n"


def _public(subject: Record, secrets: tuple[str, ...]) -> tuple[str, Record]:
    if isinstance(subject, Session):
        return "session", public_session(subject, secrets=secrets)
    if isinstance(subject, ValidationReport):
        return "validation", public_report(subject, secrets=secrets)
    if isinstance(subject, BenchmarkReport):
        return "benchmark", public_benchmark(subject, secrets=secrets)
    if isinstance(subject, ComparisonReport):
        return "comparison", public_comparison(subject, secrets=secrets)
    if isinstance(subject, Advisory):
        return "advisory", redact_record(subject, secrets)
    if isinstance(subject, Guide):
        return "guide", redact_record(subject, secrets)
    if isinstance(subject, KnowledgeBook):
        return "knowledge", public_knowledge(subject, secrets=secrets)
    if isinstance(subject, Audit):
        return "audit", public_audit(subject, secrets=secrets)
    raise UsageError(f"a {type(subject).__name__} is no document", "Render a session or a validation report")
