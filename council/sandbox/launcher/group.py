"""A supervisor of one process group, on any Unix: starts a program, and ends everything it started.

It is told to stop by the end of a pipe (``lifeline``) whose other end only council holds, so it also stops when council
is killed. On Linux it inherits whatever leaves the group and ends that too; elsewhere it cannot.
"""

from __future__ import annotations

import os
import select
import signal
import sys

from council.sandbox.launcher import orders

TYPE_CHECKING = False
if TYPE_CHECKING:  # as the name of typing, whose loading would double the start
    from typing import Any


def main() -> None:
    """Read the order, run the program, and report its exit on ``status``."""
    order = orders.read_order(sys.argv[2:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches council, which then closes the lifeline
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _inherit_orphans()
    child = _start(order)
    code = _supervise(child, woken, order["lifeline"])
    end_group(child)
    if code is not None:
        os.write(order["status"], b'{"exit-code": %d}\n' % code)
    sys.exit(0)


def _start(order: dict[str, Any]) -> int:
    broken_out, broken_in = os.pipe()  # closed by the exec; whatever comes through it is why there was none
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.chdir(order["cwd"])
            for descriptor in order["keep"]:
                os.set_inheritable(descriptor, True)
            for descriptor in (order["status"], order["lifeline"]):
                os.set_inheritable(descriptor, False)
            os.execve(order["argv"][0], order["argv"], order["env"])  # becoming the job  # nosec B606
        except OSError as error:
            os.write(broken_in, str(error.strerror or error).encode())
        finally:
            os._exit(125)
    os.close(broken_in)
    for descriptor in (0, 1, 2, *order["keep"]):
        os.close(descriptor)
    problem = os.read(broken_out, 500)
    if problem:
        import json  # rarely needed, and slow to load

        os.write(order["status"], json.dumps({"problem": problem.decode("utf-8", "replace")}).encode() + b"\n")
        os._exit(125)
    return child


def _supervise(child: int, woken: int, lifeline: int) -> int | None:
    """Wait for the program or for the lifeline, and return the exit code if there was one."""
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return 128 - code if code < 0 else code
        ready, _, _ = select.select([woken, lifeline], [], [])
        if lifeline in ready:
            return None
        os.read(woken, 4096)


def _inherit_orphans() -> None:
    if sys.platform == "linux":
        from council.sandbox.launcher import linux  # system calls that only Linux has

        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)


def end_group(child: int) -> None:
    """Kill the group, and on Linux everything that left it."""
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # all of it has ended already
    if sys.platform == "linux":
        from council.sandbox.launcher import confine

        confine.end_all(None)
