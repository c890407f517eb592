"""What a document says and no fact does is named: any other number, any changed line of code, any foreign quote."""

from __future__ import annotations

import re
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.advising import Untraced, compose_advisory, trace
from council.rendering import Documents
from council.types.advisories import Advisory

STRUCTURE = re.compile(r"^(?:#+ (?:Bug )?\d+[.:] |\d+\. )")


@pytest.fixture(scope="module")
def advisory(records: ModuleType) -> Advisory:
    return compose_advisory(records.evidence(), records.SUBJECT, against=(records.BEST,))


@pytest.fixture(scope="module")
def text(advisory: Advisory) -> str:
    return Documents(secrets=()).render(advisory)


def said(found: tuple[Untraced, ...]) -> list[tuple[str, str]]:
    return [(entry.kind, entry.text) for entry in found]


def test_every_number_of_the_document_is_looked_at(advisory: Advisory, text: str) -> None:
    """Each number, replaced by one that nobody measured, is named on its line."""
    lines = text.split("\n")
    seen = 0
    for at, line in enumerate(lines):
        skip = STRUCTURE.match(line)
        for match in re.finditer(r"\d+(?:[.,]\d+)*", line):
            if skip is not None and match.end() <= skip.end():
                continue
            changed = [*lines[:at], f"{line[: match.start()]}98765{line[match.end() :]}", *lines[at + 1 :]]
            assert any(entry.line == at + 1 for entry in trace("\n".join(changed), advisory)), line
            seen += 1
    assert seen > 150


def test_every_line_of_code_is_looked_at(advisory: Advisory, text: str) -> None:
    lines = text.split("\n")
    fence, seen = "", 0
    for at, line in enumerate(lines):
        if fence:
            if line == fence:
                fence = ""
            elif line.strip() and line.strip() != "# …":
                changed = [*lines[:at], line + " or changed", *lines[at + 1 :]]
                assert trace("\n".join(changed), advisory), line
                seen += 1
        elif line.startswith(("```python", "```text")):
            fence = "```"
    assert seen > 30


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("It passed 33 % (14–61) of them.", []),
        ("It passed 33 % of them.", ["33"]),
        ("In 3 million calls", ["3"]),
        ("8 of 12 programs failed", []),
        ("18 of 12 programs failed", ["18", "12"]),
        ("see 2026-11-02", []),
        ("codewriter:7b", []),
        ("codewriter:77b", ["77"]),
        ("1. a step\n2. another", []),
        ("### 4. A heading", []),
        ("| 8.0 s | 8.00 s |", ["8.00"]),
    ],
)
def test_numbers_need_the_whole_fact(advisory: Advisory, line: str, named: list[str]) -> None:
    assert [entry.text for entry in trace(line, advisory)] == named


def test_lines_of_a_fact_must_follow_each_other(advisory: Advisory) -> None:
    apart = "```python\ndef last_items(items, count):\n    return items[-count:]\n```"
    assert [entry.kind for entry in trace(apart, advisory)] == []  # each is a part of its own
    turned = "```python\n        return []\n    if count == 0:\n```"
    assert said(trace(turned, advisory)) == [("code", "        return []")]


def test_foreign_code_and_quotes_are_named(advisory: Advisory) -> None:
    assert said(trace("```python\nx = 1\n```", advisory)) == [("code", "x = 1")]
    assert said(trace("> “nobody said this”", advisory)) == [("quote", "“nobody said this”")]


def test_commands_are_those_of_the_advisory(advisory: Advisory) -> None:
    assert trace("```console\n$ council audit . --model codewriter:7b\n```", advisory) == ()
    assert said(trace("```console\n$ council audit . --limit 5\n```", advisory)) == [("number", "5")]


@given(st.integers(min_value=0, max_value=10**9), st.text(alphabet="abc %.,–()|*`", max_size=8))
def test_a_bare_number_proves_nothing_else(number: int, around: str) -> None:
    from council.advising.tracing import _Known

    known = _Known([str(number)])
    line = f"{number} {around}x"
    assert not known.covers(line, 0, len(str(number)))
    assert known.covers(str(number), 0, len(str(number)))
