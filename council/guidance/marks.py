"""The line by which council knows a file it wrote, and whether anybody has edited it since."""

from __future__ import annotations

import hashlib
import re
import urllib.parse

from council.types.base import Record

_MARK = re.compile(r"<!-- council: (?P<name>\S+) version (?P<number>\d{1,9}) sha256 (?P<digest>[0-9a-f]{64}) -->")
_DOCTYPE = "<!doctype html>\n"


class Mark(Record):
    """What the mark of a file says."""

    name: str
    """Of its document: ``guidelines/python-team/team-guidelines``."""
    number: int
    """Version of its document."""
    intact: bool
    """Whether the rest of the file is as it was written."""


def with_mark(text: str, *, name: str, number: int) -> str:
    """Return a document with its mark: the first line of Markdown, the second of HTML."""
    words = urllib.parse.quote(name, safe="/")  # no space, no bracket: nothing in it can end the comment
    mark = f"<!-- council: {words} version {number} sha256 {_digest(text)} -->\n"
    if text.startswith(_DOCTYPE):
        return f"{_DOCTYPE}{mark}{text.removeprefix(_DOCTYPE)}"
    return f"{mark}\n{text}"


def read_mark(text: str) -> Mark | None:
    """Return the mark of a file, or ``None`` for one that council did not write."""
    head = _DOCTYPE if text.startswith(_DOCTYPE) else ""
    line, _, rest = text.removeprefix(head).partition("\n")
    found = _MARK.fullmatch(line)
    if found is None:
        return None
    body = head + rest if head else rest.removeprefix("\n")
    return Mark(
        name=urllib.parse.unquote(found["name"]), number=int(found["number"]), intact=_digest(body) == found["digest"]
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
