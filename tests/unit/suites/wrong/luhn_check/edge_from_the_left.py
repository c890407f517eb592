"""Counts from the left, which is right for an even number of digits only."""


def is_valid_number(text):
    digits = text.replace(" ", "").replace("-", "")
    if not 12 <= len(digits) <= 19 or any(digit not in "0123456789" for digit in digits):
        return False
    total = 0
    for place, digit in enumerate(digits):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
