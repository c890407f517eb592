"""A program that tries from inside what must not be possible, and reports what it found as one JSON object."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import socket
import sys

_PR_GET_SECCOMP, _PR_CAPBSET_READ, _PR_GET_NO_NEW_PRIVS = 21, 23, 39
_CAPGET = {"x86_64": 125, "aarch64": 90}


def observe(secret_path: str) -> dict[str, object]:
    """Return what a program in here can do: every value should be the harmless one."""
    libc = ctypes.CDLL(None, use_errno=True)
    return {
        **(_on_linux(libc) if sys.platform == "linux" else {"walled": _walled(libc)}),
        "environment": sorted(os.environ),  # the one place where a program must see all of it
        "reads_outside": _opens(secret_path),
        "reads_proc": _opens("/proc/1/environ") or _opens("/proc/self/environ"),
        "writes_root": _creates("/council-was-here") or _creates("/usr/council-was-here"),
        "connects": _connects(),
        "uid": os.getuid(),
        "pid": os.getpid(),
        "memory_limited": resource.getrlimit(resource.RLIMIT_DATA)[0] != resource.RLIM_INFINITY,
    }


def _on_linux(libc: ctypes.CDLL) -> dict[str, object]:
    return {
        "no_new_privs": libc.prctl(_PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
        "filter": libc.prctl(_PR_GET_SECCOMP, 0, 0, 0, 0),
        "capabilities": _capabilities(libc),
    }


def _walled(libc: ctypes.CDLL) -> bool:
    """Whether macOS says that a sandbox is around this process."""
    return bool(libc.sandbox_check(os.getpid(), None, 0) == 1)


def _capabilities(libc: ctypes.CDLL) -> int:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    number = _CAPGET.get(os.uname().machine)
    if number is None or libc.syscall(number, header, data) != 0:
        return -1
    return data[0] | data[1] | data[3] | data[4]


def _opens(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError:
        return False
    return True


def _creates(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
    except OSError:
        return False
    return True


def _connects() -> bool:
    """Whether a packet could leave: 192.0.2.1 is an address for documentation, nothing answers there."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))
    except OSError:
        return False
    return True


if __name__ == "__main__":
    os.write(3, json.dumps(observe(sys.argv[1])).encode())
