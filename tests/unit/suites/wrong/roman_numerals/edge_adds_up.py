"""Adds letters up by the usual rule and refuses four in a row only."""

VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
LETTERS = {1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V",
           4: "IV", 1: "I"}  # fmt: skip


def to_roman(number):
    if number < 1 or number > 3999:
        raise ValueError("range")
    text = ""
    for value, letters in LETTERS.items():
        text += letters * (number // value)
        number %= value
    return text


def from_roman(text):
    if not text or any(letter * 4 in text for letter in VALUES) or set(text) - set(VALUES):
        raise ValueError("numeral")
    total = 0
    for letter, after in zip(text, text[1:] + "I"):
        value = VALUES[letter]
        total += -value if value < VALUES[after] else value
    return total
