"""What the task says of card numbers."""

from luhn_check import is_valid_number


def test_valid():
    assert is_valid_number("4539319503436467") is True


def test_not_valid():
    assert is_valid_number("8273123273520569") is False


def test_blanks_and_hyphens():
    assert is_valid_number("4539 3195 0343 6467") is True
    assert is_valid_number("4539-3195-0343-6467") is True


def test_too_short():
    assert is_valid_number("18") is False


def test_letters():
    assert is_valid_number("4539 3195 0343 646A") is False
