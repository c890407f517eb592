"""What people see, kept as files: a change of a word shows up in review. COUNCIL_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from council.rendering import Documents, to_json
from council.rendering.terminal import Sheet, report_text, session_text
from council.types.session import Session

Holds = Callable[[str, str], None]
SHEETS = {
    "100": Sheet(width=100),
    "80": Sheet(width=80),
    "ascii": Sheet(width=80, unicode=False),
}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@pytest.mark.parametrize("sheet", SHEETS)
def test_terminal(golden_sessions: ModuleType, name: str, sheet: str, holds: Holds) -> None:
    text = session_text(golden_sessions.SESSIONS[name], golden_sessions.STEPS.get(name, ()), sheet=SHEETS[sheet])
    assert not CONTROL.search(text)
    assert sheet != "ascii" or text.isascii()
    holds(f"{name}.{sheet}.txt", text)


@pytest.mark.parametrize("sheet", SHEETS)
def test_nothing_sticks_out_but_names_and_commands(golden_sessions: ModuleType, name: str, sheet: str) -> None:
    session: Session = golden_sessions.SESSIONS[name]
    commands = [SHEETS[sheet].known(command) for command, _ in golden_sessions.STEPS.get(name, ())]
    for line in session_text(session, golden_sessions.STEPS.get(name, ()), sheet=SHEETS[sheet]).splitlines():
        wide = cell_len(line) > SHEETS[sheet].width
        assert not wide or line in commands or line.strip().startswith(("test_", "a/a/")), line


def test_markdown(golden_sessions: ModuleType, name: str, holds: Holds) -> None:
    text = Documents(secrets=()).render(golden_sessions.SESSIONS[name], document="markdown")
    assert not CONTROL.search(text)
    assert "\n\n\n" not in re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "x", text)
    holds(f"{name}.md", text)


def test_json(golden_sessions: ModuleType, name: str, holds: Holds) -> None:
    text = to_json(golden_sessions.SESSIONS[name], secrets=())
    assert text.isascii() and not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)
    holds(f"{name}.json", text + "\n")


@pytest.mark.parametrize("name", ["rejected", "hostile", "checks_only"])
def test_validation(golden_sessions: ModuleType, name: str, holds: Holds) -> None:
    session = golden_sessions.SESSIONS[name]
    holds(f"{name}.report.txt", report_text(session.validation, session.submission, sheet=SHEETS["100"]))
    holds(f"{name}.report.md", Documents(secrets=()).render(session.validation))
    holds(f"{name}.report.json", to_json(session.validation, secrets=()) + "\n")


def test_hostile_text_makes_no_markup(golden_sessions: ModuleType) -> None:
    """Whatever names, models, tests and tasks say, the document has the headings, tables and code of the template."""
    session = golden_sessions.SESSIONS["hostile"]
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for document in (Documents().render(session), Documents().render(session.validation)):
        tokens = markdown.parse(document)
        kinds = {token.type for token in tokens} | {c.type for token in tokens for c in token.children or []}
        assert not kinds & {"html_block", "html_inline", "image", "link_open", "s_open", "hr", "em_open"}
        assert "table_open" in kinds and "fence" in kinds
        for at, token in enumerate(tokens):
            if token.type == "tr_open":
                row = tokens[at : next(n for n in range(at, len(tokens)) if tokens[n].type == "tr_close")]
                assert sum(t.type in ("td_open", "th_open") for t in row) in (2, 4, 6)
        outside = re.sub(r"(?s)(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", document)
        assert not re.search(r"(?i)https?:|www\.|@octocat|#12\b", outside)


def test_no_golden_file_is_left_over(golden_sessions: ModuleType) -> None:
    names = {path.name.partition(".")[0] for path in (Path(__file__).parent / "files").iterdir()}
    assert names == set(golden_sessions.SESSIONS)
