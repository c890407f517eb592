"""Which unprivileged user a run gets when council is root: one that nobody else has, and no other run at the time.

A run behind Landlock ends by killing everything of its user, so two runs must never share one, whichever process they
belong to. The name of an abstract socket is the lock: it is exclusive and it goes with the process that holds it.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from council.errors import SandboxError
from council.sandbox.watch import tasks_of_user

_RANGES = ((1_900_000_000, 1_000_000), (61_500, 3_500))
"""First id and count: above what systems and containers hand out, and for containers that know 65,536 users only."""
_TRIES = 200


@contextmanager
def borrow_user() -> Iterator[int]:
    """Yield the id of a user that exists in this user namespace and runs nothing. Raises ``SandboxError``."""
    first, count = next((r for r in _RANGES if _exists(r[0]) and _exists(sum(r) - 1)), (_last(), 1))
    if first == 0:
        raise SandboxError("this container has no user but root", "Give it more user ids")
    for _ in range(_TRIES):
        candidate = first + secrets.randbelow(count)
        with socket.socket(socket.AF_UNIX) as lock:
            try:
                lock.bind(f"\0council-user-{candidate}")
            except OSError:
                continue  # another run has it
            if tasks_of_user(candidate) == 0 or count == 1:
                yield candidate
                return
    raise SandboxError("no unprivileged user is free for the sandbox", "Run fewer reviews at once")


def _exists(user: int) -> bool:
    return any(start <= user < start + count for start, count in _mapped())


def _last() -> int:
    """Return the highest id there is, where only few are."""
    return max(start + count - 1 for start, count in _mapped())


@lru_cache(maxsize=1)
def _mapped() -> tuple[tuple[int, int], ...]:
    with open("/proc/self/uid_map", encoding="ascii") as file:
        rows = [line.split() for line in file]
    return tuple((int(row[0]), int(row[2])) for row in rows) or ((os.getuid(), 1),)
