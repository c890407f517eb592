"""Which unprivileged user a run gets when council is root: another one each time, so that runs cannot meet."""

from __future__ import annotations

import itertools
import os
from functools import lru_cache

_FIRST, _COUNT, _NOBODY = 61_500, 3_500, 65_534
_turn = itertools.count(os.getpid())


def next_user() -> int:
    """Return a user id that exists in this user namespace and, as far as anyone can know, belongs to nobody."""
    wanted = _FIRST + next(_turn) % _COUNT
    for candidate in (wanted, _NOBODY):
        if any(start <= candidate < start + count for start, count in _mapped()):
            return candidate
    start, count = _mapped()[-1]
    return start + count - 1


@lru_cache(maxsize=1)
def _mapped() -> tuple[tuple[int, int], ...]:
    with open("/proc/self/uid_map", encoding="ascii") as file:
        rows = [line.split() for line in file]
    return tuple((int(row[0]), int(row[2])) for row in rows) or ((0, 1),)
