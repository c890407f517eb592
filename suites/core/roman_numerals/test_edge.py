"""Borders of Roman numerals."""

import pytest
from roman_numerals import from_roman, to_roman


def test_smallest_and_largest():
    assert to_roman(1) == "I"
    assert to_roman(3999) == "MMMCMXCIX"
    assert from_roman("MMMCMXCIX") == 3999


def test_just_out_of_range():
    for number in (4000, -1):
        with pytest.raises(ValueError):
            to_roman(number)


def test_there_and_back():
    assert [from_roman(to_roman(number)) for number in range(1, 4000, 37)] == list(range(1, 4000, 37))


def test_empty_text():
    with pytest.raises(ValueError):
        from_roman("")


def test_lower_case():
    with pytest.raises(ValueError):
        from_roman("iv")


def test_other_letters():
    for text in ("ABC", "XIZ", "X I"):
        with pytest.raises(ValueError):
            from_roman(text)


def test_letters_in_a_wrong_order():
    for text in ("VX", "IC", "IM", "XD", "IIX"):
        with pytest.raises(ValueError):
            from_roman(text)


def test_letters_too_often():
    for text in ("VV", "LL", "XXXX", "MMMM", "IVI", "CMC", "IXIX"):
        with pytest.raises(ValueError):
            from_roman(text)
