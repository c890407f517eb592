"""Text that reaches a terminal: nothing in it moves the cursor, hides, or turns what is beside it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from council.rendering.terminal import Sheet
from council.rendering.terminal.page import Page
from council.text import one_line, printable, redact

ANY = st.text(
    st.characters(codec="utf-16", exclude_categories=["Cs"]) | st.sampled_from("\x1b\x9b\r\u202e\u200b\ufeff")
)


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb", "a\\x0db"),
        ("a\r\nb", "a\nb"),
        ("\x7f\x08\x07", "\\x7f\\x08\\x07"),
        ("\u202eexe\u2066", "\\u202eexe\\u2066"),
        ("a\u200bb\u2060\ufeff", "a\\u200bb\\u2060\\ufeff"),
        ("a\u2028b\u2029", "a\\u2028b\\u2029"),
        ("pass\u3164word\u115f\uffa0", "pass\\u3164word\\u115f\\uffa0"),
        ("a\ufe01\U000e0101", "a\\ufe01\\U000e0101"),
        ("\U000e0041", "\\U000e0041"),
        ("\u034f\u2800", "\\u034f\\u2800"),
        ("\ue000\U0010ffff\u0378", "\\ue000\\U0010ffff\\u0378"),
        ("⚠\ufe0f", "⚠\ufe0f"),
        ("a\ufe0f", "a\\ufe0f"),
        ("né 漢字 ☃ नमस्ते", "né 漢字 ☃ नमस्ते"),
        ("tab\tstays\n", "tab\tstays\n"),
    ],
)
def test_what_is_not_seen_is_written_out(hidden: str, shown: str) -> None:
    assert printable(hidden) == shown


def test_heaps_of_marks_do_not_climb() -> None:
    assert sum(unicodedata.combining(char) > 0 for char in printable("e" + "\u0301" * 50)) == 4


@settings(max_examples=300)
@given(ANY)
def test_nothing_unseen_is_left(text: str) -> None:
    for char in printable(text):
        assert char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    assert printable(printable(text)) == printable(text)
    assert "\n" not in one_line(text) and len(one_line(text, 30)) <= 30


@settings(max_examples=300)
@given(ANY, st.integers(40, 100), st.booleans(), st.booleans())
def test_a_page_shows_text_as_it_stands(text: str, width: int, unicode: bool, color: bool) -> None:
    page = Page(Sheet(width=width, unicode=unicode, color=color))
    page.wrap((text, "bold"), lead=("[red]- ",), indent=2)
    page.add(text)
    page.table([("name", text), ("other", "text")])
    shown = page.text()
    if not color:
        assert "\x1b" not in shown
        assert all(cell_len(line) <= max(width, 40) for line in shown.splitlines())
    assert unicode or shown.isascii()
    assert "[red]-" in shown


LIVE = "correct-horse-battery"


@pytest.mark.parametrize(
    "text",
    [
        "sk-abcdefghijklmnop1234567890",
        "sk-ant-api03-" + "A1b2" * 20,
        "AIza" + "SyA1b2" * 6,
        "pplx-" + "a1b2" * 10,
        "ghp_" + "a1B2" * 9,
        "github_pat_" + "a1B2" * 9,
        "gsk_" + "a1B2" * 9,
        "hf_" + "a1B2" * 9,
        "AKIAABCDEFGHIJKLMNOP",
        "Bearer abcdefgh.12345678.ijklmnop",
        "x-api-key: abcdefgh12345678ijkl",
        "postgresql://user:s3cret@host/name",
        LIVE,
        "correct%2Dhorse%2Dbattery",
    ],
)
def test_keys_are_redacted(text: str) -> None:
    for around in (text, f"error ({text}).", f'{{"key": "{text}"}}'):
        redacted = redact(around, [LIVE, "correct%2Dhorse%2Dbattery"])
        assert "«redacted»" in redacted
        assert text.rpartition(" ")[2].rpartition(":")[2].partition("@")[0][4:] not in redacted


@pytest.mark.parametrize(
    "text",
    [
        "task-force-with-a-long-name-2026",
        "sk-loading-spinner-animation",
        "bearer of bad news",
        "http://localhost:11434/x@y",
        "def ghp_reader(): pass",
        "disk-" + "a1" * 20,
    ],
)
def test_plain_words_are_not(text: str) -> None:
    assert redact(text) == text


def test_a_secret_is_found_where_json_has_escaped_it() -> None:
    assert "quo" not in redact(r'{"a": "pass\"quo\\te"}', ['pass"quo\\te'])
