"""Borders of run-length coding."""

import pytest
from run_length import decode, encode


def test_one_character():
    assert encode("x") == [("x", 1)]


def test_one_run():
    assert encode("zzzz") == [("z", 4)]


def test_long_runs():
    assert encode("a" * 12345) == [("a", 12345)]
    assert decode([("a", 12345)]) == "a" * 12345


def test_digits_and_blanks_are_characters():
    assert encode("112  ") == [("1", 2), ("2", 1), (" ", 2)]
    assert decode([("3", 2), (" ", 1)]) == "33 "


def test_there_and_back():
    for text in ("mississippi", "\n\n\tx", "ñññ€€", "aAaA"):
        assert decode(encode(text)) == text


def test_runs_of_one_character_side_by_side():
    assert decode([("a", 1), ("a", 2)]) == "aaa"


def test_negative_count():
    with pytest.raises(ValueError):
        decode([("a", 2), ("b", -1)])


def test_text_that_is_not_one_character():
    for text in ("", "ab"):
        with pytest.raises(ValueError):
            decode([(text, 2)])
