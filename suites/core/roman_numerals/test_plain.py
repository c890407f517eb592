"""What the task says of Roman numerals."""

import pytest
from roman_numerals import from_roman, to_roman


def test_to_roman():
    assert to_roman(1994) == "MCMXCIV"
    assert to_roman(2026) == "MMXXVI"


def test_one_letter():
    numbers = {1: "I", 5: "V", 10: "X", 50: "L", 100: "C", 500: "D", 1000: "M"}
    assert {number: to_roman(number) for number in numbers} == numbers


def test_subtracted_letters():
    numbers = {4: "IV", 9: "IX", 40: "XL", 90: "XC", 400: "CD", 900: "CM"}
    assert {number: to_roman(number) for number in numbers} == numbers


def test_from_roman():
    assert from_roman("XIV") == 14
    assert from_roman("MCMXCIV") == 1994


def test_number_out_of_range():
    with pytest.raises(ValueError):
        to_roman(0)


def test_text_that_is_no_numeral():
    with pytest.raises(ValueError):
        from_roman("IIII")
