"""What was learnt, in the terminal: one line each, or one whole with the evidence it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from council.rendering.terminal.page import Page, Sheet
from council.text import one_line
from council.types.facts import Source
from council.types.knowledge import Knowledge

_SHOWN_BY = {
    "session": "council session show",
    "benchmark": "council bench show",
    "knowledge": "council knowledge show",
}


def write_knowledge_list(found: Sequence[Knowledge], sheet: Sheet) -> Page:
    """Return one line a piece of knowledge, in the order given."""
    page = Page(sheet)
    rows = [
        (
            (entry.knowledge_id, "bold"),
            entry.created_at.strftime("%Y-%m-%d"),
            entry.kind.value,
            one_line(entry.title, 200),
        )
        for entry in found
    ]
    page.table(rows, indent=0)
    return page


def write_knowledge(entry: Knowledge, sheet: Sheet) -> Page:
    """Return a piece of knowledge, whole."""
    page = Page(sheet)
    page.wrap((one_line(entry.title, 400), "bold"))
    changed = f" · changed {entry.updated_at.strftime('%Y-%m-%d')}" if entry.updated_at else ""
    learnt = entry.created_at.strftime("%Y-%m-%d")
    page.wrap((f"{entry.knowledge_id} · {entry.kind.value} · {learnt}{changed}", "dim"))
    page.gap()
    for line in entry.text.splitlines():
        if line.strip():
            page.wrap(line)
        else:
            page.gap()
    page.title("Evidence")
    if not entry.evidence:
        page.wrap("None is named: it rests on the word of whoever wrote it.", indent=2)
    for source in entry.evidence:
        page.whole(_source(source), indent=2)
    return page


def _source(source: Source) -> str:
    place = f"  at {source.pointer}" if source.pointer else ""
    command = _SHOWN_BY.get(source.kind)
    return f"{command} {source.id}{place}" if command else f"{source.kind} {source.id}{place}"
