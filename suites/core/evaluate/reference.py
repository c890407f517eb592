"""Arithmetic expressions, computed without running anything."""

import re

TOKEN = re.compile(r" *([0-9]+(?:\.[0-9]+)?|[-+*/()])")


def evaluate(text):
    """Return the value of an expression."""
    tokens, place, text = [], 0, text.rstrip(" ")
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None:
            raise ValueError(f"{text[place:]!r} is no part of an expression")
        tokens.append(found[1])
        place = found.end()
    value = _sum(tokens)
    if tokens:
        raise ValueError(f"{tokens[0]!r} is one too many")
    return value


def _sum(tokens):
    value = _product(tokens)
    while tokens and tokens[0] in "+-":
        value = value + _product(tokens) if tokens.pop(0) == "+" else value - _product(tokens)
    return value


def _product(tokens):
    value = _factor(tokens)
    while tokens and tokens[0] in "*/":
        value = value * _factor(tokens) if tokens.pop(0) == "*" else value / _factor(tokens)
    return value


def _factor(tokens):
    if tokens and tokens[0] == "-":
        tokens.pop(0)
        return -_value(tokens)
    return _value(tokens)


def _value(tokens):
    if not tokens:
        raise ValueError("the expression ends too early")
    token = tokens.pop(0)
    if token == "(":
        value = _sum(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise ValueError("a bracket is never closed")
        return value
    if token in "+-*/)":
        raise ValueError(f"{token!r} stands where a number should")
    return float(token) if "." in token else int(token)
