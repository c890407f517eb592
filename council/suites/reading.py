"""Files that others made, read with limits: packed or not, whole or line by line, or one sentence what is wrong."""

from __future__ import annotations

import gzip
import io
import json
import re
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from council.errors import SourceError
from council.sources.reading import label_of, mode_of, unreadable
from council.text import one_line

LARGEST_MB = 256
"""Longest file, after unpacking."""
LARGEST_TASKS = 20_000
_GZIP = b"\x1f\x8b"

Row = dict[str, Any]


def id_of(name: str) -> str:
    """Return the id of a suite from the name of its file or folder, without ``.jsonl.gz`` and the like."""
    stem = re.sub(r"(\.(jsonl|json|gz|txt))+$", "", name, flags=re.IGNORECASE)
    return re.sub(r"[^\w.+-]+", "-", stem, flags=re.ASCII).strip("-.") or "suite"


def read_text(path: Path, *, limit_bytes: int = LARGEST_MB << 20) -> str:
    """Return a file as text; gzip is known by its first bytes, not by its name.

    Raises ``SourceError`` for what is no regular file, too long after unpacking, broken, or not UTF-8.
    """
    label = label_of(path)
    mode = mode_of(path, label)
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "no regular file but a device, pipe or socket"
        raise SourceError(f"{label} is {kind}", "Name a file")
    try:
        with path.open("rb") as stream:
            data = stream.read(limit_bytes + 1)
    except OSError as error:
        raise unreadable(label, error) from None
    if data.startswith(_GZIP):
        data = _unpack(data, label, limit_bytes)
    if len(data) > limit_bytes:
        raise SourceError(f"{label}: longer than {_size(limit_bytes)}", "Split it")
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SourceError(f"{label}, line {line}: not UTF-8 (byte 0x{data[error.start]:02x})") from None


def read_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield each row of a JSON-lines file, or of one JSON list, with its place (``HumanEval.jsonl, line 3``).

    Raises ``SourceError`` at the first line that is no JSON object.
    """
    text, label = read_text(path), label_of(path)
    if text.lstrip()[:1] == "[":
        yield from _rows_of_list(_parse(text, label), label)
        return
    found = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            found = True
            place = f"{label}, line {number}"
            yield place, _object(_parse(line, place), place)
    if not found:
        raise SourceError(f"{label} is empty: there is no task in it")


def text_field(row: Row, name: str, place: str, *, default: str | None = None) -> str:
    """Return a field that must hold text; a ``default`` stands for one that is absent or null."""
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        what = "is missing" if name not in row else f"must be text, not {_kind(value)}"
        raise SourceError(f"{place}: {name} {what}")
    # A lone half of a pair is valid in JSON and in no file.
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise SourceError(f"{place}: {name} holds half a character (a lone surrogate)")
    return value


def list_field(row: Row, name: str, place: str) -> list[Any]:
    """Return a field that must hold a list; an absent one is empty."""
    value = row.get(name)
    if value is not None and not isinstance(value, list):
        raise SourceError(f"{place}: {name} must be a list, not {_kind(value)}")
    return value or []


def _rows_of_list(rows: Any, label: str) -> Iterator[tuple[str, Row]]:
    if not rows:
        raise SourceError(f"{label} is empty: there is no task in it")
    for number, row in enumerate(rows, 1):
        place = f"{label}, entry {number}"
        yield place, _object(row, place)


def _object(value: Any, place: str) -> Row:
    if not isinstance(value, dict):
        raise SourceError(f"{place}: a JSON object is needed, not {_kind(value)}")
    return value


def _parse(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(f"{place}: not valid JSON: {one_line(error.msg, 80)} (column {error.colno})") from None
    except RecursionError:
        raise SourceError(f"{place}: nested too deeply") from None
    except ValueError as error:
        raise SourceError(f"{place}: not readable as JSON: {one_line(str(error), 80)}") from None


def _unpack(data: bytes, label: str, limit_bytes: int) -> bytes:
    """Unpack up to the limit and one byte more: a small file can hold gigabytes."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            return stream.read(limit_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{label}: cannot be unpacked ({one_line(str(error), 80)})", "Fetch it again") from None


def _kind(value: object) -> str:
    names = {"dict": "an object", "list": "a list", "str": "text", "NoneType": "null", "bool": "true or false"}
    return names.get(type(value).__name__, "a number")


def _size(count: int) -> str:
    return f"{count >> 20} MB" if count >= 1 << 20 else f"{count >> 10} kB"
