"""Lists for people, and what a stream is found to be."""

from __future__ import annotations

import io
from types import ModuleType

import pytest

from council.protocols import SessionSummary
from council.rendering import terminal
from council.rendering.terminal.page import Sheet, knows_unicode
from council.settings import load_settings


@pytest.fixture(autouse=True)
def _no_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of a parallel run have a COLUMNS of their own."""
    monkeypatch.delenv("COLUMNS", raising=False)


def shown(stream: io.StringIO) -> list[str]:
    return stream.getvalue().splitlines()


def test_sessions_are_one_line_each() -> None:
    stream = io.StringIO()
    at = "2026-11-23T20:15:03.000000+00:00"
    rows = [
        SessionSummary(session_id="7f3k0a9xzq", kind="review", state="finished", created_at=at, decision="no_quorum"),
        SessionSummary(session_id="7f3k0a9xzr", kind="review", state="interrupted", created_at=at, title="a\x1b[2J.py"),
        SessionSummary(session_id="7f3k0a9xzs", kind="generate", state="finished", created_at=at, score=None),
        SessionSummary(
            session_id="7f3k0a9xzt", kind="review", state="finished", created_at=at, decision="approved", score=9.41
        ),
    ]
    terminal.show_sessions(rows, stream=stream)
    lines = shown(stream)
    assert len(lines) == 4 and all("2026-11-23 20:15" in line for line in lines)
    assert "no quorum" in lines[0] and "interrupted" in lines[1] and "\\x1b[2J.py" in lines[1]
    assert "written" in lines[2] and "9.4 of 10" in lines[3]


def test_no_sessions_is_said_with_what_to_type() -> None:
    stream = io.StringIO()
    terminal.show_sessions([], stream=stream)
    assert "council review FILE" in stream.getvalue()


def test_settings_show_origin_and_hide_passwords() -> None:
    resolved = load_settings(
        environ={"COUNCIL_STORE_URL": "postgresql://me:hunter2hunter2@host/name", "COUNCIL_DEADLINE_S": "30"}
    )
    stream = io.StringIO()
    terminal.show_settings(resolved, stream=stream)
    text = stream.getvalue()
    assert "hunter2" not in text and "postgresql://me:«redacted»@host/name" in text
    assert any(line.split()[:3] == ["deadline_s", "COUNCIL_DEADLINE_S", "30.0"] for line in shown(stream))
    assert len({line.split()[0] for line in shown(stream)}) >= len(resolved.origins)


def test_rows_say_their_state_and_what_to_type_last() -> None:
    stream = io.StringIO()
    terminal.show_rows(
        [("Ollama", "ok", "0.32 at 127.0.0.1:11434"), ("Sandbox", "fail", "none " * 40)],
        [("export OPENAI_API_KEY=…", "gives a seat its voice")],
        stream=stream,
    )
    lines = shown(stream)
    assert lines[0].split()[:2] == ["Ollama", "ok"] and lines[1].split()[:2] == ["Sandbox", "fail"]
    assert lines[-1] == "export OPENAI_API_KEY=…  gives a seat its voice"
    assert max(map(len, lines)) <= 100


def test_one_concern_shows_all_that_was_said(sessions: ModuleType) -> None:
    session = sessions.REJECTED
    stream = io.StringIO()
    terminal.show_concern(session.consensus.concerns[0], session, stream=stream)
    text = stream.getvalue()
    for piece in ("Concern 1", "def test_update():", "self.entries.move_to_end(key)", "fails in 5 of 5 runs",
                  "gpt-6-sol", "claude-opus-5-5", "gemini-3.1-pro", "assert -1 == 1"):  # fmt: skip
        assert piece in text


def test_a_command_is_never_cut(sessions: ModuleType) -> None:
    command = "council review " + "a-long-name/" * 12 + "cache.py"
    text = terminal.session_text(sessions.APPROVED, [(command, "again")], sheet=Sheet(width=80))
    assert command in text.splitlines()


def test_generation_names_the_file(sessions: ModuleType) -> None:
    stream = io.StringIO()
    terminal.show_generation(sessions.GENERATED, target="out.py", stream=stream)
    assert "written to out.py" in stream.getvalue() and "CHECKS PASSED" in stream.getvalue()


@pytest.mark.parametrize(
    ("encoding", "variables", "unicode"),
    [
        ("utf-8", {}, True),
        ("utf-8", {"LANG": "en_US.UTF-8"}, True),
        ("utf-8", {"LANG": "C"}, False),
        ("utf-8", {"LANG": "C", "LC_ALL": "en_US.UTF-8"}, True),
        ("utf-8", {"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, False),
        ("ascii", {"LANG": "en_US.UTF-8"}, False),
        ("latin-1", {}, False),
    ],
)
def test_a_stream_without_unicode_gets_plain_marks(
    encoding: str, variables: dict[str, str], unicode: bool, monkeypatch: pytest.MonkeyPatch, sessions: ModuleType
) -> None:
    for name in ("LANG", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert knows_unicode(stream) is unicode
    terminal.show_generation(sessions.GENERATED, stream=stream)  # strict: what does not fit would raise
    stream.seek(0)
    assert stream.read().isascii() is not unicode


def test_what_is_no_terminal_gets_full_width_and_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    sheet = Sheet.of(io.StringIO())
    assert (sheet.width, sheet.color) == (100, False)
    monkeypatch.setenv("COLUMNS", "72")
    assert Sheet.of(io.StringIO()).width == 72
