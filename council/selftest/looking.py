"""What must hold in every form that a session is shown in. Each check knows the form only, never the payload."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from html.parser import HTMLParser

from council.rendering import Documents, to_json
from council.rendering.pages import active_parts, to_page
from council.rendering.terminal import LiveSitting, session_text
from council.rendering.terminal.page import Sheet
from council.types.events import Event
from council.types.selftest import Break
from council.types.session import Session

SUM = str(7191 * 7193)
"""What a template engine would make of the sum in the payloads."""
_STYLED = re.compile(r"\x1b\[[0-9;]{0,20}m")
_COMMAND = re.compile(
    r"##\[|##vso\[|##teamcity\[|(?m:^\s*::(?:set-output|set-env|add-path|add-mask|error|warning|notice|debug|group"
    r"|endgroup|save-state|stop-commands|echo|add-matcher|remove-matcher)\b)",
    re.IGNORECASE,
)
_TAGS = frozenset(
    "html head meta title style body div nav strong ul li a main blockquote br code del em h1 h2 h3 h4 h5 h6 hr ol p"
    " pre s table tbody td th thead tr".split()
)
_ADDRESS = re.compile(r"^(?:#[^\s]*|(?![a-z][a-z0-9+.-]*:|//|\\)[^\s]*)$", re.IGNORECASE)
_HIDING = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_KEPT = "\t"
_SHEET = Sheet(width=60, color=True)
"""Narrow, so that long lines are broken, and in colour, so that there are codes of our own among the text."""
_LINE = re.compile(r"(?:session|seat|check|claim|decision)\b")


def find_unsafe(session: Session, events: tuple[Event, ...], documents: Documents) -> Iterator[Break]:
    """Yield what is unsafe in any form of a session: terminal, Markdown, page, JSON, and the lines of its progress."""
    markdown = documents.render(session)
    page = to_page(markdown, title=session.submission.files[0].path, templates=documents.templates)
    forms: dict[str, Callable[[], Iterator[str]]] = {
        "terminal": lambda: _plain(_STYLED.sub("", session_text(session, sheet=_SHEET))),
        "markdown": lambda: _markdown(markdown),
        "page": lambda: _page(page),
        "json": lambda: _json(to_json(session)),
        "log": lambda: _log(events),
    }
    for form, look in forms.items():
        yield from (Break(promise=form, what=what) for what in look())


FORMS = ("terminal", "markdown", "page", "json", "log")


def hidden_in(text: str, *, lines: bool = True) -> str | None:
    """Return the first character that moves, hides or commands, as an escape; newlines are none where there are lines.

    >>> hidden_in("a\\u202eb"), hidden_in("a b")
    ('\\\\u202e', None)
    """
    for part in text.split("\n") if lines else (text,):
        if not part.isprintable():
            odd = next((char for char in part if unicodedata.category(char) in _HIDING and char not in _KEPT), None)
            if odd is not None:
                return odd.encode("unicode_escape").decode()
    return None


def _plain(text: str) -> Iterator[str]:
    hidden = hidden_in(text)
    if hidden is not None:
        yield f"it holds the control character {hidden}"
    command = _COMMAND.search(text)
    if command is not None:
        yield f"it holds a command to a build server: {command[0].strip()}"
    if SUM in text:
        yield "a template computed what stood in the text"


def _markdown(text: str) -> Iterator[str]:
    yield from _plain(text)
    yield from (f"it holds {part}" for part in active_parts(text))


def _page(html: str) -> Iterator[str]:
    yield from _plain(html)
    page = _Page()
    page.feed(html)
    page.close()
    yield from page.unsafe


def _json(text: str) -> Iterator[str]:
    if not text.isascii():
        yield "it is not ASCII"
    yield from _plain(text)
    value = json.loads(text)
    paths = {file["path"] for kind in ("files", "tests") for file in value["submission"][kind]}
    ballots = [review["ballot"] or review["withdrawn"] or {} for review in value["reviews"]]
    places = [found["location"] for ballot in ballots for found in ballot.get("findings", ())]
    places += [concern["location"] for concern in value["concerns"]]
    outside = next((place["path"] for place in places if place and place["path"] not in paths), None)
    if outside is not None:
        yield f"a finding lies outside the material: {outside!r}"


def _log(events: tuple[Event, ...]) -> Iterator[str]:
    stream = _Lines()
    with LiveSitting(stream=stream) as live:
        for event in events:
            before = len(stream.lines)
            live.hear(event)
            said = "".join(stream.lines[before:])
            if said.count("\n") > 1 or (said and not said.endswith("\n")):
                yield "one event made more than one line"
            if said and not _LINE.match(said):
                yield "a line does not begin with what it is about"
            hidden = hidden_in(said[:-1], lines=False)
            if hidden is not None:
                yield f"a line holds the control character {hidden}"
            yield from _plain(said)


class _Lines(io.StringIO):
    """Stands in for standard error, and keeps what is written piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def write(self, text: str) -> int:
        """Keep a piece."""
        self.lines.append(text)
        return len(text)


class _Page(HTMLParser):
    """Reads a page as a browser would, and notes what could run or load."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.unsafe: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag and its attributes."""
        if tag not in _TAGS:
            self.unsafe.append(f"it holds a tag <{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcdoc", "action", "formaction", "background", "data"):
                self.unsafe.append(f"it holds an attribute {name}")
            if name == "href" and not _ADDRESS.match(value or ""):
                self.unsafe.append("it holds a link that leads out")
            if name == "style" and not (value or "").startswith("text-align"):
                self.unsafe.append("it holds a style of its own")
            if name == "http-equiv" and (value or "").lower() == "refresh":
                self.unsafe.append("it leads elsewhere by itself")
