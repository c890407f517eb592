"""Borders of comma-separated values."""

import pytest
from csv_line import split_csv_line


def test_empty_fields():
    assert split_csv_line(",") == ["", ""]
    assert split_csv_line("a,,b,") == ["a", "", "b", ""]


def test_quoted_and_empty():
    assert split_csv_line('""') == [""]
    assert split_csv_line('"",a,""') == ["", "a", ""]


def test_only_quotes():
    assert split_csv_line('""""') == ['"']
    assert split_csv_line('"""a"""') == ['"a"']


def test_quote_inside_a_plain_field():
    assert split_csv_line('5" pipe,x"y"z') == ['5" pipe', 'x"y"z']


def test_white_space_before_a_quote():
    assert split_csv_line(' "a",b') == [' "a"', "b"]


def test_text_after_a_closing_quote():
    for line in ('"a"b,c', '"a" ,c', '"a""b"c'):
        with pytest.raises(ValueError):
            split_csv_line(line)


def test_a_doubled_quote_does_not_close():
    with pytest.raises(ValueError):
        split_csv_line('"a""')


def test_a_single_quote_character():
    with pytest.raises(ValueError):
        split_csv_line('"')


def test_commas_only_in_quotes():
    assert split_csv_line('",,",","') == [",,", ","]


def test_letters_beyond_ascii():
    assert split_csv_line('é,"ß,ü"') == ["é", "ß,ü"]
