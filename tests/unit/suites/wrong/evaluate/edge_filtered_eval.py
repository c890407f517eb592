"""Looks at the characters, then hands the text to Python."""

import re


def evaluate(text):
    if not re.fullmatch(r"[0-9.+*/() -]+", text):
        raise ValueError("expression")
    try:
        return eval(text)
    except (SyntaxError, TypeError):
        raise ValueError("expression") from None
