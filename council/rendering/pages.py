"""Markdown as one HTML page that stands by itself: nothing is loaded from elsewhere, and nothing in it can run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from council.templating import Templates
from council.types.base import Record

if TYPE_CHECKING:
    from markdown_it.token import Token

PAGE = "documents/page.html.j2"
_TAGS = frozenset(
    "a blockquote br code del div em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead tr ul".split()
)
_ATTRIBUTES: dict[str, set[str]] = {
    **{f"h{level}": {"id"} for level in range(1, 7)},
    "a": {"href"},
    "code": {"class"},
    "div": {"class", "tabindex"},
    "ol": {"start"},
    "td": {"style"},
    "th": {"style", "scope"},
}
_CLASSES = re.compile(r"scroll|language-[a-z0-9-]+")
# A file beside this one or a place in it: no scheme, no host, no root, nothing a browser would read as one of them.
_RELATIVE = re.compile(
    r"(?:\.\./)*[A-Za-z0-9_][A-Za-z0-9_.~-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.~-]*)*(?:#[^\s#]*)?|#[^\s#]*"
)
_BARE = re.compile(r"(?i)\b(?:https?|ftp)://|\bwww\.\w|\w@\w+\.\w")


class Heading(Record):
    """A heading with the anchor that leads to it."""

    level: int
    text: str
    anchor: str


def to_page(
    markdown: str,
    *,
    title: str,
    links: Mapping[str, str] | None = None,
    templates: Templates | Path | None = None,
) -> str:
    """Return Markdown (CommonMark and tables) as one whole HTML page, through ``documents/page.html.j2``.

    HTML in the text stays text; images and links that lead out of the folder do not survive.

    Args:
        markdown: the document.
        title: what a browser shows in its tab.
        links: other targets for links to files, ``{"index.md": "index.html"}``; what follows a ``#`` is kept.
        templates: the environment, or a team's folder of templates, or nothing for the shipped ones.

    Raises:
        TemplateError: a template of the user's fails.
    """
    body, headings = _converted(markdown, links or {})
    house = templates if isinstance(templates, Templates) else Templates(templates)
    contents = [heading for heading in headings if heading.level in (2, 3)]
    return house.render(PAGE, {"title": title, "body": body, "contents": contents}).rstrip("\n") + "\n"


def first_heading(markdown: str) -> str | None:
    """Return the text of the first heading of a document, or ``None`` where it has none."""
    return next((heading.text for heading in _converted(markdown, {})[1]), None)


def active_parts(markdown: str) -> tuple[str, ...]:
    """Return what in a document a forge would load, run or lead to: HTML, images, links out, bare addresses.

    Read as GitHub reads it, with HTML allowed; an empty tuple is what a document of council's should give.
    """
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown)
    found = []
    for token in (part for block in tokens for part in (block, *(block.children or ()))):
        if token.type in ("html_block", "html_inline", "image"):
            found.append("an image" if token.type == "image" else "HTML")
        elif token.type == "link_open" and not _RELATIVE.fullmatch(str(token.attrGet("href") or "")):
            found.append("a link that leads out")
        elif token.type == "text" and _BARE.search(token.content):
            found.append("a bare address, which a forge makes a link of")
    return tuple(dict.fromkeys(found))


def anchor_of(text: str) -> str:
    """Return the anchor of a heading as forges make it: ``Exit criteria`` → ``exit-criteria``.

    >>> anchor_of("qwen2.5-coder:0.5b is banned")
    'qwen25-coder05b-is-banned'
    """
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", text.strip().lower()))


def _converted(markdown: str, links: Mapping[str, str]) -> tuple[str, list[Heading]]:
    from markdown_it import MarkdownIt  # only pages need it

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    reader.add_render_rule("table_open", lambda *_: '<div class="scroll" tabindex="0"><table>\n')
    reader.add_render_rule("table_close", lambda *_: "</table></div>\n")
    tokens = reader.parse(markdown)
    headings = _anchored(tokens)
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
        for child in token.children or []:
            if child.type == "link_open":
                child.attrSet("href", _target(str(child.attrGet("href") or ""), links))
    return _clean(str(reader.renderer.render(tokens, reader.options, {}))), headings


def _anchored(tokens: Sequence[Token]) -> list[Heading]:
    """Give every heading its anchor, a number behind one that is there already, and return them in order."""
    headings: list[Heading] = []
    taken: set[str] = set()
    for opening, inside in zip(tokens, tokens[1:], strict=False):
        if opening.type != "heading_open":
            continue
        text = "".join(child.content for child in inside.children or [] if child.type in ("text", "code_inline"))
        wanted = anchor = anchor_of(text)
        number = 0
        while anchor in taken:
            number += 1
            anchor = f"{wanted}-{number}"
        taken.add(anchor)
        opening.attrSet("id", anchor)
        headings.append(Heading(level=int(opening.tag[1]), text=text, anchor=anchor))
    return headings


def _target(href: str, links: Mapping[str, str]) -> str:
    file, mark, place = href.partition("#")
    return f"{links.get(file, file)}{mark}{place}"


def _clean(html: str) -> str:
    import nh3  # only pages need it

    return nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        filter_style_properties={"text-align"},
        url_schemes=set(),
        link_rel=None,
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    """Return an attribute's value where it may stay."""
    if attribute == "href":
        return value if _RELATIVE.fullmatch(value) else None
    if attribute == "class":
        return value if _CLASSES.fullmatch(value) else None
    return value
