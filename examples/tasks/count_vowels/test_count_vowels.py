"""What task.md asks of count_vowels."""

from count_vowels import count_vowels


def test_words():
    assert count_vowels("Hello World") == 3
    assert count_vowels("queue") == 4


def test_upper_case():
    assert count_vowels("AEIOU and aeiou") == 11


def test_none_at_all():
    assert count_vowels("") == 0
    assert count_vowels("rhythm 123") == 0
