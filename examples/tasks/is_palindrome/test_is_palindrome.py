"""What task.md asks of is_palindrome."""

from is_palindrome import is_palindrome


def test_plain_words():
    assert is_palindrome("level") is True
    assert is_palindrome("cat") is False


def test_case_and_punctuation():
    assert is_palindrome("Never odd or even") is True
    assert is_palindrome("Step on no pets!") is True
    assert is_palindrome("Almost, but no") is False


def test_digits_count():
    assert is_palindrome("1 2 1") is True
    assert is_palindrome("12") is False


def test_nothing_to_read():
    assert is_palindrome("") is True
    assert is_palindrome(" ,.") is True
