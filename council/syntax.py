"""Reads Python without running it."""

from __future__ import annotations

import ast

UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What ``ast`` raises for a text that is no Python."""


def syntax_tree(code: str) -> ast.Module | None:
    """Return the module that a text is, or ``None`` when this Python does not accept it."""
    try:
        return ast.parse(code)
    except UNREADABLE:
        return None


def expression_tree(text: str) -> ast.expr | None:
    """Return the expression that a text is, or ``None`` when it is none."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except UNREADABLE:
        return None
