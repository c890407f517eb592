"""Roman numerals from 1 to 3999."""

LETTERS = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip


def to_roman(number):
    """Return the numeral of a number."""
    if not 1 <= number <= 3999:
        raise ValueError("only numbers from 1 to 3999 have a numeral")
    text = ""
    for value, letters in LETTERS:
        while number >= value:
            text += letters
            number -= value
    return text


def from_roman(text):
    """Return the number whose numeral the text is."""
    number, rest = 0, text
    for value, letters in LETTERS:
        while rest.startswith(letters):
            number += value
            rest = rest[len(letters) :]
    if rest or not 1 <= number <= 3999 or to_roman(number) != text:
        raise ValueError(f"{text!r} is no Roman numeral")
    return number
