"""Landlock and a system-call filter around one program, with a supervisor that ends everything it started.

The supervisor stays outside the walls. It is told to stop by the end of a pipe (``lifeline``) whose other end only
council holds, so it also stops when council is killed. It has a session of its own, so that Ctrl-C reaches council
alone, which then closes that end. As subreaper it inherits whatever the program leaves behind.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
import sys
import time

from council.sandbox.launcher import linux, orders, private

TYPE_CHECKING = False
if TYPE_CHECKING:  # as the name of typing, whose loading would double the start
    from typing import Any

_READ = 1 << 0 | 1 << 2 | 1 << 3  # execute, read files, read folders
_FILE_RIGHTS = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14
_MAKE_DEVICES = 1 << 6 | 1 << 11
_HANDLED = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_NO_TCP, _NO_SIGNALS_OUT = 3, 3
_ALL_CHILDREN = 0x40000000 if sys.platform == "linux" else 0
"""Of waiting: also for children that end without a signal, which a program can make."""


def main() -> None:
    """Read the order, run the program behind walls, and report its exit on ``status``."""
    order = orders.read_order(sys.argv[2:])
    with open(order["filter"], "rb") as file:  # before private mounts hide it
        order["program"] = file.read()
    try:
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
        if order["base"] is not None:
            _enter_mounts(order)
        child = _start(order)
    except OSError as error:
        sys.stderr.write(f"council-sandbox: {error.strerror or error}\n")
        sys.exit(125)
    code = _supervise(child, order)
    if code is not None:
        os.write(order["status"], b'{"exit-code": %d}\n' % code)
    os._exit(0)  # at once: there is nothing to tidy up, and somebody waits


def _enter_mounts(order: dict[str, Any]) -> None:
    user = order["user"]
    private.enter_private_mounts(order["base"], order["binds"], [user])
    for target, size in order["scratch"].items():
        if os.path.isdir(target):
            options = f"mode=700,uid={user},gid={user},size={size},nr_inodes={order['names']}"
            linux.mount("tmpfs", target, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
    for folder in order["folders"]:
        os.mkdir(folder, 0o700)
        os.chown(folder, user, user)
    for target, link in order["links"]:
        os.symlink(target, link)


def _start(order: dict[str, Any]) -> int:
    supervisor = os.getpid()
    broken_out, broken_in = os.pipe()  # closed by the exec; whatever comes through it is why there was none
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            _wall_in(order, supervisor)
            os.chdir(order["cwd"])
            for descriptor in order["keep"]:
                os.set_inheritable(descriptor, True)
            os.execve(order["argv"][0], order["argv"], order["env"])  # the job, behind its walls  # nosec B606
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


def _wall_in(order: dict[str, Any], supervisor: int) -> None:
    program = order["program"]
    if order["user"] is not None:
        private.become(order["user"])
    elif os.getuid() == 0:
        linux.drop_capabilities(order["machine"])
    linux.die_with_parent(supervisor)
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    restrict(order["read"], order["write"], order["devices"])
    linux.install_filter(program)


def abi() -> int:
    """Return the version of Landlock this kernel has. Raises ``OSError`` where it has none."""
    return linux.syscall(linux.LANDLOCK_CREATE_RULESET, None, 0, 1)


def restrict(read: list[str], write: list[str], devices: list[str]) -> None:
    """Leave this process only these paths, no TCP, and no signal to anything outside."""
    version = abi()
    handled = _HANDLED.get(version, (1 << 16) - 1)
    words = [handled] + ([_NO_TCP] if version >= 4 else []) + ([_NO_SIGNALS_OUT] if version >= 6 else [])
    attributes = ctypes.create_string_buffer(struct.pack(f"{len(words)}Q", *words))
    ruleset = linux.syscall(linux.LANDLOCK_CREATE_RULESET, attributes, 8 * len(words), 0)
    for path in read:
        _allow(ruleset, path, _READ & handled)
    for path in write:
        _allow(ruleset, path, handled & ~_MAKE_DEVICES)
    for path in devices:
        _allow(ruleset, path, (1 << 1 | 1 << 2) & handled)
    linux.syscall(linux.LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        rights &= _FILE_RIGHTS
    rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor))
    linux.syscall(linux.LANDLOCK_ADD_RULE, ruleset, 1, rule, 0)
    os.close(descriptor)


def _supervise(child: int, order: dict[str, Any]) -> int | None:
    """Wait for the program or for the lifeline, end everything, and return the exit code if there was one."""
    watched = os.pidfd_open(child)
    ready, _, _ = select.select([watched, order["lifeline"]], [], [])
    code = None
    if watched in ready:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        code = 128 - code if code < 0 else code
    end_all(order["user"])
    return code


def end_all(user: int | None) -> None:
    """Kill and reap until nothing is left: whatever loses its parent comes to this process.

    So where this process has no child there is nothing to look for, as after most programs.
    """
    deadline = time.monotonic() + 5
    while _has_children() and time.monotonic() < deadline:
        if user is not None:
            _kill_everything_of(user)
        for number in _descendants(os.getpid()):
            try:
                os.kill(number, linux.SIGKILL)
            except ProcessLookupError:
                pass  # it ended by itself
        if _has_children():
            time.sleep(0.002)


def _has_children() -> bool:
    """Reap what has ended, and return whether anything goes on."""
    try:
        while os.waitpid(-1, os.WNOHANG | _ALL_CHILDREN)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _kill_everything_of(user: int) -> None:
    """Kill every process of the run's own user at once, so that no fork can outrun the killing."""
    killer = os.fork()
    if killer == 0:
        try:
            private.become(user)
            os.kill(-1, linux.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(killer, 0)


def _descendants(root: int) -> list[int]:
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", "rb") as file:
                    parents[int(entry)] = int(file.read().rpartition(b")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue  # it ended while we looked
    found = {root}
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return [pid for pid in found if pid != root]
