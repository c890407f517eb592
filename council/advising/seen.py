"""A value and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    """What stands at a place in a record."""

    value: str | int | float | bool | None
    text: str
