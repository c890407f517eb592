"""Why a sandbox cannot start, told from a few facts of the machine, each with the one command that mends it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from council.types.base import Record

_OPEN_CONTAINER = "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"


class Facts(Record):
    """What the machine says about itself; ``None`` where it does not say."""

    apparmor_restricts: bool | None = None
    debian_allows: bool | None = None
    most_namespaces: int | None = None
    in_container: bool = False
    kernel: tuple[int, int] = (0, 0)


class Cause(Record):
    """One cause as a clause, and what to type."""

    problem: str
    remedy: str


def gather_facts(root: Path = Path("/")) -> Facts:
    """Read the facts below ``root``."""
    apparmor = _number(root / "proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    debian = _number(root / "proc/sys/kernel/unprivileged_userns_clone")
    return Facts(
        apparmor_restricts=None if apparmor is None else apparmor != 0,
        debian_allows=None if debian is None else debian != 0,
        most_namespaces=_number(root / "proc/sys/user/max_user_namespaces"),
        in_container=any((root / path).exists() for path in (".dockerenv", "run/.containerenv")),
        kernel=kernel_version(os.uname().release),
    )


def kernel_version(release: str) -> tuple[int, int]:
    """Return major and minor of a kernel release.

    >>> kernel_version("6.8.0-45-generic")
    (6, 8)
    """
    numbers = [int(digits) for digits in re.findall(r"[0-9]{1,6}", release)]
    return (numbers + [0, 0])[0], (numbers + [0, 0])[1]


def why_no_namespaces(facts: Facts, message: str) -> Cause:
    """Name the reason why bubblewrap failed. ``message`` is what it said itself, for when nothing else explains it."""
    if facts.debian_allows is False:
        return Cause(
            problem="this kernel forbids user namespaces (unprivileged_userns_clone is 0)",
            remedy="sudo sysctl -w kernel.unprivileged_userns_clone=1",
        )
    if facts.most_namespaces == 0:
        return Cause(
            problem="this kernel forbids user namespaces (max_user_namespaces is 0)",
            remedy="sudo sysctl -w user.max_user_namespaces=15000",
        )
    if facts.in_container:
        return Cause(
            problem="this container may not make user namespaces",
            remedy=f"docker run {_OPEN_CONTAINER} …",
        )
    if facts.apparmor_restricts:
        return Cause(
            problem="this kernel forbids user namespaces (AppArmor)",
            remedy="sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        )
    return Cause(problem=f"bubblewrap failed ({message})", remedy="council doctor")


def why_no_landlock(facts: Facts, error: OSError) -> Cause:
    """Name the reason why Landlock is not there."""
    if facts.kernel < (5, 13):
        return Cause(
            problem=f"this kernel is too old for Landlock ({facts.kernel[0]}.{facts.kernel[1]}, needs 5.13)",
            remedy="sudo apt install bubblewrap",
        )
    if error.errno == 95:
        return Cause(
            problem="Landlock is switched off on this machine",
            remedy="sudo sed -i 's/^GRUB_CMDLINE_LINUX=\"/&lsm=landlock,lockdown,yama,integrity,apparmor /' "
            "/etc/default/grub && sudo update-grub",
        )
    return Cause(problem="this kernel or container has no Landlock", remedy="sudo apt install bubblewrap")


NO_BINARY = Cause(problem="there is no bubblewrap here", remedy="pip install 'code-council[sandbox]'")
NO_PROCESSOR = Cause(
    problem="Landlock needs a system-call filter, and this processor has none here",
    remedy="sudo apt install bubblewrap",
)
NOT_LINUX = Cause(
    problem="council has a sandbox for Linux only",
    remedy=f"docker run -it {_OPEN_CONTAINER} python:3.12 bash",
)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None
