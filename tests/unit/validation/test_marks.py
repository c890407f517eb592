"""Comments that ask for silence and characters that deceive: each is told with its line, strings are left alone."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable

import pytest
from bandit.core.manager import NOSEC_COMMENT
from flake8.defaults import NOQA_FILE, NOQA_INLINE_REGEXP
from hypothesis import example, given
from hypothesis import strategies as st

from council.types.checks import CheckOutcome, CheckResult
from council.types.findings import Severity
from council.validation.inside.marks import deceivers, silencers

Check = Callable[..., CheckResult]
SPACES = st.text(" \t", max_size=3)
WORDS = st.sampled_from(
    ["noqa", "nosec", "type: ignore", "fmt: off", "fmt:skip", "flake8: noqa", "flake8=noqa", "pylint: disable=all",
     "pragma: no cover", "noqa: E501,F821", "noqa:F821 F401", "nosec B602", "nosec: B602", "mypy: ignore-errors",
     "pyright: ignore", "ruff: noqa"]
)  # fmt: skip
CASES = st.sampled_from([str.lower, str.upper, str.title, str.swapcase])
COMMENTS = st.builds(
    lambda space, case, word, before, after: f"#{before}{space}{case(word)}{after}",
    SPACES, CASES, WORDS, st.sampled_from(["", " why #", "#", " see ; "]), st.sampled_from(["", " because", "#x", " :"]),
)  # fmt: skip
STRING = "z = '# nosec'"
PLAIN = st.sampled_from(["x = 1", "def f(): pass", 'y = """a', "# noqa", '"""', STRING, "", "\x0c", "(", ")"])
KINDS = ("lint", "security", "formatting")


def lines_of(source: str) -> set[int]:
    return {line for kind in KINDS for line, _, _ in silencers(source, kind)}


@given(st.lists(COMMENTS, min_size=1, max_size=6), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_comment_that_a_tool_would_obey_is_told_with_its_line(comments: list[str], end: str) -> None:
    source = end.join(f"x{number} = {number}  {comment}" for number, comment in enumerate(comments)) + end
    obeyed = {
        number
        for number, comment in enumerate(comments, 1)
        if NOQA_INLINE_REGEXP.search(comment)
        or NOQA_FILE.search(comment)
        or NOSEC_COMMENT.search(comment)
        or re.search(r"#\s*fmt:\s?(off|skip)", comment)
        or re.match(r"#\s*type:\s*ignore(\[|\s|$)", comment)
    }
    assert obeyed <= lines_of(source)


@example([STRING, ")", "("])
@given(st.lists(PLAIN | COMMENTS, max_size=8))
def test_broken_texts_lose_no_comment(lines: list[str]) -> None:
    """Where Python finds no tokens nothing may be lost; where it does, a string may hide nothing but itself."""
    source = "\n".join(lines) + "\n"
    try:
        compile(source, "x", "exec")
    except SyntaxError:
        wanted = {n for n, text in enumerate(lines, 1) if re.search(r"#\s*(noqa|nosec)\b", text, re.I)}
        if _has_tokens(source):  # such as ``)(``: then a string is known to be one
            wanted -= {n for n, text in enumerate(lines, 1) if text == STRING}
        inside = source.count('"""') > 1  # a closed string is a string, also beside broken code
        assert inside or wanted <= lines_of(source)


def _has_tokens(source: str) -> bool:
    try:
        return bool(list(tokenize.generate_tokens(io.StringIO(source).readline)))
    except (tokenize.TokenError, SyntaxError):
        return False


@given(COMMENTS, st.sampled_from(['"{}"', "'{}'", '"""{}"""', "f'{}'", "rb'{}'", '"""\n{}\n"""']))
def test_a_string_is_no_comment(comment: str, quotes: str) -> None:
    assert not lines_of(f"x = {quotes.format(comment)}\n")


@given(st.text(st.characters(max_codepoint=0x2FFF), max_size=80))
def test_any_text_is_read_without_harm_and_lines_exist(text: str) -> None:
    count = len(re.split(r"\r\n|\r|\n", text))
    assert all(1 <= line <= count for line, _, _ in deceivers(text))
    assert lines_of(text) <= set(range(1, count + 1))


@given(st.lists(st.sampled_from(["a = 1", "b = '\x0c'", "c = '\x85\u2028'", ""]), max_size=6), st.integers(0, 6))
def test_lines_are_pythons_lines(lines: list[str], at: int) -> None:
    """Separators that only editors know must not shift the place of what follows them."""
    lines = [*lines[:at], "q = 1  # noqa", "t = '\u202e'", *lines[at:]]
    source, number = "\n".join(lines), min(at, len(lines) - 2) + 1
    assert lines_of(source) == {number}
    assert [line for line, kind, _ in deceivers(source) if kind == "bidi"] == [number + 1]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60))
