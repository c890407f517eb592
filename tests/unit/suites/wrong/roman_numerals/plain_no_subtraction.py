"""Writes four as four strokes."""

LETTERS = {1000: "M", 500: "D", 100: "C", 50: "L", 10: "X", 5: "V", 1: "I"}


def to_roman(number):
    if not 1 <= number <= 3999:
        raise ValueError("range")
    text = ""
    for value, letter in LETTERS.items():
        text += letter * (number // value)
        number %= value
    return text


def from_roman(text):
    for number in range(1, 4000):
        if to_roman(number) == text:
            return number
    raise ValueError("numeral")
