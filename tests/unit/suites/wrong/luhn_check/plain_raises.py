"""Raises for letters."""


def is_valid_number(text):
    digits = [int(digit) for digit in text.replace(" ", "").replace("-", "")]
    if not 12 <= len(digits) <= 19:
        return False
    doubled = [value * 2 if place % 2 else value for place, value in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
