"""Untrusted text made harmless for a line, a terminal or a document. The reviewed code itself is never altered."""

from __future__ import annotations

import re
import unicodedata

_KEEP = {"\n", "\t"}
_FENCE = re.compile(r"`{3,}|~{3,}")


def printable(text: str) -> str:
    """Return the text with every control, format and surrogate character written as a visible escape.

    Newlines and tabs stay. Terminal escapes, carriage returns and bidirectional marks become ``\\x1b``, ``\\u202e`` …

    >>> printable("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        (
            char
            if char in _KEEP or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
            else _escape(char)
        )
        for char in text
    )


def one_line(text: str, limit: int = 200) -> str:
    """Return the text as one printable line, cut to ``limit`` characters with an ellipsis."""
    line = " ".join(printable(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def clip(text: str, limit: int = 4000) -> str:
    """Return the text cut in the middle to about ``limit`` characters; the cut names how much is missing."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters cut …]\n{text[-half:]}"


def fence_for(text: str) -> str:
    """Return a Markdown fence of backticks longer than any inside the text."""
    longest = max((len(match.group()) for match in _FENCE.finditer(text)), default=2)
    return "`" * max(3, longest + 1)


def plural(count: int, noun: str, many: str | None = None) -> str:
    """Return ``1 finding``, ``2 findings``."""
    return f"{count} {noun if count == 1 else (many or noun + 's')}"


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
