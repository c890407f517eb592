"""The Luhn rule for card numbers."""


def is_valid_number(text):
    """Return whether the text is a card number whose digits add up."""
    digits = text.replace(" ", "").replace("-", "")
    if not 12 <= len(digits) <= 19 or any(digit not in "0123456789" for digit in digits):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