def test_plain_text_deceives_nobody(text: str) -> None:
    assert deceivers(f"{text}\n\tx\r\n") == []


@pytest.mark.parametrize(
    "source, line, kind",
    [
        ("x = 1\nif a: # \u202e } \u2066\n    pass\n", 2, "bidi"),
        ("x = 'a\u200bb'\n", 1, "unseen"),
        ("x = 1\n\u3164 = 2\n", 2, "unseen"),
        ("# fine\rimport os\n", 1, "line"),
        ("x = 1\n# a\u2028import os\n", 2, "line"),
        ("# a\x0cimport os\n", 1, "line"),
        ("x = '\x1b[2K'\n", 1, "control"),
        ("x = 'a\u00a0b'\n", 1, "blank"),
        ("\nd\u0435f_ = 1\n", 2, "lookalike"),
        ("\uff45val('1')\n", 1, "lookalike"),
        ("\u0441\u043e\u0440 = 1\n", 1, "lookalike"),
        ("x = 1\n\ufeffy = 2\n", 2, "unseen"),
        ("x = '\U000e0041'\n", 1, "unseen"),
    ],
)
def test_characters_that_deceive_are_told(source: str, line: int, kind: str) -> None:
    assert (line, kind) in {(at, what) for at, what, _ in deceivers(source)}


@pytest.mark.parametrize(
    "source",
    ["größe = 'naïve café'\n", "Δx = σ2 = μ = 1\n", "имя = 'Привет'\n", "x = '👩\u200d💻 ❤\ufe0f'\n", "\ufeffx = 1\n",
     "名前 = '日本'\n", "x = 1\r\ny = 2\r\n", "π = 3\n"],
)  # fmt: skip
def test_honest_text_of_other_languages_is_left_alone(source: str) -> None:
    assert deceivers(source) == []


def test_what_deceives_the_eye_is_a_finding_of_security(check: Check) -> None:
    result = check("security", "x = 1\ny = 'user\u202e\u2066# admin\u2069\u2066'\nd\u0435l_ = 2\n")
    assert result.outcome is CheckOutcome.FAILED and result.summary == "4 high (B613, direction), 1 medium (look-alike)"
    assert {(str(f.location), f.rule, f.severity) for f in result.findings} >= {
        ("cache.py:2", "direction", Severity.HIGH), ("cache.py:3", "look-alike", Severity.MEDIUM),
    }  # fmt: skip


def test_comments_that_hide_nothing_are_told_once(check: Check) -> None:
    code = "x = 1  #NOQA\ny = nope  # noqa: F821\nz = '# noqa'\nw = 1  # type:ignore\n"
    lint = check("lint", code)
    told = [(f.location.line, f.rule, f.suppressed_by) for f in lint.findings if f.suppressed_by and f.location]
    assert sorted(told) == [  # E262 is flake8's word about the comment's own form
        (1, "E262", "NOQA"), (2, "F821", "noqa"), (4, "suppression", "type:ignore"),
    ]  # fmt: skip
    assert all(f.severity is Severity.INFO for f in lint.findings if f.rule == "suppression")
    secure = check("security", "x = 1  # why # NoSec B602\n")
    assert secure.outcome is CheckOutcome.PASSED and secure.findings[0].suppressed_by == "NoSec"


@pytest.mark.parametrize("folder", [".tox", ".eggs", "x.egg", ".git", "__pycache__", ".svn", "node_modules"])
def test_no_folder_is_left_out(check: Check, folder: str) -> None:
    code = {f"{folder}/cache.py": "import subprocess\nx = nope\nsubprocess.call(x, shell=True)\n"}
    assert "F821" in {f.rule for f in check("lint", code).findings}
    assert "B602" in {f.rule for f in check("security", code).findings}


def test_an_expression_that_blinds_a_tool_is_no_pass(check: Check) -> None:
    code = "x = nope\ny = " + " + ".join(["1"] * 3000) + "\n"
    assert not check("lint", code).passed and not check("security", code).passed


@pytest.mark.parametrize("path, first", [("tool.pyw", ""), ("tool", "#!/usr/bin/env python3\n"), ("x.PY", "")])
def test_python_by_another_name_is_read(check: Check, path: str, first: str) -> None:
    code = {path: f"{first}import subprocess\nx = nope\nsubprocess.call(x, shell=True)\n"}
    assert "F821" in {f.rule for f in check("lint", code).findings}
    assert "B602" in {f.rule for f in check("security", code).findings}
    assert check("syntax", code).passed and not check("syntax", {path: f"{first}def f(:\n"}).passed
