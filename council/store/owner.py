"""Which process writes a session, so that a reader can tell a sitting under way from one that was killed."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

from council.types.session import SessionState

CLAIM = "resuming "
"""Stands before the mark of a process that completes a session; what is kept of it stays as it was until then."""
UNFINISHED = "unfinished"
"""Open, and written by a machine this one cannot ask."""


def this_owner() -> str:
    """Return a mark of this process: machine (hashed), boot, process id, and when the process started."""
    return f"{_machine()} {_boot()} {os.getpid()} {_started(os.getpid())}"


def shown_state(state: str, owner: str | None) -> str:
    """Return the state people see: an open session whose process is gone was interrupted."""
    if state != SessionState.OPEN:
        return state
    alive = is_alive(owner)
    if alive is None:
        return UNFINISHED
    return SessionState.OPEN.value if alive else SessionState.INTERRUPTED.value


def is_alive(owner: str | None) -> bool | None:
    """Whether the process of a mark still runs; ``None`` where this machine cannot tell."""
    parts = (owner or "").removeprefix(CLAIM).split(" ")
    if len(parts) != 4 or not parts[2].isdigit() or parts[0] != _machine():
        return None
    return parts[1] == _boot() and parts[3] == _started(int(parts[2])) != ""


def _machine() -> str:
    try:
        space = os.readlink("/proc/self/ns/pid")  # in another container the same number is another process
    except OSError:
        space = ""
    return hashlib.sha256(f"{socket.gethostname()}\0{space}".encode()).hexdigest()[:12]


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "-"


def _started(pid: int) -> str:
    """Return when a process started, in ticks since boot; empty when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return _without_proc(pid)
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state in ("Z", "X") else rest[18]


def _without_proc(pid: int) -> str:
    if Path("/proc/self/stat").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "-"
