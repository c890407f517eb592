"""What the task says of run-length coding."""

import pytest
from run_length import decode, encode


def test_encode():
    assert encode("aaab") == [("a", 3), ("b", 1)]


def test_a_character_comes_again():
    assert encode("aabaa") == [("a", 2), ("b", 1), ("a", 2)]


def test_decode():
    assert decode([("a", 3), ("b", 1)]) == "aaab"


def test_nothing():
    assert encode("") == []
    assert decode([]) == ""


def test_case_counts():
    assert encode("aA") == [("a", 1), ("A", 1)]


def test_count_below_one():
    with pytest.raises(ValueError):
        decode([("a", 0)])
