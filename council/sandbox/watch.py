"""Looks at a run from outside: how much memory its processes hold together, and how many they are."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

_FRESH_S = 0.5
_TELLS_CHILDREN = os.path.exists(f"/proc/self/task/{os.getpid()}/children")
_LONGEST_PATH = 2048
_LEAST_BYTES = 8192
"""What a file counts at least: an empty one takes memory of the kernel too, and a flood must be seen in time."""
_PAGE = os.sysconf("SC_PAGE_SIZE")


class ProcessTable:
    """The parent of every process, read from /proc at most twice a second however many runs ask.

    In between the kernel is asked for the children of one process after another: that is quick however many programs
    the machine runs, and may overlook a child whose sibling is just ending.
    """

    def __init__(self) -> None:
        self._read_at = time.monotonic()
        self._children: dict[int, list[int]] = {}

    def descendants(self, root: int) -> list[int]:
        """Return root and everything below it."""
        if time.monotonic() - self._read_at > _FRESH_S or not _TELLS_CHILDREN:
            self._children = _read_children()
            self._read_at = time.monotonic()
        found, todo = [], [root]
        while todo:
            pid = todo.pop()
            found.append(pid)
            todo += {*self._children.get(pid, []), *_children_of(pid)} - set(found)
        return found


TABLE = ProcessTable()


def memory_of(pids: list[int], limit: int) -> int:
    """Return the bytes of memory these processes hold: quickly, and exactly once the quick sum passes the limit.

    The quick sum counts pages that processes share once for each; the exact one divides them. Shared memory without a
    file is counted by its whole size, and only looked for where the address spaces together are larger than the limit:
    its pages can be held without being mapped, and then no count of pages shows them. The same goes for the tables of
    pages, which grow where empty memory is read and are no memory of the process to the kernel.
    """
    places = [_place_of(pid) for pid in pids]
    quick, reserved = (sum(column) for column in zip(*map(_statm, places), strict=True))
    private = quick if quick <= limit else sum(map(_proportional, places))
    return private if reserved <= limit else private + _shared(places) + sum(map(_tables, places))


def _place_of(pid: int) -> str:
    """Return where the kernel tells of a process: at its first thread, or at another one where that has ended.

    A process whose first thread has ended goes on, and looks empty to whoever asks for it by its number.
    """
    place = f"/proc/{pid}"
    for thread in chain(("",), _threads(pid)):
        try:
            with open(f"{place}{thread}/statm", "rb") as file:
                if file.read(2) != b"0 ":
                    return f"{place}{thread}"
        except OSError:
            continue  # it ended while we looked
    return place


def _threads(pid: int) -> Iterator[str]:
    with suppress(OSError):
        yield from (f"/task/{thread}" for thread in os.listdir(f"/proc/{pid}/task"))


def _shared(places: list[str]) -> int:
    """Return the bytes of all shared memory without a file: the kernel calls it a deleted ``/dev/zero``."""
    ends: dict[bytes, int] = {}
    for place in places:
        try:
            with open(f"{place}/maps", "rb") as file:
                lines = [line.split(maxsplit=5) for line in file if b"/dev/zero (deleted)" in line]
        except OSError:
            continue  # it ended while we looked
        for where, _, offset, _, inode, _ in lines:
            first, _, last = where.partition(b"-")
            ends[inode] = max(ends.get(inode, 0), int(offset, 16) + int(last, 16) - int(first, 16))
    return sum(ends.values())


def _tables(place: str) -> int:
    try:
        with open(f"{place}/status", "rb") as file:
            return sum(int(line.split()[1]) * 1024 for line in file if line.startswith(b"VmPTE:"))
    except (OSError, IndexError, ValueError):
        return 0


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


def size_of(folder: str, pids: list[int], most: int, *, enough: int) -> int:
    """Return the bytes of all files below a folder, and of those that lost their name while a process holds them.

    A file that is only mapped tells its size to nobody: it counts as ``most``, the largest that a file may be. What
    cannot be looked into counts nothing. Once it is more than ``enough``, nobody looks on: who fills a folder must not
    be faster than who counts it.
    """
    below = _size_below(folder, enough)
    return below if below > enough else below + _size_held(folder, pids, most)


def _size_held(folder: str, pids: list[int], most: int) -> int:
    held: dict[int, int] = {}
    mapped: set[int] = set()
    for place in map(_place_of, pids):
        try:
            for entry in os.listdir(f"{place}/fd"):
                path = f"{place}/fd/{entry}"
                if os.readlink(path).startswith(folder) and (state := os.stat(path)).st_nlink == 0:
                    held[state.st_ino] = state.st_blocks * 512
            with open(f"{place}/maps", "rb") as file:
                lines = [line for line in file if line.endswith(b" (deleted)\n") and os.fsencode(f" {folder}/") in line]
            mapped |= {int(line.split(maxsplit=5)[4]) for line in lines}
        except OSError:
            continue  # it ended while we looked
    return sum(held.values()) + most * len(mapped - set(held))


def _size_below(folder: str, enough: int) -> int:
    whole, todo = 0, [folder]
    while todo and whole <= enough:
        if len(todo[-1]) > _LONGEST_PATH:
            return 1 << 62  # nested so that nobody can look into it: it counts as more than anybody may have
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    else:
                        whole += max(entry.stat(follow_symlinks=False).st_blocks * 512, _LEAST_BYTES)
                        if whole > enough:
                            break
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


def _children_of(pid: int) -> Iterator[int]:
    for thread in _threads(pid):
        with suppress(OSError, ValueError), open(f"/proc/{pid}{thread}/children", "rb") as file:
            yield from map(int, file.read().split())


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


def _statm(place: str) -> tuple[int, int]:
    """Return the bytes that only this process holds in memory, and those of its whole address space."""
    try:
        with open(f"{place}/statm", "rb") as file:
            words = file.read().split()
        return (int(words[1]) - int(words[2])) * _PAGE, int(words[0]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0, 0


def _proportional(place: str) -> int:
    try:
        with open(f"{place}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss_Anon:"):
                    return int(line.split()[1]) * 1024
    except (OSError, IndexError, ValueError):
        pass
    return _statm(place)[0]
