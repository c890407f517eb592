"""Why a sandbox cannot start, told from a few facts of the machine, each with the one command that mends it.

What bubblewrap prints differs by version and kernel; ``BUBBLEWRAP`` lists what it really says, most telling first.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

from council.types.base import Record

_DOCKER = "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"
_PODMAN = "--security-opt seccomp=unconfined --security-opt label=disable"
_GET_BUBBLEWRAP = "sudo apt install bubblewrap"
_PROFILE = "/usr/share/apparmor/extra-profiles/bwrap-userns-restrict"


class Facts(Record):
    """What the machine says about itself; ``None`` where it does not say."""

    apparmor_restricts: bool | None = None
    debian_allows: bool | None = None
    most_namespaces: int | None = None
    in_container: bool = False
    by_podman: bool = False
    has_profile: bool = False
    """The distribution's AppArmor profile for bubblewrap is in place: it serves the system's own binary only."""
    filtered: bool = False
    """A system-call filter lies around council itself."""
    kernel: tuple[int, int] = (0, 0)
    security_modules: tuple[str, ...] = ()
    """As the kernel lists them; empty where it does not tell."""


class Cause(Record):
    """One cause as a clause, and what to type."""

    problem: str
    remedy: str


def gather_facts(root: Path = Path("/")) -> Facts:
    """Read the facts below ``root``."""
    apparmor = _number(root / "proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    debian = _number(root / "proc/sys/kernel/unprivileged_userns_clone")
    release = _text(root / "proc/sys/kernel/osrelease") or os.uname().release
    podman = (root / "run/.containerenv").exists()
    return Facts(
        apparmor_restricts=None if apparmor is None else apparmor != 0,
        debian_allows=None if debian is None else debian != 0,
        most_namespaces=_number(root / "proc/sys/user/max_user_namespaces"),
        in_container=podman or (root / ".dockerenv").exists() or _names_container(_text(root / "proc/1/environ")),
        by_podman=podman,
        has_profile=(root / "etc/apparmor.d/bwrap-userns-restrict").exists(),
        filtered=re.search(r"^Seccomp:\s*2$", _text(root / "proc/self/status"), re.MULTILINE) is not None,
        kernel=kernel_version(release),
        security_modules=tuple(re.findall(r"[a-z0-9_]+", _text(root / "sys/kernel/security/lsm"))),
    )


def kernel_version(release: str) -> tuple[int, int]:
    """Return major and minor of a kernel release.

    >>> kernel_version("6.8.0-45-generic")
    (6, 8)
    """
    numbers = [int(digits) for digits in re.findall(r"[0-9]{1,6}", release)]
    return (numbers + [0, 0])[0], (numbers + [0, 0])[1]


def why_no_namespaces(facts: Facts, message: str) -> Cause:
    """Name the reason why bubblewrap failed, from what it said and from what the machine says."""
    for pattern, explain in BUBBLEWRAP:
        cause = explain(facts) if re.search(pattern, message, re.IGNORECASE) else None
        if cause is not None:
            return cause
    return Cause(problem=f"bubblewrap failed ({message})", remedy=REPORT)


def _switched_off(facts: Facts) -> Cause | None:
    if facts.debian_allows is False:
        return Cause(
            problem="this kernel forbids user namespaces (kernel.unprivileged_userns_clone is 0)",
            remedy="sudo sysctl -w kernel.unprivileged_userns_clone=1",
        )
    if facts.most_namespaces == 0:
        return Cause(
            problem="this kernel forbids user namespaces (user.max_user_namespaces is 0)",
            remedy="sudo sysctl -w user.max_user_namespaces=15000",
        )
    return None


def _exhausted(facts: Facts) -> Cause | None:
    return _switched_off(facts) or Cause(
        problem="no user namespace is left here (user.max_user_namespaces), or they are nested too deep",
        remedy="sudo sysctl -w user.max_user_namespaces=100000",
    )


def _container(facts: Facts) -> Cause | None:
    if not facts.in_container:
        return None
    program, options = ("podman", _PODMAN) if facts.by_podman else ("docker", _DOCKER)
    problem = "this container may not make user namespaces or mounts (its system-call filter or security module)"
    return Cause(problem=problem, remedy=f"{program} run {options} …")


def _apparmor(facts: Facts) -> Cause | None:
    if not facts.apparmor_restricts:
        return None
    load = "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict"
    copy = f"{_GET_BUBBLEWRAP} apparmor-profiles && sudo cp {_PROFILE} /etc/apparmor.d/ && {load}"
    return Cause(
        problem="this kernel forbids user namespaces to programs without an AppArmor profile (Ubuntu's rule)",
        remedy=f"{_GET_BUBBLEWRAP} && {load}" if facts.has_profile else copy,
    )


def _filter(facts: Facts) -> Cause | None:
    if not facts.filtered:
        return None
    return Cause(
        problem="a system-call filter around this shell or service forbids namespaces",
        remedy="systemd-run --user --pty --same-dir council doctor",
    )


def _forbidden(facts: Facts) -> Cause | None:
    """Return what forbids namespaces: what the machine says outright, then what surrounds us."""
    return _switched_off(facts) or _container(facts) or _apparmor(facts) or _filter(facts)


def _always(cause: Cause) -> Callable[[Facts], Cause | None]:
    return lambda facts: cause


_BROKEN_BINARY = Cause(
    problem="the bubblewrap here cannot be started (not executable, or made for another machine)",
    remedy="sudo apt install --reinstall bubblewrap",
)
_FILE_CAPABILITIES = Cause(
    problem="bwrap has file capabilities, and then refuses to work",
    remedy='sudo setcap -r "$(command -v bwrap)"',
)
_SETUID = Cause(
    problem="bwrap is installed setuid, and that mode cannot build this sandbox",
    remedy='sudo chmod u-s "$(command -v bwrap)"',
)
_NO_PROC = Cause(problem="/proc is not there or masked", remedy="sudo mount -t proc proc /proc")
_NO_USER_NAMESPACES = Cause(
    problem="this kernel was built without user namespaces (CONFIG_USER_NS)", remedy="sudo apt install linux-generic"
)
NO_SCRATCH = Cause(
    problem="no folder for temporary files can be written",
    remedy='mkdir -p "$HOME/tmp" && export TMPDIR="$HOME/tmp"',
)
_NO_FOLDER = r"temporary files|files of a run cannot be written"
_UNSUPPORTED = r"does not support user namespaces|function not implemented|new namespace failed: invalid argument"


def _masked(facts: Facts) -> Cause | None:
    if facts.in_container:
        program = "podman" if facts.by_podman else "docker"
        word = "unmask=ALL" if facts.by_podman else "systempaths=unconfined"
        return Cause(problem="/proc is masked in this container", remedy=f"{program} run --security-opt {word} …")
    return _NO_PROC


BUBBLEWRAP: tuple[tuple[str, Callable[[Facts], Cause | None]], ...] = (
    (_NO_FOLDER, _always(NO_SCRATCH)),
    (r"unexpected capabilities but not setuid", _always(_FILE_CAPABILITIES)),
    (r"setuid mode|unexpected setuid user", _always(_SETUID)),
    (r"mount proc on|/proc\b.*(no such file|not a directory|read-only)", _masked),
    (r"no space left on device|nesting depth|ENOSPC", _exhausted),
    (_UNSUPPORTED, _forbidden),
    (_UNSUPPORTED, _always(_NO_USER_NAMESPACES)),
    (
        r"^permission denied$|^(council-sandbox: )?(exec format error|no such file or directory)$",
        _always(_BROKEN_BINARY),
    ),
    (r"", _forbidden),
    (r"^council-sandbox: permission denied$", _always(_BROKEN_BINARY)),
)
"""What is said, and what it means with the facts; the first row that has an answer gives it."""


def why_no_landlock(facts: Facts, error: OSError) -> Cause:
    """Name the reason why Landlock is not there."""
    if facts.kernel < (5, 13):
        return Cause(
            problem=f"this kernel is too old for Landlock ({facts.kernel[0]}.{facts.kernel[1]}, needs 5.13)",
            remedy=_GET_BUBBLEWRAP,
        )
    if error.errno == errno.EOPNOTSUPP:
        modules = ",".join(("landlock", *(facts.security_modules or ("lockdown", "yama", "integrity", "apparmor"))))
        return Cause(
            problem="Landlock is switched off on this machine (it is not in the kernel's lsm= list)",
            remedy=f"sudo sed -i 's/^GRUB_CMDLINE_LINUX=\"/&lsm={modules} /' /etc/default/grub && sudo update-grub",
        )
    if facts.in_container and (facts.filtered or error.errno == errno.EPERM):
        program, options = ("podman", _PODMAN) if facts.by_podman else ("docker", _DOCKER)
        return Cause(
            problem="the system-call filter of this container refuses Landlock", remedy=f"{program} run {options} …"
        )
    if facts.filtered:
        return Cause(
            problem="a system-call filter around this shell or service refuses Landlock",
            remedy="systemd-run --user --pty --same-dir council doctor",
        )
    return Cause(problem="this kernel was built without Landlock (CONFIG_SECURITY_LANDLOCK)", remedy=_GET_BUBBLEWRAP)


def why_no_binary(lying: tuple[str, ...]) -> Cause:
    """Name the reason why no bubblewrap can be started; ``lying`` are those that are there and not executable."""
    if not lying:
        return NO_BINARY
    return Cause(
        problem="the bubblewrap here may not be executed (its mode, or a file system mounted noexec)",
        remedy="sudo apt install --reinstall bubblewrap",
    )


def no_processor(machine: str) -> Cause:
    """Return the cause for a processor whose system calls council does not know."""
    return Cause(
        problem=f"council knows the system calls of x86_64 and aarch64, and this is {machine}",
        remedy=f"docker run -it --platform linux/amd64 {_DOCKER} python:3.12 bash",
    )


def why_landlock_failed(message: str) -> Cause:
    """Name the reason why a program behind Landlock did not start."""
    if re.search(_NO_FOLDER, message):
        return NO_SCRATCH
    return Cause(problem=f"Landlock failed ({message})", remedy=REPORT)


def why_seatbelt_failed(message: str) -> Cause:
    """Name the reason why sandbox-exec did not start a program."""
    if re.search(_NO_FOLDER, message):
        return NO_SCRATCH
    if "sandbox_apply" in message:
        return Cause(
            problem="this shell is in a sandbox itself, and macOS allows no second one", remedy="open -a Terminal"
        )
    return Cause(problem=f"sandbox-exec failed ({message})", remedy=REPORT)


REPORT = "council doctor --format json"
"""Where nothing is known to mend it: what to send with a report."""
NO_BINARY = Cause(problem="there is no bubblewrap here", remedy="pip install 'code-council[sandbox]'")
NO_SANDBOX_EXEC = Cause(
    problem="sandbox-exec, which comes with macOS, is not at /usr/bin/sandbox-exec",
    remedy=f"docker run -it {_DOCKER} python:3.12 bash",
)
NOT_UNIX = Cause(
    problem="council has a sandbox for Linux, and an untested one for macOS",
    remedy=f"docker run -it {_DOCKER} python:3.12 bash",
)


def _names_container(environ: str) -> bool:
    """Whether the first process was told that it is in a container (podman, systemd-nspawn, LXC)."""
    return any(word.startswith("container=") for word in environ.split("\0"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None
