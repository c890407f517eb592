"""From the raw findings of a reply to findings with a place in the submission. A bad one never drops its neighbours."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from council.reviewing.extraction import VERDICT_KEYS, Repeated
from council.types.findings import Finding, Location, Severity
from council.types.reviews import BallotFlag
from council.types.submission import SourceFile, Submission

FINDING_KEYS = ("findings", "issues", "problems", "bugs", "defects", "concerns")
ANALYSIS_KEYS = ("analysis", "reasoning", "summary", "rationale", "thoughts")
FINDINGS_LIMIT = 100
"""Most findings kept of one ballot: the most severe ones. The others stand in ``unread`` as they came."""
_UNREAD_CHARS = 2000
_NONE_WORDS = {"", "none", "no", "n/a", "null", "nothing", "no findings", "no issues", "none found", "[]", "{}"}
_ALIASES = {
    "message": ("claim", "message", "title", "summary", "problem", "description", "finding", "text", "name", "issue"),
    "explanation": ("explanation", "details", "detail", "description", "rationale", "reason", "why"),
    "severity": ("severity", "level", "priority", "impact"),
    "file": ("file", "path", "filename", "location"),
    "line": ("line", "lines", "line_number", "start_line"),
    "counterexample": ("counterexample", "counter_example", "test", "failing_test", "reproduction"),
    "fix": ("fix", "suggested_fix", "suggestion", "replacement", "patch"),
    "category": ("category", "rule", "type", "kind"),
}
_KNOWN = {alias for aliases in _ALIASES.values() for alias in aliases}
_MARKS = {"severity", "claim", "message", "line"}
_BALLOT_KEYS = {*VERDICT_KEYS, "analysis"}
_LINES = re.compile(r"(\d{1,7})(?:\D{1,8}(\d{1,7}))?")
_PLACE = re.compile(r"(.{1,400}?):(?:L)?(\d{1,7})(?:-L?(\d{1,7}))?(?::\d{1,7})?\Z", re.DOTALL)


class ReadFindings(NamedTuple):
    """What could be read, what could not, and what is odd."""

    findings: tuple[Finding, ...]
    unread: tuple[str, ...]
    flags: frozenset[BallotFlag]


def read_findings(tables: Iterable[Mapping[str, Any]], seat: str, submission: Submission) -> ReadFindings:
    """Read the findings of all objects of a reply; the same finding told twice is kept once."""
    items: list[Any] = []
    seen: set[str] = set()
    for table in tables:
        for item in _items(table):
            key = _raw(item)
            if key not in seen:
                seen.add(key)
                items.append(item)
    read = [(item, _finding(item, submission)) for item in items]
    kept = _most_severe([(item, finding) for item, finding in read if finding is not None])
    kept_items = {id(item) for item, _ in kept}
    unread = tuple(_raw(item)[:_UNREAD_CHARS] for item, _ in read if id(item) not in kept_items)
    findings = tuple(finding.but(id=f"{seat}-{n}", source=seat) for n, (_, finding) in enumerate(kept, 1))
    flags = {BallotFlag.FINDING_DROPPED} if unread else set()
    flags |= {BallotFlag.UNKNOWN_SEVERITY} if any(f.severity is Severity.UNKNOWN for f in findings) else set()
    return ReadFindings(findings, unread[:FINDINGS_LIMIT], frozenset(flags))


def plain_text(value: object) -> str | None:
    """Return any JSON value as text, ``None`` for nothing. Control characters stay: whoever shows it escapes them."""
    if value is None:
        return None
    if isinstance(value, str):
        text = value
    elif isinstance(value, list) and all(isinstance(item, str) for item in value):
        text = "\n".join(value)
    else:
        text = _raw(value)
    text = text.encode("utf-8", "replace").decode("utf-8").strip("\n")
    return text if text.strip() else None


def _items(table: Mapping[str, Any]) -> list[Any]:
    """Return the raw findings of an object: a list, one object, one text, or lists by severity."""
    found: list[Any] = []
    for key in FINDING_KEYS:
        value = table.get(key)
        for part in value if isinstance(value, Repeated) else (value,):
            found += _listed(part)
    ballot = bool(_BALLOT_KEYS & table.keys())
    for key, value in table.items():  # a misspelt key hides nothing
        if key not in FINDING_KEYS and key not in ANALYSIS_KEYS and isinstance(value, list):
            found += [item for item in value if isinstance(item, dict) and (ballot or _resembles(item))]
    if not found and not ballot and _resembles(table):  # a finding that stands by itself
        found = [table]
    return found


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [item for item in value if not _is_none(item)]
    if isinstance(value, dict) and value:
        if all(Severity.read(key) is not Severity.UNKNOWN for key in value):
            return [_severe(item, word) for word, group in value.items() for item in _listed(group)]
        return [value]
    return [] if value is None or value == {} or _is_none(value) else [value]


def _resembles(item: Mapping[str, Any]) -> bool:
    keys = {str(key).strip().lower() for key in item}
    return len(_KNOWN & keys) > 1 and bool(_MARKS & keys)


def _severe(item: Any, word: str) -> dict[str, Any]:
    return {"severity": word, **item} if isinstance(item, dict) else {"severity": word, "claim": item}


def _is_none(value: Any) -> bool:
    return isinstance(value, str) and value.strip(" .!\n\t").lower() in _NONE_WORDS


def _finding(item: Any, submission: Submission) -> Finding | None:
    if isinstance(item, str):
        item = {"claim": item}
    if not isinstance(item, dict):
        return None
    table = {str(key).strip().lower(): _single(value) for key, value in item.items()}
    texts = {name: _first(table, _ALIASES[name]) for name in _ALIASES}
    message = texts["message"] or texts["explanation"] or texts["category"] or _any_text(table)
    if message is None and texts["severity"] is None:
        return None
    explanation = texts["explanation"] if texts["explanation"] != message else None
    location, note = _location(texts["file"], texts["line"], submission)
    severity = Severity.read(texts["severity"]) if texts["severity"] is not None else Severity.UNKNOWN
    word = texts["severity"]
    return Finding(
        id="",
        source="",
        severity=severity,
        message=message or "(no text)",
        rule=None if texts["category"] is None else texts["category"][:80],
        location=location,
        explanation="\n".join(part for part in (explanation, note) if part) or None,
        counterexample=texts["counterexample"],
        fix=texts["fix"],
        quoted_severity=None if word is None or word in set(Severity) else word[:80],
    )


def _single(value: Any) -> Any:
    """Of a key that came twice the worst severity cannot be known here, so all values are kept as one text."""
    return " / ".join(plain_text(part) or "" for part in value) if isinstance(value, Repeated) else value


def _first(table: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := plain_text(table.get(name))) and not _absent(text)), None)


def _absent(text: str) -> bool:
    return text.strip(" .\t\n").lower() in ("null", "none", "n/a", "", "…", "optional")


def _any_text(table: Mapping[str, Any]) -> str | None:
    return next((text for key, value in table.items() if key not in _KNOWN and (text := plain_text(value))), None)


def _raw(item: Any) -> str:
    if isinstance(item, str):
        return item
    try:
        return json.dumps(item, ensure_ascii=False, sort_keys=True, default=str)
    except (RecursionError, ValueError):
        return "(too deeply nested)"


def _most_severe(read: list[tuple[Any, Finding]]) -> list[tuple[Any, Finding]]:
    if len(read) <= FINDINGS_LIMIT:
        return read
    worst = sorted(range(len(read)), key=lambda n: (-read[n][1].severity.rank, n))[:FINDINGS_LIMIT]
    return [read[n] for n in sorted(worst)]


def _location(path: str | None, line: str | None, submission: Submission) -> tuple[Location | None, str | None]:
    """Return the place in the submission, and a note where the seat named one that is not there."""
    files = (*submission.files, *submission.tests)
    if path is not None and (match := _PLACE.fullmatch(path)) and _file(match[1], files):
        path, line = match[1], line or "-".join(part for part in match.groups()[1:] if part)
    file = _file(path, files) if path is not None else _only(submission)
    named = ":".join(part for part in (path, line) if part)
    if file is None:
        return None, f"(place as named: {named[:300]})" if named else None
    first, last = _lines(line)
    if first is None or not 1 <= first <= file.lines:
        place = None if path is None else Location(path=file.path)
        return place, f"(place as named: {named[:300]})" if line is not None else None
    end = last if last is not None and first < last <= file.lines else None
    return Location(path=file.path, line=first, end_line=end), None


def _lines(line: str | None) -> tuple[int | None, int | None]:
    match = _LINES.search(line[:40]) if line is not None and not line.strip().startswith("-") else None
    if match is None:
        return None, None
    return int(match[1]), int(match[2]) if match[2] else None


def _only(submission: Submission) -> SourceFile | None:
    return submission.files[0] if len(submission.files) == 1 else None


def _file(path: str, files: tuple[SourceFile, ...]) -> SourceFile | None:
    """Find a file by its path, else by the end of its path where only one fits."""
    wanted = posixpath.normpath(path.strip().strip("`'\"").replace("\\", "/"))
    exact = [file for file in files if file.path == wanted]
    if exact:
        return exact[0]
    name = posixpath.basename(wanted)
    same_name = [file for file in files if posixpath.basename(file.path) == name]
    return same_name[0] if len(same_name) == 1 else None
