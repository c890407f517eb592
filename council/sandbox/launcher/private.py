"""A mount namespace of our own with short fixed paths, and the step down to a user without rights.

An unprivileged user often cannot reach an interpreter below another's home, and under real root bubblewrap is no
sandbox. So root binds what is needed to short paths first, and is nobody from then on.
"""

from __future__ import annotations

import os

from council.sandbox.launcher import linux


def enter_private_mounts(base: str, binds: list[list[str]], users: list[int]) -> None:
    """Put a small tmpfs at ``base`` in a private mount namespace, with each source bound below it by name.

    ``users`` are the ids that must exist afterwards, should a user namespace be needed to be allowed to mount.
    Raises ``OSError`` where the kernel or the container forbids it.
    """
    try:
        linux.unshare(linux.CLONE_NEWNS)
    except PermissionError:
        _enter_user_namespace(users)
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    # Opened before the tmpfs hides anything, and after the unshare: a mount of another namespace cannot be bound.
    sources = [(os.open(source, os.O_PATH | os.O_CLOEXEC), name) for source, name in binds]
    linux.mount("tmpfs", base, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "mode=755,size=1m")
    for descriptor, name in sources:
        target = f"{base}/{name}"
        os.mkdir(target, 0o755)
        linux.mount(f"/proc/self/fd/{descriptor}", target, None, linux.MS_BIND | linux.MS_REC)
        os.close(descriptor)


def _enter_user_namespace(users: list[int]) -> None:
    """Become root of a user namespace in which the given ids exist. A helper outside writes the maps."""
    mine = os.getpid()
    ready_out, ready_in = os.pipe()
    done_out, done_in = os.pipe()
    helper = os.fork()
    if helper == 0:
        code = 1
        try:
            os.close(ready_in)
            os.read(ready_out, 1)
            lines = "".join(f"{number} {number} 1\n" for number in sorted({0, *users}))
            for kind in ("gid_map", "uid_map"):
                with open(f"/proc/{mine}/{kind}", "w", encoding="ascii") as file:
                    file.write(lines)
            os.write(done_in, b"1")
            code = 0
        finally:
            os._exit(code)
    os.close(ready_out)
    os.close(done_in)
    linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNS)
    os.close(ready_in)
    written = os.read(done_out, 1)
    os.close(done_out)
    os.waitpid(helper, 0)
    if written != b"1":
        raise PermissionError("the user namespace could not be given its ids")


def become(user: int) -> None:
    """Be that user and group, with no other group, for good."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def reachable(user: int, paths: list[str]) -> bool:
    """Whether that user could read all these paths; tried by a child that becomes the user."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            become(user)
            code = 0 if all(os.access(path, os.R_OK) for path in paths) else 1
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] == 0
