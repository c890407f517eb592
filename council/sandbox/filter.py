"""The system-call filter, assembled by hand: a seccomp program is an array of eight-byte instructions."""

from __future__ import annotations

import struct

from council.sandbox.calls import HIGHEST, IGNORED, OF_PROCESSES, PROCESSORS, REFUSED, SPECIAL, UNWALLED

_LOAD, _RETURN = 0x20, 0x06
_EQUAL, _AT_LEAST, _ANY_BIT = 0x15, 0x35, 0x45
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _ENOSYS = 1, 38
_NUMBER, _MACHINE, _FIRST_LOW, _FIRST_HIGH, _SECOND_LOW = 0, 4, 16, 20, 24
_NEW_NAMESPACES = 0x7E020000
_REQUESTS = (0x5412, 0x541C, 0x40086602, 0x40046602, 0x401C5820)
"""Typing into a terminal (two ways), and changing the flags of a file that is merely open for reading."""
_PR_SET_DUMPABLE = 4
"""A process that cannot be dumped cannot be watched either: its memory is hidden from other users' eyes."""
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10


def assemble_filter(machine: str, *, walled: bool, truncates: bool = True) -> bytes | None:
    """Return the filter as the kernel takes it, or ``None`` for a processor whose call numbers nobody wrote down.

    ``walled``: namespaces stand around the program, so it may have sockets (there is no network to reach). Without
    them no socket can be made at all, and what Landlock does not guard is refused or ignored. ``truncates``: whether
    the kernel's Landlock guards ``truncate``.
    """
    if machine not in PROCESSORS:
        return None
    column, architecture = PROCESSORS[machine]
    lines = [
        _line(_LOAD, _MACHINE),
        _line(_EQUAL, architecture, 1, 0),
        _line(_RETURN, _KILL),
        _line(_LOAD, _NUMBER),
        _line(_AT_LEAST, HIGHEST + 1, 0, 1),  # newer calls, and the x32 twins of old ones
        _line(_RETURN, _ERRNO | _ENOSYS),
    ]
    refused = [numbers[column] for numbers in REFUSED.values()]
    if not walled:
        refused += [numbers[column] for numbers in UNWALLED.values()]
        refused += [] if truncates else [SPECIAL["truncate"][column]]
        lines += _answer([numbers[column] for numbers in IGNORED.values()], 0)
    lines += _answer(refused, _EPERM)
    lines += _answer([SPECIAL["clone3"][column]], _ENOSYS)  # its flags lie in memory: the library then uses clone
    lines += _closer_looks(column, walled)
    lines.append(_line(_RETURN, _ALLOW))
    return b"".join(lines)


def _closer_looks(column: int, walled: bool) -> list[bytes]:
    refuse, allow = _line(_RETURN, _ERRNO | _EPERM), _line(_RETURN, _ALLOW)
    clone = [_line(_LOAD, _FIRST_LOW), _line(_ANY_BIT, _NEW_NAMESPACES, 0, 1), refuse, allow]
    count = len(_REQUESTS)
    requests = [_line(_EQUAL, request, count - n, int(n == count)) for n, request in enumerate(_REQUESTS, 1)]
    requests = [_line(_LOAD, _SECOND_LOW), *requests, refuse, allow]
    limits = [  # only of the caller itself: pid 0
        _line(_LOAD, _FIRST_LOW),
        _line(_EQUAL, 0, 0, 2),
        _line(_LOAD, _FIRST_HIGH),
        _line(_EQUAL, 0, 1, 0),
        refuse,
        allow,
    ]
    hiding = [_line(_LOAD, _FIRST_LOW), _line(_EQUAL, _PR_SET_DUMPABLE, 0, 1), refuse, allow]
    families = [
        _line(_LOAD, _FIRST_LOW),
        _line(_EQUAL, _AF_UNIX, 3, 0),
        _line(_EQUAL, _AF_INET, 2, 0),
        _line(_EQUAL, _AF_INET6, 1, 0),
        refuse,
        allow,
    ]
    # a pair of another family makes no connection, but lets the kernel load the family's module
    pairs = [_line(_LOAD, _FIRST_LOW), _line(_EQUAL, _AF_UNIX, 1, 0), refuse, allow]
    looks = {
        "clone": clone,
        "ioctl": requests,
        "prlimit64": limits,
        "prctl": hiding,
        "socket": families if walled else [refuse],
        "socketpair": pairs,
    }
    bodies = [(SPECIAL[name][column], body) for name, body in looks.items()]
    bodies += [] if walled else [(numbers[column], limits) for numbers in OF_PROCESSES.values()]
    lines = []
    for number, body in bodies:
        lines += [_line(_EQUAL, number, 0, len(body)), *body]
    return lines


def _answer(numbers: list[int | None], errno: int) -> list[bytes]:
    lines = []
    for number in sorted({n for n in numbers if n is not None}):
        lines += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _ERRNO | errno)]
    return lines


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
