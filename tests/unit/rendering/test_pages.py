"""A page stands by itself, leads nowhere out of its folder, and shows what the Markdown says."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import TemplateError
from council.rendering.pages import anchor_of, first_heading, to_page
from council.templating import Templates

HOUSE = Templates()

KNOWN = set("html head meta title style body div nav strong ul li a main".split()) | set(
    "blockquote br code del em h1 h2 h3 h4 h5 h6 hr ol p pre s table tbody td th thead tr".split()
)
PIECES = st.sampled_from(
    [
        "# ", "## ", "\n", "\n\n", "- ", "> ", "```\n", "`", "**", "|a|b|\n|-|-|\n", "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>", "![x](https://x.example/y.png)", "[x](javascript:alert(1))", "<style>*{}</style>",
        "[x](//evil.example/p)", "[x](https://evil.example/?d=1)", "[x](data:text/html,hi)", "<https://x.example>",
        "[r]: https://x.example\n", "[r]", "[x](index.md)", "</main></div>", "<!-- ", "-->", "&lt;b&gt;", "{{ 1 }}", "é",
        "[x](\\\\evil.example)", "[x](/etc/passwd)", "[x](java\nscript:alert(1))", "[x](&#106;avascript:alert(1))",
    ]
)  # fmt: skip


class Page(HTMLParser):
    """What a browser would see: tags, attributes, text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=14).map("".join), st.text(max_size=20))
def test_nothing_runs_and_nothing_is_loaded(markdown: str, title: str) -> None:
    html = to_page(markdown, title=title, templates=HOUSE)
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= KNOWN
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "srcset", "srcdoc")]
        target = attributes.get("href")
        assert target is None or re.fullmatch(r"#\S*|(?!.*:)(?!/)[\w.~/#%-]+", target), target
        assert tag != "style" or not attributes
    outside = html[: html.index("<main>")]
    assert "@import" not in outside and "url(" not in outside
    assert "default-src 'none'" in outside


@pytest.mark.parametrize(
    "target", ["https://x.example/", "//x.example/", "javascript:alert(1)", "/etc/passwd", "mailto:a@b.example",
               "\\\\x.example", "data:text/html,x", "ftp://x.example", "..//x.example", "./:x", "x y"]
)  # fmt: skip
def test_links_out_of_the_folder_keep_their_words_and_lose_their_target(target: str) -> None:
    page = Page(to_page(f"see [the words](<{target}>) here", title="x"))
    assert "the words" in page.text
    assert [link for link in page.all("a") if link.get("href")] == []


def test_links_inside_lead_where_they_should() -> None:
    markdown = "[a](index.md) [b](index.md#top-part) [c](other.md) [d](#here) [e](../examples/x.md)"
    page = Page(to_page(markdown, title="x", links={"index.md": "index.html"}))
    assert [link["href"] for link in page.all("a")] == [
        "index.html", "index.html#top-part", "other.md", "#here", "../examples/x.md"
    ]  # fmt: skip


def test_the_contents_lead_to_headings_that_are_there() -> None:
    markdown = "# Title\n\n## By `memory`\n\n### 8 GB\n\n## By memory\n\n## Größe, *schräg*\n\n#### deep\n"
    page = Page(to_page(markdown, title="x"))
    anchors = [a["href"] for a in page.all("a")]
    assert anchors == ["#by-memory", "#8-gb", "#by-memory-1", "#größe-schräg"]
    ids = [f"#{attributes['id']}" for tag, attributes in page.tags if tag in ("h2", "h3")]
    assert ids == anchors and len(set(ids)) == 4


def test_a_short_page_has_no_contents() -> None:
    assert Page(to_page("# Title\n\n## One\n", title="x")).all("nav") == []


@given(st.lists(st.text(max_size=12).map(lambda t: " ".join(t.split())), max_size=8))
def test_every_anchor_is_there_once(headings: list[str]) -> None:
    page = Page(to_page("\n\n".join(f"## {text}" for text in headings), title="x", templates=HOUSE))
    ids = [attributes.get("id") for tag, attributes in page.tags if tag == "h2"]
    assert len(set(ids)) == len(ids)


def test_tables_scroll_and_say_what_heads_a_column() -> None:
    html = to_page("| a | b |\n|---|---:|\n| 1 | 2 |\n", title="x")
    assert '<div class="scroll" tabindex="0"><table>' in html and html.count("</table></div>") == 1
    page = Page(html)
    assert [th.get("scope") for th in page.all("th")] == ["col", "col"]
    assert [td.get("style") for td in page.all("td")] == [None, "text-align:right"]


def test_code_keeps_every_character() -> None:
    code = 'if a < b and "c" in d:  # &amp; <b>\n    pass'
    page = Page(to_page(f"```python\n{code}\n```", title="x"))
    assert code in page.text
    assert page.all("code")[0]["class"] == "language-python"


def test_the_title_is_text() -> None:
    html = to_page("x", title="</title><script>alert(1)</script>")
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_a_team_brings_its_own_page(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    own = tmp_path / "documents" / "page.html.j2"
    own.write_text("<!doctype html>\n<title>{{ title }}</title>\nOURS {{ body | safe }}", encoding="utf-8")
    assert "OURS <p>hello</p>" in to_page("hello", title="x", templates=tmp_path)
    own.write_text("{{ nonsense }}", encoding="utf-8")
    with pytest.raises(TemplateError, match=r"page\.html\.j2, line 1"):
        to_page("hello", title="x", templates=tmp_path)


def test_the_first_heading_is_the_title_of_a_document() -> None:
    assert first_heading("words\n\n# A `code` *word*\n\n# B\n") == "A code word"
    assert first_heading("no heading") is None


def test_anchors_are_those_of_forges() -> None:
    assert anchor_of("Exit criteria") == "exit-criteria"
    assert anchor_of("  What's new, in 2.0?  ") == "whats-new-in-20"


@pytest.mark.parametrize("name", ["x.html.j2", "x.htm.j2", "x.HTML.j2", "x.svg.j2", "x.xml.j2", "x", "x.j2", "x.md.html"])
def test_a_template_of_any_name_but_markdown_and_text_escapes_by_itself(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{{ word }}", encoding="utf-8")
    assert Templates(tmp_path).render(name, {"word": "<svg onload=x>"}) == "&lt;svg onload=x&gt;"
