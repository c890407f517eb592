"""Compares each file with what black would make of it and prints one JSON object.

``{path: {"places": [[first line, lines]], "suppressions": [[line, comment]], "problem": null or text}}``
"""

from __future__ import annotations

import difflib
import json
import os
import sys
from pathlib import Path

import black
from black.report import NothingChanged

sys.path.insert(0, os.path.join(os.environ["COUNCIL_FILES"], "lib"))

from council.validation.inside import marks  # noqa: E402


def look(source: str, line_length: int) -> dict[str, object]:
    """Return where black would change something, and where a comment asks it not to."""
    seen: dict[str, object] = {"places": [], "suppressions": [], "problem": None}
    try:
        seen["suppressions"] = [[line, words] for line, _, words in marks.silencers(source, "formatting")]
        wanted = black.format_file_contents(source, fast=True, mode=black.Mode(line_length=line_length))
        seen["places"] = _places(source, wanted)
    except NothingChanged:
        pass
    except Exception as error:  # whatever black cannot do with a file is told, not hidden
        seen["problem"] = f"{type(error).__name__}: {str(error)[:300]}"
    return seen


def _places(source: str, wanted: str) -> list[list[int]]:
    """Group what differs; lines closer than two apart are one place to a reader."""
    places: list[list[int]] = []
    matcher = difflib.SequenceMatcher(None, marks.lines_of(source), marks.lines_of(wanted), autojunk=False)
    for kind, first, last, _, _ in matcher.get_opcodes():
        if kind == "equal":
            continue
        if places and first - (places[-1][0] - 1 + places[-1][1]) < 2:
            places[-1][1] = max(last - places[-1][0] + 1, 1)
        else:
            places.append([first + 1, max(last - first, 1)])
    return places


if __name__ == "__main__":
    asked = json.loads(sys.stdin.buffer.read())
    looked = {
        path: look(Path(sys.argv[1], path).read_text(encoding="utf-8-sig"), asked["line_length"])
        for path in asked["files"]
    }
    print(json.dumps(looked))
