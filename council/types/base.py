"""The root of every record: frozen, and strict about what it holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A value that a stage hands to the next one. It never changes and knows no unknown fields.

    Units are suffixes (``_s``, ``_usd``, ``_tokens``), time points end in ``_at`` and are UTC, fractions are 0 to 1,
    and what is not known is ``None``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    def but(self, **changes: Any) -> Any:
        """Return a copy with some fields replaced, validated like a new record."""
        return type(self).model_validate({**{name: getattr(self, name) for name in type(self).model_fields}, **changes})


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)
