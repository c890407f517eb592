"""Takes every digit of every script, and keeps to 16 digits."""


def is_valid_number(text):
    digits = text.replace(" ", "").replace("-", "")
    if not digits.isdigit() or len(digits) != 16:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
