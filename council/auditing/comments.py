"""The comments of a file, line by line, in the languages that stand in repositories. Strings are not comments."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from council.auditing.tokens import inner_text, lone_strings, read_tokens

_STRING = r"""(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_HEREDOC = (
    r"""|(?P<heredoc><<-?[ \t]*["']?(?P<end>[A-Za-z_]\w*)["']?[^\n]*\n"""
    r"""(?:[^\n]*\n){0,200}?[ \t]*(?P=end)[ \t]*(?=\n|\Z))"""
)
_HASH = r"|(?P<line>(?<![^\s;])\#+!?[^\n]*)"
_BLOCK = r"|(?P<block>/\*.*?(?:\*/|\Z))"
_SLASH = r"|(?P<line>(?<!:)//[^\n]*)"
_HTML = r"(?P<block><!--.*?(?:-->|\Z))"
_STYLES: dict[str, str] = {
    "hash": _STRING + _HASH,
    "shell": _STRING + _HEREDOC + _HASH,
    "toml": r'(?P<long>"{3}.*?"{3}|\'{3}.*?\'{3})|' + _STRING + _HASH,
    "slash": r"(?P<long>`(?:[^`\\]|\\.)*`)|" + _STRING + _BLOCK + _SLASH,
    "css": _STRING + _BLOCK,
    "php": _STRING + _BLOCK + r"|(?P<line>(?<!:)(?://|\#)[^\n]*)",
    "html": _HTML,
    "mixed": _HTML.replace("block", "block2") + "|" + _STRING + _BLOCK + _SLASH,
    "markdown": r"(?P<long>^ {0,3}(?P<end>`{3,12}(?!`)|~{3,12}(?!~))[^\n]*\n.*?(?:^ {0,3}(?P=end)[`~]*[ \t]*$|\Z))"
    r"|(?P<tick>`[^`\n]+`)|" + _HTML + r"|^\[(?://|comment)\]: *(?:\#|<>) *[\"'(](?P<link>[^\n]*?)[\"')] *$",
    "dash": _STRING + _BLOCK + r"|(?P<block2>--\[\[.*?(?:\]\]|\Z)|\{-.*?(?:-\}|\Z))|(?P<line>--[^\n]*)",
    "semicolon": r"(?P<string>\"(?:[^\"\\\n]|\\.)*\")|(?P<line>(?<!\S);+[^\n]*)",
    "ini": r"(?P<line>(?<!\S)[;#][^\n]*)",
    "percent": r"(?P<line>(?<!\\)%+[^\n]*)",
    "jinja": _HTML + r"|(?P<block2>\{\#.*?(?:\#\}|\Z))",
    "rest": r"^\.\.[ \t]+(?![\w-]+::|_|\[|\|)(?P<block>[^\n]*(?:\n[ \t]+[^\n]*)*)",
    "batch": r"(?im:^[ \t]*(?:rem\b|::)(?P<line>[^\n]*))",
}
_SUFFIXES = {
    "hash": "yml yaml rb pl pm r jl mk mak cmake conf properties tf hcl ps1 nix ex exs nim cr gd bzl bazel star env cfg"
    " mojo pyx pxd dockerfile containerfile editorconfig gitattributes gitignore dockerignore modelfile",
    "shell": "sh bash zsh ksh fish bats",
    "toml": "toml",
    "slash": "js jsx mjs cjs ts tsx mts cts java c h cc cpp cxx hpp hh cs go rs kt kts swift scala dart proto groovy"
    " gradle zig jsonc json5 m mm v sv glsl wgsl cu sol",
    "css": "css scss less",
    "php": "php",
    "html": "html htm xml svg xhtml xsl",
    "mixed": "vue svelte astro",
    "markdown": "md markdown mdx",
    "dash": "sql lua hs elm ada adb",
    "semicolon": "lisp clj cljs el scm asm s",
    "ini": "ini",
    "percent": "tex erl sty",
    "jinja": "j2 jinja jinja2 njk",
    "rest": "rst",
    "batch": "bat cmd",
}
_STYLE_OF = {suffix: style for style, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_NAMES = {
    "makefile": "hash", "gnumakefile": "hash", "dockerfile": "hash", "containerfile": "hash", "modelfile": "hash",
    "jenkinsfile": "slash", "justfile": "hash", "rakefile": "hash", "gemfile": "hash", "vagrantfile": "hash",
    "cmakelists.txt": "hash", "requirements.txt": "hash", "procfile": "hash", "caddyfile": "hash", ".env": "hash",
    ".bashrc": "shell", ".zshrc": "shell", ".profile": "shell", "snakefile": "hash", "build": "hash",
}  # fmt: skip
_COMPILED = {style: re.compile(pattern, re.DOTALL | re.MULTILINE) for style, pattern in _STYLES.items()}
_LINE_END = re.compile(r"\r\n|\r|\n")


class Comment(NamedTuple):
    """One line of a comment, without the marks that make it one. ``block`` counts the comments of a file."""

    line: int
    text: str
    block: int
    doc: bool = False
    """In a docstring, where a line that begins with a comment's mark quotes one."""


def is_python(path: str, text: str = "") -> bool:
    """Whether a file is Python, by its name or its first line."""
    first = text[:80].split("\n", 1)[0]
    return path.endswith((".py", ".pyi", ".pyw")) or (first.startswith("#!") and "python" in first)


def style_of(path: str, text: str = "") -> str | None:
    """Return how comments are written in a file, or ``None`` where nobody knows."""
    if is_python(path, text):
        return "python"
    name = PurePosixPath(path).name.lower()
    if name.endswith(".ipynb"):
        return "notebook"
    stem = name.split(".")[0] if not name.startswith(".") else ""
    if name in _NAMES or (name.startswith((".env.", "dockerfile.", "modelfile.", "requirements")) and stem != "readme"):
        return _NAMES.get(name, "hash")
    suffix = name.rpartition(".")[2] if "." in name else ""
    shell = text.startswith("#!") and re.match(r"#![^\n]*\b(?:ba|z|k|da)?sh\b", text)
    return _STYLE_OF.get(suffix) or ("shell" if shell else "hash" if text.startswith("#!") else None)


def read_comments(path: str, text: str) -> list[Comment]:
    """Return every line of every comment. Fenced code of Markdown, strings and heredocs are none."""
    style = style_of(path, text)
    if style is None:
        return []
    if style == "python":
        return _in_python(text)
    if style == "notebook":
        return _in_notebook(text)
    found: list[Comment] = []
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    last = (0, False)  # the line of a comment that stood alone: the next one goes on with it
    block = 0
    for match in _COMPILED[style].finditer(text):
        kind = next(
            (name for name in ("line", "block", "block2", "link") if match.groupdict().get(name) is not None), None
        )
        if kind is None:
            continue
        first = bisect_right(starts, match.start(kind))
        alone = not text[starts[first - 1] : match.start()].strip()
        if not (kind == "line" and alone and last == (first - 1, True)):
            block += 1
        for offset, line in enumerate(_LINE_END.split(match[kind])):
            found.append(Comment(first + offset, _bare(line), block))
        last = (first, alone) if kind == "line" else (0, False)
    return found + (_standing_alone(text, block) if style == "markdown" else [])


def _in_python(text: str) -> list[Comment]:
    tokens = read_tokens(text)
    found, block, last = [], 0, (0, False)
    begun = {line.line for line in tokens if line.kind not in ("comment", "newline")}
    for token in tokens:
        if token.kind == "comment":
            alone = token.line not in begun
            block += 0 if alone and last == (token.line - 1, True) else 1
            found.append(Comment(token.line, _bare(token.text), block))
            last = (token.line, alone)
    for token in lone_strings(tokens):
        block += 1
        found += _in_docstring(inner_text(token.text), token.line, block)
    return found


def _in_docstring(text: str, first: int, block: int) -> Iterator[Comment]:
    """Yield the lines of a docstring without its examples: blocks, fences and doctests only quote."""
    literal: int | None = None
    fenced = False
    before = ""
    for offset, line in enumerate(_LINE_END.split(text)):
        words = line.strip()
        indent = len(line) - len(line.lstrip())
        if literal is not None and words and indent <= literal and offset:
            literal = None
        if words.startswith(("```", "~~~")):
            fenced = not fenced
        elif literal is None and not fenced and not words.startswith((">>>", "...", "#", "//", "/*", "<!--", "--")):
            yield Comment(first + offset, words if not before.startswith(">>>") else "", block, doc=True)
        if literal is None and words.endswith("::"):
            literal = indent
        before = words if words else ""


def _in_notebook(text: str) -> list[Comment]:
    try:
        cells = json.loads(text)["cells"]
        sources = [(cell.get("cell_type"), "".join(cell.get("source", ()))) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    found: list[Comment] = []
    for number, (kind, source) in enumerate(sources):
        comments = _in_python(source) if kind == "code" else read_comments("cell.md", source)
        place = _line_of(text, source)
        found += [comment._replace(line=place, block=number * 10_000 + comment.block) for comment in comments]
    return found


def _line_of(text: str, source: str) -> int:
    first = json.dumps(source.split("\n", 1)[0], ensure_ascii=False)[1:-1]
    at = text.find(first) if first else -1
    return 1 if at < 0 else text.count("\n", 0, at) + 1


def _standing_alone(text: str, block: int) -> list[Comment]:
    """Return paragraphs of one line, which may sign a document: ``*Generated by …*``. Lists and tables do not."""
    lines = _LINE_END.split(_COMPILED["markdown"].sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text))
    found = []
    for number, line in enumerate(lines):
        around = (lines[number - 1] if number else "", lines[number + 1] if number + 1 < len(lines) else "")
        if line.strip() and not any(other.strip() for other in around) and re.match(r" {0,3}[*_<(A-Za-z@]", line):
            words = re.sub(r"^[*_(]+|[*_)]+$|</?\w+>", "", line.strip())
            if not re.match(r"[*_-] ", line.strip()):
                found.append(Comment(number + 1, words, block + number + 1))
    return found


def _bare(line: str) -> str:
    """Return a line of a comment without what opens, decorates and closes it."""
    text = re.sub(r"^\s*(?:<!--|/\*+|\{#-?|--\[\[|\{-|//+[!/]?|#+!?|;+|%+|--+|\*+(?!/))?[\s*]*", "", line)
    return re.sub(r"\s*(?:\*+/|--+>|-?#\}|\]\]|-\})?\s*$", "", text)
