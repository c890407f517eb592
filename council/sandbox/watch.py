"""Looks at a run from outside: how much memory its processes hold together, and how many they are."""

from __future__ import annotations

import os
import time

_FRESH_S = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")


class ProcessTable:
    """The parent of every process, read from /proc at most every 50 ms however many runs ask."""

    def __init__(self) -> None:
        self._read_at = 0.0
        self._children: dict[int, list[int]] = {}

    def descendants(self, root: int) -> list[int]:
        """Return root and everything below it."""
        if time.monotonic() - self._read_at > _FRESH_S:
            self._children = _read_children()
            self._read_at = time.monotonic()
        found, todo = [], [root]
        while todo:
            pid = todo.pop()
            found.append(pid)
            todo += self._children.get(pid, [])
        return found


TABLE = ProcessTable()


def stopped_descendants(pid: int) -> list[int]:
    """Return what stands below a process that was just told to stop, once it can make no more of it.

    A process stops when it leaves the kernel. That takes microseconds, but a clone with a network namespace of its own
    can hang there for a second on a busy machine, and still makes its child then: so the wait is long, and almost
    never used.
    """
    for _ in range(20_000):
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                if file.read().rpartition(b")")[2].split()[0] in (b"T", b"t", b"Z", b"X"):
                    break
        except (OSError, IndexError):
            break
        time.sleep(0.0005)
    return [below for below in ProcessTable().descendants(pid) if below != pid]


def memory_of(pids: list[int], limit: int) -> int:
    """Return the bytes of memory these processes hold: quickly, and exactly once the quick sum passes the limit.

    The quick sum counts pages that processes share once for each; the exact one divides them.
    """
    quick = sum(_resident(pid) for pid in pids)
    return quick if quick <= limit else sum(_proportional(pid) for pid in pids)


def size_of(folder: str) -> int:
    """Return the bytes that all files below a folder take on the disk; what cannot be looked into counts nothing."""
    whole, todo = 0, [folder]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    else:
                        whole += entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError:
            continue
    return whole


def tasks_of_user(user: int) -> int:
    """Return how many threads that user runs now. A limit on tasks counts them all where no namespace stands."""
    count = 0
    for pid in _pids():
        try:
            if os.stat(f"/proc/{pid}").st_uid == user:
                count += len(os.listdir(f"/proc/{pid}/task"))
        except OSError:
            continue
    return count


def _pids() -> list[int]:
    try:
        return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
    except OSError:
        return []


def _read_children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for pid in _pids():
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                parent = int(file.read().rpartition(b")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue  # it ended while we looked
        children.setdefault(parent, []).append(pid)
    return children


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            words = file.read().split()
        return (int(words[1]) - int(words[2])) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _proportional(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss_Anon:"):
                    return int(line.split()[1]) * 1024
    except (OSError, IndexError, ValueError):
        pass
    return _resident(pid)
