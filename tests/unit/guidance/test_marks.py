"""council knows its own files, and sees when one was edited."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from council.guidance.marks import read_mark, with_mark

TEXTS = st.one_of(st.text(max_size=80), st.text(max_size=80).map("<!doctype html>\n{}".format))
NAMES = st.text(min_size=1, max_size=30).filter(lambda name: not any(0xD800 <= ord(c) < 0xE000 for c in name))


@given(TEXTS, NAMES, st.integers(1, 9999))
def test_a_mark_is_read_as_it_was_written(text: str, name: str, number: int) -> None:
    mark = read_mark(with_mark(text, name=name, number=number))
    assert mark is not None
    assert (mark.name, mark.number, mark.intact) == (name, number, True)


@given(TEXTS, st.integers(0, 400), st.characters(exclude_categories=["Cs"]))
def test_an_edit_shows(text: str, at: int, char: str) -> None:
    whole = with_mark(text, name="guidelines/p/d", number=3)
    end = whole.index("-->") + len("-->\n")
    assume(at <= len(whole) - end)
    edited = whole[: end + at] + char + whole[end + at :]
    assume(edited != whole)
    mark = read_mark(edited)
    assert mark is not None and not mark.intact


@given(TEXTS)
def test_what_council_did_not_write_has_no_mark(text: str) -> None:
    assume("council:" not in text)
    assert read_mark(text) is None


def test_a_name_cannot_end_the_comment() -> None:
    first = with_mark("text", name="guidelines/--> <script>/d", number=1).splitlines()[0]
    assert first.count("-->") == 1 and "<script>" not in first


def test_pages_keep_their_doctype_first() -> None:
    assert with_mark("<!doctype html>\n<p>", name="a/b", number=1).startswith("<!doctype html>\n<!-- council: a/b ")
