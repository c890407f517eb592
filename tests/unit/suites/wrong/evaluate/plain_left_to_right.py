"""Computes from left to right, whatever the rank."""

import re


def evaluate(text):
    tokens = re.findall(r"\d+(?:\.\d+)?|[-+*/]", text)
    if not tokens or re.search(r"[a-z]", text):
        raise ValueError("expression")
    value = float(tokens[0]) if tokens[0] not in "+-*/" else 0.0
    for operator, number in zip(tokens[1::2], tokens[2::2]):
        operand = float(number)
        if operator == "+":
            value += operand
        elif operator == "-":
            value -= operand
        elif operator == "*":
            value *= operand
        else:
            value /= operand
    return value
