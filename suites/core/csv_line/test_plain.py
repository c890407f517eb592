"""What the task says of comma-separated values."""

import pytest
from csv_line import split_csv_line


def test_without_quotes():
    assert split_csv_line("a,b,c") == ["a", "b", "c"]


def test_comma_in_quotes():
    assert split_csv_line('1,"Smith, John",x') == ["1", "Smith, John", "x"]


def test_doubled_quotes():
    assert split_csv_line('"say ""hi""",ok') == ['say "hi"', "ok"]


def test_white_space_belongs_to_the_field():
    assert split_csv_line(" a , b") == [" a ", " b"]


def test_empty_line():
    assert split_csv_line("") == [""]


def test_quote_never_closed():
    with pytest.raises(ValueError):
        split_csv_line('a,"b')
