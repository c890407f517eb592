"""When two outcomes are the same: as a careful test would say it, and blind to the order of what is compared."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from council.types.versions import Outcome

_REL, _ABS = 1e-6, 1e-9
"""Floats may differ by what rounding does."""
_ERRORS = ("x", "stop")


def labels_of(outcomes: Sequence[Outcome | None], *, effects: bool = False) -> tuple[int, ...]:
    """Return a number for each outcome, equal ones for the same outcome; -1 where there is none.

    Numbers are compared by value, so 2, 2.0 and ``True == 1`` are as equal as in Python; floats with tolerance, NaN
    with itself; exceptions by their class. With ``effects`` changed arguments and printed text count, as they must
    where nothing is returned. Closeness is followed through, so no order of the outcomes changes who is with whom.
    """
    there = [one for one in outcomes if one is not None]
    if all(one == there[0] for one in there[1:]):  # as nearly always: what is equal as it stands needs no closer look
        return tuple(-1 if one is None else 0 for one in outcomes)
    parted = [None if one is None else _parted(one, effects) for one in outcomes]
    groups: dict[str, list[list[int]]] = {}
    for place, part in enumerate(parted):
        if part is not None:
            groups.setdefault(part[0], []).append([place])
    found = [-1] * len(outcomes)
    classes = [sorted(group) for same in groups.values() for group in _joined(same, parted)]
    for number, members in enumerate(sorted(classes)):
        for member in members:
            found[member] = number
    return tuple(found)


def same(one: Outcome, other: Outcome, *, effects: bool = False) -> bool:
    """Whether two outcomes are the same."""
    first, second = labels_of((one, other), effects=effects)
    return first == second


def is_error(outcome: Outcome | None) -> bool:
    """Whether an input was turned away: an exception, or no outcome at all."""
    return outcome is None or any(kind in outcome for kind in _ERRORS)


def is_limit(outcome: Outcome | None) -> bool:
    """Whether there is no outcome because time, memory or the process ended: that says little of right and wrong."""
    return outcome is None or "stop" in outcome or _holds(outcome.get("r"), "…")


def is_opaque(outcome: Outcome | None) -> bool:
    """Whether the outcome holds something without public state: nobody can say whether two of these are the same."""
    return outcome is not None and _holds(outcome.get("r"), "?")


def is_nothing(outcome: Outcome | None) -> bool:
    """Whether a call returned ``None``."""
    return outcome is not None and "r" in outcome and outcome["r"] is None


def decoded(tree: Any) -> Any:
    """Return the plain value that some JSON stands for. Raises ``ValueError`` for what is none."""
    if not isinstance(tree, dict):
        return tree
    tag: str = next(iter(tree), "")
    inner: Any = tree.get(tag)
    if tag in ("f", "i"):
        return float(inner) if tag == "f" else int(inner, 16)
    if tag in ("l", "t", "s"):
        kind = {"l": list, "t": tuple, "s": set}[tag]
        return kind(map(decoded, inner))
    if tag == "d":
        return {decoded(key): decoded(value) for key, value in inner}
    if tag == "b":
        return bytes.fromhex(inner)
    raise ValueError(f"no plain value: {tag}")


def _holds(tree: Any, tag: str) -> bool:
    if isinstance(tree, dict):
        return tag in tree or any(_holds(part, tag) for part in tree.values())
    return isinstance(tree, list) and any(_holds(part, tag) for part in tree)


def _parted(outcome: Outcome, effects: bool) -> tuple[str, list[float | int]]:
    """Return what must be equal to the letter, and the numbers, in their order."""
    if "stop" in outcome:
        return f"stop {outcome['stop']}", []
    numbers: list[float | int] = []
    told: list[Any] = ["x", outcome["x"]] if "x" in outcome else ["r", _bare(outcome.get("r"), numbers)]
    if effects:
        told += [_bare(outcome.get("m"), numbers), outcome.get("p")]
    return json.dumps(told), numbers


def _bare(tree: Any, numbers: list[float | int]) -> Any:
    """Return the tree with a mark for each number, and put the numbers aside."""
    if isinstance(tree, bool | int | float):
        numbers.append(tree)
        return {"#": None}
    if isinstance(tree, list):
        return [_bare(part, numbers) for part in tree]
    if not isinstance(tree, dict):
        return tree
    tag, inner = next(iter(tree.items()), ("…", ""))
    if tag in ("f", "i"):
        numbers.append(float(inner) if tag == "f" else int(inner, 16))
        return {"#": None}
    return {tag: inner if tag == "…" else _bare(inner, numbers)}


def _joined(groups: list[list[int]], parted: Sequence[tuple[str, list[float | int]] | None]) -> list[list[int]]:
    """Join groups while two members of them are close."""
    joined: list[list[int]] = []
    for group in groups:
        near = [
            other for other in joined
            if any(_close(_numbers(parted, a), _numbers(parted, b)) for a in group for b in other)
        ]  # fmt: skip
        joined = [other for other in joined if other not in near]
        joined.append([member for part in (*near, group) for member in part])
    return joined


def _numbers(parted: Sequence[tuple[str, list[float | int]] | None], place: int) -> list[float | int]:
    part = parted[place]
    return [] if part is None else part[1]


def _close(one: list[float | int], other: list[float | int]) -> bool:
    return all(map(_near, one, other))


def _near(one: float | int, other: float | int) -> bool:
    if one == other:
        return True
    if not isinstance(one, float) and not isinstance(other, float):
        return False
    try:
        return math.isclose(one, other, rel_tol=_REL, abs_tol=_ABS) or (one != one and other != other)
    except OverflowError:
        return False
