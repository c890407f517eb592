"""Borders of card numbers."""

from luhn_check import is_valid_number


def test_an_odd_number_of_digits():
    assert is_valid_number("378282246310005") is True
    assert is_valid_number("378282246310006") is False


def test_shortest_and_longest():
    assert is_valid_number("630495060000") is True
    assert is_valid_number("0" * 12) is True
    assert is_valid_number("0" * 19) is True


def test_one_digit_too_few_or_too_many():
    assert is_valid_number("0" * 11) is False
    assert is_valid_number("0" * 20) is False


def test_length_is_that_of_the_digits():
    assert is_valid_number("0-0-0-0-0-0-0-0-0-0-0") is False
    assert is_valid_number("0 " * 15) is True


def test_empty():
    assert is_valid_number("") is False
    assert is_valid_number(" - ") is False


def test_digits_of_other_scripts():
    assert is_valid_number("٠" * 16) is False
    assert is_valid_number("0" * 15 + "²") is False


def test_other_marks():
    assert is_valid_number("4539.3195.0343.6467") is False
    assert is_valid_number("+4539319503436467") is False


def test_two_neighbours_changed_places():
    assert is_valid_number("4539319503434667") is False
