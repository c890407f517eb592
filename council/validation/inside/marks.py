"""What stands in a file for the eyes of tools and readers: comments that ask for silence, characters that deceive.

Lines are counted as Python counts them: a line ends with a line feed, a carriage return, or both.
"""

from __future__ import annotations

import io
import re
import tokenize
import unicodedata
from collections.abc import Iterator

Mark = tuple[int, str, str]
"""A line, a kind, and the words for it."""
MOST = 60
"""Marks told of one file: whoever finds so many needs no more."""
LINE_END = re.compile(r"\r\n|\r|\n")
_BEGINS = r"(?:#|;)\s*"
_SILENCERS = {
    "lint": r"(?:flake8\s*[:=]\s*|ruff\s*:\s*)?noqa|(?:type|pyright|pyre)\s*[:-]\s*(?:ignore|fixme|basic)"
    r"|mypy\s*:\s*(?:ignore|disable|allow|no-|follow)[\w-]*|py(?:lint)\s*:\s*(?:disable|skip)[\w-]*"
    r"|pragma[:\s]?\s*no\s*cover|isort\s*:\s*(?:skip|off)\w*|noinspection\b",
    "security": r"nosec|nosemgrep\b|noqa\s*:\s*S\d+|nosonar\b",
    "formatting": r"fmt\s*:\s*(?:off|skip)|yapf\s*:\s*disable",
}
_SILENCER = {kind: re.compile(_BEGINS + f"({shape})", re.IGNORECASE) for kind, shape in _SILENCERS.items()}
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")
_LINES = {"\x0b": "a vertical tab", "\x1c": "a file separator", "\x1d": "a group separator",
          "\x1e": "a record separator", "\x85": "a next-line character", "\u2028": "a line separator",
          "\u2029": "a paragraph separator"}  # fmt: skip
_LIKE_LATIN = dict(zip("аеорсухіјѕԁһӏԛԝвкмнтАВЕКМНОРСТУХІЈЅԌΑΒΕΖΗΙΚΜΝΟΡΤΥΧονιϲϳօսոց",
                       "aeopcyxijsdhlqwbkmhtABEKMHOPCTYXIJSGABEZHIKMNOPTYXovicjoung", strict=True))  # fmt: skip
_STRANGE = ("CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")


def lines_of(source: str) -> list[str]:
    """Return the lines of a text as Python counts them, without their ends."""
    lines = LINE_END.split(source)
    return lines if lines[-1] else lines[:-1]


def silencers(source: str, kind: str) -> list[Mark]:
    """Return each comment that asks tools of a kind (``lint``, ``security``, ``formatting``) to look away.

    A string that looks like one does not count. Where the text has no tokens, every line is taken for a comment.
    """
    found = []
    for line, text in _comments(source):
        asked = _SILENCER[kind].search(text)
        if asked:
            found.append((line, kind, " ".join(asked.group(1).split())))
    return found[:MOST]


def _comments(source: str) -> list[tuple[int, str]]:
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source, newline=None).readline):
            if token.type == tokenize.COMMENT:
                found.append((token.start[0], token.string))
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return list(enumerate(lines_of(source), 1))
    return found


def deceivers(source: str) -> list[Mark]:
    """Return the characters that let a reader see other code than Python does, one mark for a line and kind."""
    found = dict.fromkeys(_in_lines(source))
    found.update(dict.fromkeys(_in_names(source)))
    return sorted(found)[:MOST]


def _in_lines(source: str) -> Iterator[Mark]:
    line = 1
    source = source.removeprefix("\ufeff")
    for at, character in enumerate(source):
        following = source[at + 1 : at + 2]
        if character == "\n" or (character == "\r" and following != "\n"):
            line += 1
        if character == "\r" and following != "\n":
            yield line - 1, "line", "a bare carriage return ends the line for Python, an editor may show one line"
        elif character not in "\r\n\t" and (character < " " or character > "~"):
            kind, words = _kind_of(character, source[at - 1 : at] if at else "", following)
            if kind:
                yield line, kind, words


def _kind_of(character: str, before: str, after: str) -> tuple[str, str]:
    code = f"U+{ord(character):04X}"
    if character in _BIDI:
        return "bidi", f"{code} changes the direction of the text: it reads in another order than Python sees"
    if character in _LINES:
        return "line", f"{_LINES[character]} ({code}) is no line end for Python, an editor may show one"
    if character == "\x0c":
        alone = before in ("", "\n", "\r") and after in ("", "\n", "\r")
        return ("page" if alone else "line"), "a form feed: an editor may show a line end where Python sees none"
    category = unicodedata.category(character)
    if category == "Cc":
        return "control", f"a control character ({code}) stands raw in the text"
    if category == "Cf" or character in _BLANK or 0xE0100 <= ord(character) <= 0xE01EF:
        emoji = character == "\u200d" and before and unicodedata.category(before) in ("So", "Sk", "Mn")
        return ("", "") if emoji else ("unseen", f"{code} is not seen by a reader")
    if category == "Zs":
        return "blank", f"{code} looks like a space and is none"
    return "", ""


def _in_names(source: str) -> Iterator[Mark]:
    if source.isascii():
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(source, newline=None).readline):
            if token.type in (tokenize.NAME, tokenize.ERRORTOKEN) and not token.string.isascii():
                words = _lookalike(token.string)
                if words:
                    yield token.start[0], "lookalike", words
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return


def _lookalike(name: str) -> str | None:
    shown = name.encode("ascii", "backslashreplace").decode()[:60]
    plain = unicodedata.normalize("NFKC", name)
    if plain.isascii():
        return f"the name {shown} is {plain[:40]} to Python"
    seen = "".join(_LIKE_LATIN.get(character, character) for character in plain)
    latin = any(character.isascii() and character.isalpha() for character in plain)
    if seen != plain and (latin or (seen.isascii() and len(seen) > 1)):
        return f"the name {shown} looks like {seen[:40].encode('ascii', 'backslashreplace').decode()}"
    if latin and any(unicodedata.name(c, "").startswith(_STRANGE) for c in plain):
        return f"the name {shown} mixes two scripts"
    return None
