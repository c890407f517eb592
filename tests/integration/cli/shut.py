"""Runs a command on a machine that is made worse first: ``shut.py WORD,WORD -- COMMAND …``.

Words: ``namespaces`` (unshare, and clone with a namespace, are not permitted, as a container's filter has it),
``mounts``, ``landlock`` (not there, as in an old kernel), ``landlock-off`` (there, and switched off at boot).
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

_NUMBERS = {  # unshare, clone, clone3, mount
    "x86_64": (272, 56, 435, 165),
    "aarch64": (97, 220, 435, 40),
}
_EPERM, _ENOSYS, _EOPNOTSUPP = 1, 38, 95
_NAMESPACES = 0x7E020000


def _operation(code: int, yes: int, no: int, value: int) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)


def _refuse(number: int, error: int) -> bytes:
    return _operation(0x15, 0, 1, number) + _operation(0x06, 0, 0, 0x00050000 | error)


def assemble(words: list[str]) -> bytes:
    """Return the filter that refuses what the words name and allows everything else."""
    unshare, clone, clone3, mount = _NUMBERS[os.uname().machine]
    program = _operation(0x20, 0, 0, 0)
    if "namespaces" in words:
        program += _refuse(unshare, _EPERM) + _refuse(clone3, _ENOSYS)
    if "mounts" in words:
        program += _refuse(mount, _EPERM)
    if "landlock" in words or "landlock-off" in words:
        for number in (444, 445, 446):
            program += _refuse(number, _ENOSYS if "landlock" in words else _EOPNOTSUPP)
    if "namespaces" in words:
        program += _operation(0x15, 0, 3, clone) + _operation(0x20, 0, 0, 16) + _operation(0x45, 0, 1, _NAMESPACES)
        program += _operation(0x06, 0, 0, 0x00050000 | _EPERM)
    return program + _operation(0x06, 0, 0, 0x7FFF0000)


def main() -> None:
    """Install the filter for good, then become the command."""
    libc = ctypes.CDLL(None, use_errno=True)
    program = assemble(sys.argv[1].split(","))
    buffer = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer)))
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.c_ulong(ctypes.addressof(head)), 0, 0):
        sys.exit("no filter can be installed here")
    os.execvp(sys.argv[3], sys.argv[3:])


if __name__ == "__main__":
    main()
