"""Has no largest number."""

LETTERS = {1000: "M", 900: "CM", 500: "D", 400: "CD", 100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V",
           4: "IV", 1: "I"}  # fmt: skip


def to_roman(number):
    if number < 1:
        raise ValueError("range")
    text = ""
    for value, letters in LETTERS.items():
        text += letters * (number // value)
        number %= value
    return text


def from_roman(text):
    for number in range(1, 5000):
        if to_roman(number) == text.upper():
            return number
    raise ValueError("numeral")
