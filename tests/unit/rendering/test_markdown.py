"""Untrusted text in Markdown: what a reader's program makes of it is the text, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from council.templating import markdown_block, markdown_cell, markdown_inline, markdown_text
from council.text import one_line, printable

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HARMLESS = {"text", "code_inline", "softbreak"}
# Pieces that mean something to Markdown, to HTML or to a forge; whole texts are made by joining them.
PIECES = st.sampled_from(
    [
        "*", "_", "`", "``", "```", "~~~", "~~", "#", "# ", "-", "- ", "--", "---", "===", "+ ", "1. ", "2) ", ">",
        "> ", "|", "|-|", "| a |", ":-", "[x](y)", "![x](http://e.example/p.png)", "<b>",
        "<script>alert(1)</script>", "<!--", "-->", "&lt;", "&#60;", "http://e.example/?q=", "https://e",
        "www.e.example", "a@b.example", "@someone", "#12", "GH-3", "$x$", "$$", "\\", "\\\\", "{{ x }}",
        "{% raw %}", "[^1]", "[ref]: http://e", "\n", "\n\n", "\t", "    code", "  ", " ", "\r", "\r\n", "\x1b[31m",
        "\u202e", "\u200b", "\u2028", "a", "Z", "9", "é", "漢", "[bold]", ":smile:", "mailto:a@b", "javascript:x",
        "\x00",
    ]
)  # fmt: skip
HOSTILE = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=60)


def inline_of(source: str) -> list[Token]:
    tokens = MARKDOWN.parse(source)
    return [child for token in tokens for child in (token.children or [])]


def kinds(source: str) -> list[str]:
    return [token.type for token in MARKDOWN.parse(source)]


@settings(max_examples=600)
@given(HOSTILE)
def test_running_text_stays_one_paragraph_of_text(text: str) -> None:
    shown = one_line(text, 10**6)
    source = markdown_text(text)
    assert kinds(source) == (["paragraph_open", "inline", "paragraph_close"] if shown else [])
    assert {token.type for token in inline_of(source)} <= HARMLESS
    assert "".join(token.content for token in inline_of(source)) == shown


@settings(max_examples=300)
@given(HOSTILE)
def test_running_text_in_a_list_and_after_text(text: str) -> None:
    shown = one_line(text, 10**6)
    for source in (f"- {markdown_text(text)}\n- next", f"Says: {markdown_text(text)}\nnext"):
        inside = inline_of(source)
        assert {token.type for token in inside} <= HARMLESS
        assert shown in "".join(token.content for token in inside)
        assert kinds(source).count("inline") == (2 if source.startswith("-") and shown else 1)


@settings(max_examples=400)
@given(HOSTILE, HOSTILE)
def test_a_cell_stays_a_cell(text: str, code: str) -> None:
    source = f"| a | b | c |\n|---|---|---|\n| {markdown_text(text)} | {markdown_cell(code)} | end |\n"
    tokens = MARKDOWN.parse(source)
    cells = [after.content for token, after in zip(tokens, tokens[1:], strict=False) if token.type == "td_open"]
    assert len(cells) == 3 and cells[2] == "end"
    contents = [token.content for token in inline_of(source)]
    assert {token.type for token in inline_of(source)} <= HARMLESS
    assert "".join(contents) == "abc" + one_line(text, 10**6) + one_line(code, 10**6) + "end"


@settings(max_examples=400)
@given(HOSTILE)
def test_code_in_a_line_stays_code(text: str) -> None:
    shown = one_line(text, 10**6)
    (code,) = [t for t in inline_of(f"x {markdown_inline(text)} y") if t.type == "code_inline"] or [None]
    assert (code.content if code else "") == shown


@settings(max_examples=400)
@given(HOSTILE)
def test_a_block_ends_where_it_should(text: str) -> None:
    tokens = MARKDOWN.parse(f"before\n\n{markdown_block(text, 'python')}\nafter\n")
    assert [token.type for token in tokens if token.type in ("fence", "inline")] == ["inline", "fence", "inline"]
    fence = next(token for token in tokens if token.type == "fence")
    assert fence.info == "python" and fence.content.rstrip("\n") == printable(text).rstrip("\n")


@pytest.mark.parametrize(
    "text",
    ["see http://e.example/x", "WWW.e.example", "(www.e.example)", "me@e.example", "ask @octocat", "as in #12", "GH-7"],
)
def test_what_a_forge_would_link_is_code(text: str) -> None:
    """Escapes do not stop a forge: it looks for these in the text that is left."""
    outside = re.sub(r"(`+).*?\1", "", markdown_text(text))
    assert not re.search(r"(?i)://|www\.|@\w|#\d|gh-\d", outside)


def test_plain_sentences_are_left_alone() -> None:
    text = "The key snake_case isn't moved (line 21): 3 > 2! Really?"
    assert markdown_text(text) == text.replace(">", "&gt;")


def test_long_runs_of_backticks_take_no_time() -> None:
    hostile = "`" * 200_000
    assert markdown_inline(hostile).count("`") == 600_000 + 1 + 1
    assert len(markdown_text(hostile)) == 400_000
