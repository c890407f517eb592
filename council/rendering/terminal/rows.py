"""Lists for people: sessions of the store, settings with their origin, whatever has a name and a text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from council.protocols import SessionSummary
from council.rendering.terminal.page import Page, Part, Sheet
from council.rendering.terminal.session import Steps, write_steps
from council.rendering.words import verdict_words
from council.settings import Resolved, secret_values
from council.text import one_line, redact

_STATE = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def write_rows(rows: Sequence[tuple[str, str, str]], steps: Steps, sheet: Sheet) -> Page:
    """Return rows of name, state and text, and under them what to type next.

    The state is a word (``ok``, ``warn``, ``fail``) and is shown as one, so that nothing hangs on its colour.
    """
    page = Page(sheet)
    hidden = secret_values()
    page.table(
        [((name, "bold"), (state, _STATE.get(state, "")), redact(text, hidden)) for name, state, text in rows], indent=0
    )
    page.gap()
    write_steps(page, steps)
    return page


def write_sessions(sessions: Sequence[SessionSummary], sheet: Sheet) -> Page:
    """Return one line a session, the newest first."""
    page = Page(sheet)
    if not sessions:
        page.wrap("No sessions are kept here yet. The first one comes with: council review FILE")
        return page
    page.table([_summary(summary) for summary in sessions], indent=0)
    return page


def write_settings(resolved: Resolved, sheet: Sheet) -> Page:
    """Return each setting with its value and where it came from; passwords are not shown."""
    page, hidden = Page(sheet), secret_values()
    rows: list[tuple[Part, ...]] = []
    for name, value in resolved.settings.model_dump(mode="json").items():
        origin = resolved.origins.get(name, "default")
        shown = redact(_value(value), hidden)
        rows.append((name, (origin, "dim" if origin == "default" else "bold"), shown))
    page.table(rows, indent=0)
    return page


def _summary(summary: SessionSummary) -> tuple[Part, ...]:
    try:
        when = datetime.fromisoformat(summary.created_at).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        when = summary.created_at
    if summary.state != "finished":
        said = summary.state
    else:
        said = verdict_words(summary.decision) if summary.decision else "written" if summary.kind == "generate" else "-"
    score = "" if summary.score is None else f"{summary.score:.1f} of 10"
    return (summary.session_id, when, summary.kind, said, score, one_line(summary.title, 120))


def _value(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_value(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)
