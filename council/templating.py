"""The one Jinja environment: sandboxed, strict about missing names, and deaf to markup in what it is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import jinja2.sandbox

from council.errors import TemplateError
from council.resources import shipped
from council.text import clip, fence_for, one_line, plural, printable

_ESCAPES = {ord(char): f"\\{char}" for char in "\\`*{[]~$"} | {
    # As entities, which every dialect knows; not every one knows these with a backslash.
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord("&"): "&amp;",
}
_EMPHASIS = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # inside of a name it marks nothing
# What opens a block when a line begins with it: lists, headings, rules, underlines of headings, tables.
_OPENS_A_BLOCK = re.compile(r"(?P<mark>[-+=:#])|(?P<number>\d{1,9})(?P<dot>[.)])(?=\s|\Z)")
# What a forge turns into a link or a notice by itself, escaped or not: it stays text only as code.
_LINKED = re.compile(r"(?i)://|^\W*www\.|@\w|\w@|#\d|^\W*gh-\d|^\W*(?:mailto|xmpp|tel|data|javascript|file):")
# Only these go unescaped: whatever else a template is called, a browser may come to read it.
_NOT_MARKUP = (".md.j2", ".txt.j2")
_COMMAND = re.compile(r"(?m)^(\s*)([:#])(?=:|#\[)")
_TICKS = re.compile(r"`+")


class Templates:
    """Renders templates by name; a file in ``folder`` replaces the shipped one of the same name.

    Untrusted text reaches a template only as a value. In ``.md`` templates use ``| md`` for running text, ``| code``
    for blocks, ``| inline`` for code in a line and ``| cell`` for code in a table; templates of any other name than
    ``*.md.j2`` and ``*.txt.j2`` escape by themselves.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folders = [folder] if folder is not None else []
        self._own = folder
        self._environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader([*folders, shipped("templates")]),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is None or not name.endswith(_NOT_MARKUP),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters.update(
            md=markdown_text,
            inline=markdown_inline,
            code=markdown_block,
            cell=markdown_cell,
            printable=printable,
            one_line=one_line,
            clip=clip,
            plural=plural,
            seconds=seconds,
            usd=usd,
            percent=percent,
        )

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the templates of a folder (``documents``), own and shipped, sorted."""
        found = self._environment.list_templates(filter_func=lambda name: name.startswith(f"{folder}/"))
        return tuple(sorted(set(found)))

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """Return the text of a template. Raises ``TemplateError`` with file and line when one of the user's fails."""
        try:
            return self._environment.get_template(name).render(**values)
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"template {error.name or name}, line {error.lineno}: {error.message}") from None
        except jinja2.TemplateNotFound as error:
            raise TemplateError(f"template {name}: there is no template {error.name}") from None
        except UnicodeDecodeError as error:
            raise TemplateError(f"template {name}: not UTF-8 (byte {error.start})") from None
        except Exception as error:  # a template is a program of the user's: whatever it raises is its own mistake
            if self._own is None:
                raise  # only ours were there, so the mistake is ours
            what = error.message if isinstance(error, jinja2.TemplateError) else f"{type(error).__name__}: {error}"
            raise TemplateError(f"template {_place_of(error, name)}: {one_line(str(what))}") from None


def markdown_text(value: object) -> str:
    """Escape text so that Markdown shows it as it stands, on one line: no markup, no HTML, no link, no block.

    >>> markdown_text("see http://x.example or *me*")
    'see `http://x.example` or \\\\*me\\\\*'
    """
    words = printable(str(value)).split()
    text = " ".join(_word(word) for word in words)
    opening = _OPENS_A_BLOCK.match(text)
    if opening is None:
        return text
    at = opening.start("dot") if opening["dot"] else 0
    return f"{text[:at]}\\{text[at:]}"


def _word(word: str) -> str:
    # A pipe would end a cell of a table even inside code, so it never gets into code.
    return "\\|".join(markdown_inline(part) if _LINKED.search(part) else _escaped(part) for part in word.split("|"))


def _escaped(word: str) -> str:
    return _EMPHASIS.sub(r"\\_", word.translate(_ESCAPES))


def markdown_inline(value: object) -> str:
    """Return text as inline code with a fence longer than any inside. Not for cells of tables: see ``cell``."""
    text = " ".join(printable(str(value)).split())
    fence = "`" * (max((len(ticks) for ticks in _TICKS.findall(text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text else ""


def markdown_cell(value: object) -> str:
    """Return text as inline code for a cell of a table, where a pipe needs its own escape."""
    return markdown_inline(value).replace("|", "\\|")


def markdown_block(value: object, language: str = "") -> str:
    """Return text as a fenced block with a fence longer than any inside.

    A line that a build service would take for a command, wherever it is printed, gets a visible escape; code stays as
    it is.

    >>> print(markdown_block("::error file=x::no"))
    ```
    \\x3a:error file=x::no
    ```
    """
    text = printable(str(value)).rstrip("\n")
    if language in ("", "text"):
        text = _COMMAND.sub(lambda found: f"{found[1]}\\x{ord(found[2]):02x}", text)
    fence = fence_for(text)
    return f"{fence}{language}\n{text}\n{fence}"


def seconds(value: float | None) -> str:
    """Return ``4.1 s``, ``2 min 5 s``, or ``unknown``."""
    if value is None:
        return "unknown"
    if value < 120:
        return f"{value:.1f} s"
    return f"{int(value // 60)} min {int(value % 60)} s"


def usd(value: float | None) -> str:
    """Return ``$0.041``, or ``unknown``: an unknown price is not $0.00."""
    return "unknown" if value is None else f"${value:.3f}" if value < 1 else f"${value:.2f}"


def percent(value: float | None) -> str:
    """Return ``97 %``, or ``unknown``."""
    return "unknown" if value is None else f"{100 * value:.0f} %"


def _place_of(error: BaseException, name: str) -> str:
    """Find template and line in a traceback: Jinja's frames carry the template's own file name."""
    place, trace = name, error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        if file.suffix == ".j2":
            # The innermost one counts: a macro in a file of its own, called from the document that was asked for.
            place = f"{'/'.join(file.parts[-2:])}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place
