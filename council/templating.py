"""The one Jinja environment: sandboxed, strict about missing names, and deaf to markup in what it is given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import jinja2.sandbox

from council.errors import TemplateError
from council.resources import shipped
from council.text import clip, fence_for, one_line, plural, printable

_MARKDOWN_SPECIALS = "\\`*_{}[]<>()#|!~&"


class Templates:
    """Renders templates by name; a file in ``folder`` replaces the shipped one of the same name.

    Untrusted text reaches a template only as a value. In ``.md`` templates use ``| md`` for running text, ``| code``
    for blocks and ``| inline`` for code in a line; ``.html`` templates escape by themselves.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folders = [folder] if folder is not None else []
        self._own = folder
        self._environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader([*folders, shipped("templates")]),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is not None and ".html" in name,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters.update(
            md=markdown_text,
            inline=markdown_inline,
            code=markdown_block,
            printable=printable,
            one_line=one_line,
            clip=clip,
            plural=plural,
            seconds=seconds,
            usd=usd,
            percent=percent,
        )

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """Return the text of a template. Raises ``TemplateError`` with file and line."""
        try:
            return self._environment.get_template(name).render(**values)
        except jinja2.TemplateSyntaxError as error:
            raise TemplateError(f"template {error.name or name}, line {error.lineno}: {error.message}") from None
        except jinja2.TemplateNotFound as error:
            raise TemplateError(f"template {name}: there is no template {error.name}") from None
        except jinja2.TemplateError as error:
            raise TemplateError(f"template {name}{_line_of(error)}: {error}") from None
        except Exception as error:  # a template is a program of the user's: whatever it raises is its own mistake
            if self._own is not None and (self._own / name).is_file():
                raise TemplateError(f"template {name}{_line_of(error)}: {type(error).__name__}: {error}") from None
            raise


def markdown_text(value: object) -> str:
    """Escape text so that Markdown shows it as it stands, on one line."""
    text = " ".join(printable(str(value)).split())
    return "".join("\\" + char if char in _MARKDOWN_SPECIALS else char for char in text)


def markdown_inline(value: object) -> str:
    """Return text as inline code with a fence longer than any inside."""
    text = " ".join(printable(str(value)).split())
    fence = "`"
    while fence in text:
        fence += "`"
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text else ""


def markdown_block(value: object, language: str = "") -> str:
    """Return text as a fenced block with a fence longer than any inside."""
    text = printable(str(value)).rstrip("\n")
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


def _line_of(error: BaseException) -> str:
    """Find the line of the template in a traceback: Jinja's frames carry the template's own file name."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith((".j2", ".md", ".html", ".txt")):
            line = trace.tb_lineno
        trace = trace.tb_next
    return "" if line is None else f", line {line}"
