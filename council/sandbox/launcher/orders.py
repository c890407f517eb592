"""How council tells a launcher what to do: one word that only they read, then the program's own words as they are."""

from __future__ import annotations

import marshal  # quicker to load than JSON, and only ever given what council wrote  # nosec B403

TYPE_CHECKING = False
if TYPE_CHECKING:  # as the name of typing, whose loading would double the start
    from collections.abc import Sequence
    from typing import Any


def write_order(order: dict[str, object]) -> tuple[str, ...]:
    """Return the words of an order; its ``argv`` stands at the end, for everybody who lists processes to see."""
    words = order["argv"]
    assert isinstance(words, list)  # for the types: every order names its program so  # nosec B101
    return (marshal.dumps({**order, "argv": None}).hex(), *words)


def read_order(words: Sequence[str]) -> dict[str, Any]:
    """Return the order that was written as these words."""
    order: dict[str, Any] = marshal.loads(bytes.fromhex(words[0]))  # council wrote it  # nosec B302
    return {**order, "argv": list(words[1:])}
