"""Places inside a record as one line of text: parts joined with ``/`` as RFC 6901 writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from council.types.base import Record

_NAMES = ("name", "id", "check", "key", "seat", "path", "model")
"""What an entry of a list may be called by, instead of its number."""


def join(*parts: object) -> str:
    """Return a pointer.

    >>> join("samples", "smollm2:135m", "HumanEval/1", 1, "code")
    'samples/smollm2:135m/HumanEval~11/1/code'
    """
    return "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def split(pointer: str) -> tuple[str, ...]:
    """Return the parts of a pointer.

    >>> split("tasks/HumanEval~11/title")
    ('tasks', 'HumanEval/1', 'title')
    """
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")) if pointer else ()


def walk(value: Any, parts: Sequence[str]) -> Any:
    """Return what stands at a place; entries of a list are named, or numbered from 0. Raises ``LookupError``."""
    for part in parts:
        value = _step(value, part)
    return value


def plain(value: Any) -> str | int | float | bool | None:
    """Return a value as a fact can hold it."""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else None


def _step(value: Any, part: str) -> Any:
    if isinstance(value, Record):
        if part in type(value).model_fields:
            return getattr(value, part)
        raise LookupError(f"there is no {part} in a {type(value).__name__}")
    if isinstance(value, dict):
        return value[part]
    if isinstance(value, tuple | list):
        for entry in value:
            if part in (_called(entry, name) for name in _NAMES):
                return entry
        if part.isdecimal() and int(part) < len(value):
            return value[int(part)]
    raise LookupError(f"there is nothing called {part!r}")


def _called(entry: Any, name: str) -> str | None:
    called = getattr(entry, name, None)
    if isinstance(called, Record):
        called = getattr(called, "name", None)
    return called if isinstance(called, str) else None
