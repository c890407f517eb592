"""A page of text for a terminal: lines of a known width, colour that repeats the words, nothing read as markup."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from council.settings import environment, secret_values
from council.text import printable, redact

WIDEST = 100
NARROWEST = 40
_ASCII = str.maketrans(
    {"·": "-", "…": "...", "–": "-", "—": "-", "→": "->", "×": "x", "«": "<", "»": ">", "’": "'", "‘": "'",
     "“": '"', "”": '"', "≥": ">=", "≤": "<=", "\u00a0": " "}
)  # fmt: skip

Part = str | tuple[str, str]
"""A piece of a line: text, or text with a style of Rich."""


class Sheet:
    """What the page is written on: how wide it is, whether it knows more than ASCII, and whether it shows colour."""

    def __init__(self, *, width: int = WIDEST, unicode: bool = True, color: bool = False) -> None:
        self.width = max(NARROWEST, min(width, WIDEST))
        self.unicode = unicode
        self.color = color
        self._secrets = secret_values()

    @classmethod
    def of(cls, stream: TextIO) -> Sheet:
        """Look at a stream. What is no terminal gets the full width, no colour and no control codes."""
        console = Console(file=stream)
        live = is_live(stream)
        width = console.width if stream.isatty() or (environment("COLUMNS") or "").isdigit() else WIDEST
        return cls(width=width, unicode=knows_unicode(stream), color=live and environment("NO_COLOR") is None)

    def fit(self, text: str) -> str:
        """Return untrusted text as one printable line of the characters this sheet knows, without live secrets."""
        return self.known(printable(self.clean(text)).replace("\n", " ").replace("\t", " "))

    def clean(self, text: str) -> str:
        """Return text without live secrets. What only looks like one stays here: the text may be code."""
        return redact(text, self._secrets, shapes=False)

    def known(self, text: str) -> str:
        """Return text with every character this sheet does not know replaced or escaped."""
        if self.unicode or text.isascii():
            return text
        return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")


class Page:
    """Lines for a sheet. Every text that is added is made printable first and is never parsed."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._lines: list[Text] = []

    def add(self, *parts: Part, indent: int = 0) -> None:
        """Add one line, cut with an ellipsis where the sheet ends."""
        self._lines.append(self._cut(self._text(*parts), indent))

    def whole(self, *parts: Part, indent: int = 0) -> None:
        """Add one line that is never cut: commands to copy, names to search for."""
        line = Text(" " * indent)
        line.append_text(self._text(*parts))
        self._lines.append(line)

    def wrap(self, *parts: Part, lead: tuple[Part, ...] = (), indent: int = 0) -> None:
        """Add a paragraph; ``lead`` stands before its first line, and later lines begin where the first one does."""
        head = Text(" " * indent)
        head.append_text(self._text(*lead))
        room = max(self.sheet.width - head.cell_len, NARROWEST // 2)
        for line in self._text(*parts).wrap(Console(file=io.StringIO(), width=room), room) or [Text()]:
            line.rstrip()
            head.append_text(line)
            self._lines.append(head)
            head = Text(" " * (self.sheet.width - room))

    def title(self, left: str, *right: str) -> None:
        """Add an empty line and a heading with figures at the right margin."""
        self.gap()
        name, figures = self.sheet.fit(left), self.sheet.fit("   ".join(word for word in right if word))
        space = self.sheet.width - cell_len(name) - cell_len(figures)
        self._lines.append(Text.assemble((name, "bold"), " " * max(2, space) if figures else "", (figures, "dim")))

    def column(self, texts: Sequence[str], most: int) -> int:
        """Return how wide a column for these texts is, ``most`` at the most."""
        return min(max((cell_len(self.sheet.fit(text)) for text in texts), default=0), most)

    def pad(self, text: str, width: int) -> str:
        """Return the text filled up to a width; one that is longer keeps its end, where a line number stands."""
        fitted = self.sheet.fit(text)
        over = cell_len(fitted) - width
        if over <= 0:
            return fitted + " " * -over
        dots = self.sheet.known("…")
        while fitted and cell_len(fitted) + len(dots) > width:
            fitted = fitted[1:]
        return dots + fitted + " " * (width - len(dots) - cell_len(fitted))

    def gap(self) -> None:
        """Add an empty line, except at the top and after another one."""
        if self._lines and self._lines[-1].plain:
            self._lines.append(Text())

    def code(self, text: str, indent: int, *, cut: bool = False) -> None:
        """Add a block of code or output, its lines as they are, or ``cut`` at the edge."""
        for line in printable(self.sheet.clean(text).expandtabs(4)).rstrip("\n").split("\n"):
            shown, width = self.sheet.known(line), self.sheet.width - indent
            if cut and cell_len(shown) > width:
                shown = f"{set_cell_size(shown, width - 3).rstrip()}..."
            self.whole((shown, ""), indent=indent)

    def table(self, rows: Sequence[tuple[Part, ...]], *, indent: int = 2) -> None:
        """Add rows with aligned columns; the last one takes what is left, or the next line where that is little."""
        fitted = [tuple((self.sheet.fit(text), style) for text, style in map(_pair, row)) for row in rows]
        most = (self.sheet.width - indent) * 2 // 5
        count = max((len(row) for row in fitted), default=1) - 1
        widths = [
            min(max(cell_len(row[column][0]) for row in fitted if len(row) > column + 1), most if column == 0 else 28)
            for column in range(count)
        ]
        for row in fitted:
            self._row(row, widths, indent)

    def text(self) -> str:
        """Return the page, with colour codes where the sheet shows colour."""
        target = io.StringIO()
        console = Console(
            file=target,
            width=10_000,
            force_terminal=self.sheet.color,
            color_system="standard" if self.sheet.color else None,
            no_color=not self.sheet.color,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )
        for line in self._lines:
            line.rstrip()
            console.print(line, soft_wrap=True)
        return target.getvalue()

    def _row(self, row: tuple[tuple[str, str], ...], widths: list[int], indent: int) -> None:
        lead: list[Part] = []
        for number, ((text, style), width) in enumerate(zip(row[:-1], widths, strict=False)):
            # A name in the first column is what people search for: it stays whole and moves the rest.
            whole = number == 0 and cell_len(text) > width
            lead += [(text if whole else self.pad(text, width), style), "  "]
        used = indent + sum(cell_len(_pair(part)[0]) for part in lead)
        if self.sheet.width - used < NARROWEST // 2:  # too little is left beside them
            self.whole(*lead, indent=indent)
            self.wrap(row[-1], indent=indent + 4)
        else:
            self.wrap(row[-1], lead=tuple(lead), indent=indent)

    def _text(self, *parts: Part) -> Text:
        line = Text()
        for text, style in map(_pair, parts):
            line.append(self.sheet.fit(text), style or None)
        return line

    def _cut(self, text: Text, indent: int) -> Text:
        line = Text(" " * indent)
        line.append_text(text)
        if line.cell_len > self.sheet.width:
            dots = "…" if self.sheet.unicode else "..."
            line.truncate(self.sheet.width - len(dots))
            line.append(dots)
        return line


def is_live(stream: TextIO) -> bool:
    """Whether a stream is a terminal that understands control codes."""
    return stream.isatty() and (environment("TERM") or "dumb") not in ("dumb", "unknown")


def knows_unicode(stream: TextIO) -> bool:
    """Whether a stream takes more than ASCII. Where the user's locale is C by name, its terminal need not."""
    if not (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").startswith("utf"):
        return False
    return (environment("LC_ALL") or environment("LANG") or "") not in ("C", "POSIX")


def show(page: Page, stream: TextIO | None = None) -> None:
    """Write a page to standard output, or to another stream."""
    target = sys.stdout if stream is None else stream
    target.write(page.text())
    target.flush()


def _pair(part: Part) -> tuple[str, str]:
    return (part, "") if isinstance(part, str) else part
