"""Looks at a run from outside: how much memory its processes hold together, and how many they are."""

from __future__ import annotations

import os
import time

_FRESH_S = 0.05
_LONGEST_PATH = 2048
_LEAST_BYTES = 4096
"""What a file counts at least: an empty one takes memory of the kernel too."""
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

    The quick sum counts pages that processes share once for each; the exact one divides them. Shared memory without a
    file is counted by its whole size, and only looked for where the address spaces together are larger than the limit:
    its pages can be held without being mapped, and then no count of pages shows them.
    """
    quick, reserved = (sum(column) for column in zip(*map(_statm, pids), strict=True))
    private = quick if quick <= limit else sum(_proportional(pid) for pid in pids)
    return private if reserved <= limit else private + _shared(pids)


def _shared(pids: list[int]) -> int:
    """Return the bytes of all shared memory without a file: the kernel calls it a deleted ``/dev/zero``."""
    ends: dict[bytes, int] = {}
    for pid in pids:
        try:
            with open(f"/proc/{pid}/maps", "rb") as file:
                lines = [line.split(maxsplit=5) for line in file if b"/dev/zero (deleted)" in line]
        except OSError:
            continue  # it ended while we looked
        for where, _, offset, _, inode, _ in lines:
            first, _, last = where.partition(b"-")
            ends[inode] = max(ends.get(inode, 0), int(offset, 16) + int(last, 16) - int(first, 16))
    return sum(ends.values())


def names_in(pids: list[int], folders: tuple[str, ...]) -> int:
    """Return how many files and folders there are in file systems that only a run has, as its processes see them."""
    for pid in reversed(pids):
        try:
            places = [f"/proc/{pid}/root{folder}" for folder in folders]
            # A sandbox that is still being built has our own folders there, and those are not its to fill.
            if any(os.stat(place).st_dev == _device(folder) for place, folder in zip(places, folders, strict=True)):
                continue
            return sum(state.f_files - state.f_ffree for state in map(os.statvfs, places))
        except OSError:
            continue  # it ended, or it is not inside yet
    return 0


def _device(folder: str) -> int | None:
    try:
        return os.stat(folder).st_dev
    except OSError:
        return None


def sockets_in(pids: list[int]) -> int:
    """Return how many sockets a run has in a network of its own. Each can hold 200 KB that nobody counts."""
    for pid in reversed(pids):
        try:
            if os.stat(f"/proc/{pid}/ns/net").st_ino == os.stat("/proc/self/ns/net").st_ino:
                continue  # the launcher, which has our network
            with open(f"/proc/{pid}/net/sockstat", "rb") as file:
                return int(file.readline().split()[2])
        except (OSError, IndexError, ValueError):
            continue  # it ended while we looked
    return 0


def size_of(folder: str, pids: list[int]) -> int:
    """Return the bytes of all files below a folder, and of those that lost their name while a process holds them.

    What cannot be looked into counts nothing.
    """
    return _size_below(folder) + _size_held(folder, pids)


def _size_held(folder: str, pids: list[int]) -> int:
    held: dict[tuple[int, int], int] = {}
    for pid in pids:
        try:
            for entry in os.listdir(f"/proc/{pid}/fd"):
                path = f"/proc/{pid}/fd/{entry}"
                if os.readlink(path).startswith(folder) and (state := os.stat(path)).st_nlink == 0:
                    held[state.st_dev, state.st_ino] = state.st_blocks * 512
        except OSError:
            continue  # it ended while we looked
    return sum(held.values())


def _size_below(folder: str) -> int:
    whole, todo = 0, [folder]
    while todo:
        if len(todo[-1]) > _LONGEST_PATH:
            return 1 << 62  # nested so that nobody can look into it: it counts as more than anybody may have
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    else:
                        whole += max(entry.stat(follow_symlinks=False).st_blocks * 512, _LEAST_BYTES)
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


def _statm(pid: int) -> tuple[int, int]:
    """Return the bytes that only this process holds in memory, and those of its whole address space."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            words = file.read().split()
        return (int(words[1]) - int(words[2])) * _PAGE, int(words[0]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0, 0


def _proportional(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss_Anon:"):
                    return int(line.split()[1]) * 1024
    except (OSError, IndexError, ValueError):
        pass
    return _statm(pid)[0]
