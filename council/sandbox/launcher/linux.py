"""The few system calls that Python 3.11 has no name for."""

from __future__ import annotations

import ctypes
import os
import struct
import sys

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWIPC = 0x00020000, 0x10000000, 0x08000000
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 4096, 16384, 1 << 18
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 22, 24, 36, 38
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
CAPSET = {"x86_64": 126, "aarch64": 91}
SIGKILL = 9

_libc = ctypes.CDLL(None, use_errno=True)
if sys.platform == "linux":  # elsewhere this module is imported and never used
    _libc.mount.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)
    _libc.prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong)
    _libc.syscall.restype = ctypes.c_long


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Leave the namespaces named by the flags."""
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mount something; only ever called in a mount namespace of our own."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind, data)]
    _checked(_libc.mount(words[0], words[1], words[2], flags, words[3]), f"mount {target}")


def prctl(option: int, value: int = 0) -> int:
    """Change an attribute of this process."""
    return _checked(_libc.prctl(option, value, 0, 0, 0), f"prctl {option}")


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by number; integers are passed as long."""
    passed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *passed), f"system call {number}")


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process with its parent; end at once when the parent has gone already."""
    prctl(PR_SET_PDEATHSIG, SIGKILL)
    if os.getppid() != parent:
        os._exit(125)


def drop_capabilities(machine: str) -> None:
    """Give up every capability for good, also those that an exec as uid 0 would bring back."""
    for number in range(64):
        try:
            prctl(PR_CAPBSET_DROP, number)
        except OSError:
            break
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    syscall(CAPSET[machine], header, (ctypes.c_uint32 * 6)())


def install_filter(program: bytes) -> None:
    """Load a system-call filter (an array of ``struct sock_filter``) for this process and its children."""
    buffer = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer)))
    _checked(_libc.prctl(PR_SET_SECCOMP, 2, ctypes.addressof(head), 0, 0), "seccomp")
