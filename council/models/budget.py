"""Money set aside before it is spent, so that no call starts that could take a sitting above its budget."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from council.errors import (
    ModelBusy,
    ModelDenied,
    ModelMismatch,
    ModelMissing,
    ModelOverBudget,
    ModelOverflow,
    ModelUnreachable,
)
from council.models.prices import estimate_cost
from council.text import one_line
from council.types.calls import Call

_NEVER_BILLED = (ModelBusy, ModelDenied, ModelMismatch, ModelMissing, ModelOverflow, ModelUnreachable)
_FRAME_BYTES = 64
"""What a server adds around each message, generously."""


class Bill:
    """What one attempt has set aside, until its real cost is known."""

    def __init__(self, reserved_usd: float) -> None:
        self.usd = reserved_usd

    def settle(self, cost_usd: float | None) -> None:
        """Put the real cost in place of what was set aside; an unknown one leaves it as it is."""
        if cost_usd is not None:
            self.usd = cost_usd


class Purse:
    """The budget of one sitting. Without a limit everything is allowed and nothing is counted."""

    def __init__(self, limit_usd: float | None, spent_usd: float = 0.0) -> None:
        self._limit_usd = limit_usd
        self._spent_usd = spent_usd
        self._reserved_usd = 0.0

    @contextmanager
    def reserved(self, call: Call) -> Iterator[Bill]:
        """Set aside the most this attempt can cost, and count what it did cost in the end. Raises ``ModelOverBudget``.

        An attempt that failed after it may have been answered counts with all that was set aside: it may be billed.
        """
        if self._limit_usd is None:
            yield Bill(0.0)
            return
        most_usd = self._most(call, self._limit_usd)
        bill = Bill(most_usd)
        self._reserved_usd += most_usd
        try:
            yield bill
        except _NEVER_BILLED:
            bill.settle(0.0)
            raise
        finally:
            self._reserved_usd -= most_usd
            self._spent_usd += bill.usd

    def _most(self, call: Call, limit_usd: float) -> float:
        schema = "" if call.reply_schema is None else json.dumps(call.reply_schema)
        sizes = [len(message.content.encode(errors="replace")) + _FRAME_BYTES for message in call.messages]
        most_usd = estimate_cost(call.model, sum(sizes) + len(schema), call.max_tokens)
        shown = one_line(call.model, 80)
        if most_usd is None:
            raise ModelOverBudget(
                f"the price of {shown} is unknown, and budget_usd is set", "Unset it, or take a model of the price list"
            )
        left_usd = limit_usd - self._spent_usd - self._reserved_usd
        if most_usd > left_usd + 1e-12:
            raise ModelOverBudget(
                f"a call of {shown} may cost {most_usd:.4f} USD, and {max(0.0, left_usd):.4f} USD are left",
                "Raise budget_usd, or lower max_tokens",
            )
        return most_usd
