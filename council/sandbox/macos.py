"""The sandbox of macOS: ``sandbox-exec`` with a profile made for each run. Untested: nobody has run it on a Mac yet.

The profile denies everything that it does not name. Reading is allowed for the system, the interpreter and the files of
the run, writing for its scratch folder; there is no network and no lookup of any service.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from council.errors import SandboxError
from council.protocols import Job, Run
from council.sandbox.process import Descriptors, Launch, execute
from council.sandbox.program import LAYERS, first_words, launcher
from council.sandbox.toolchain import Toolchain
from council.sandbox.unsafe import group_order, make_scratch
from council.sandbox.workspace import write_files
from council.types.base import Record
from council.types.checks import SandboxInfo

SANDBOX_EXEC = "/usr/bin/sandbox-exec"
_LAYERS = ("private files", "no network", "empty environment")
_UNTESTED = "a trial on a real Mac (untested)"
SEATBELT = SandboxInfo(
    backend="sandbox-exec", layers=_LAYERS, missing=(*(layer for layer in LAYERS if layer not in _LAYERS), _UNTESTED)
)
"""Limits count as missing: macOS does not hold a program to its memory, and counts its tasks with all of the user's."""
_OTHER_TASKS = 4096
"""Room for the user's other tasks, which the limit on tasks counts too."""
_SYSTEM = (
    "/usr/lib",
    "/usr/share",
    "/usr/bin",
    "/bin",
    "/System/Library",
    "/System/Volumes/Preboot/Cryptexes/OS",
    "/private/var/db/dyld",
    "/private/var/db/timezone",
    "/Library/Apple/System/Library",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_SYSCTLS = (
    "hw.activecpu",
    "hw.byteorder",
    "hw.cpufamily",
    "hw.logicalcpu",
    "hw.machine",
    "hw.memsize",
    "hw.ncpu",
    "hw.pagesize",
    "hw.physicalcpu",
    "kern.argmax",
    "kern.hostname",
    "kern.maxfilesperproc",
    "kern.osproductversion",
    "kern.osrelease",
    "kern.ostype",
    "kern.osversion",
    "kern.usrstack64",
    "kern.version",
)
"""By name: ``kern.procargs2`` would show the environment of the user's other programs, keys in it."""


class Seatbelt(Record):
    """Runs jobs under ``sandbox-exec``, with a supervisor that ends their process group."""

    toolchain: Toolchain
    info: SandboxInfo = SEATBELT

    async def run(self, job: Job) -> Run:
        """Run the job; see the protocol."""
        with ExitStack() as held:
            home = Path(os.path.realpath(held.enter_context(write_files(job.files))))  # /tmp is a link on a Mac
            scratch = make_scratch(job, home)
            return await execute(lambda told: self._launch(job, home, scratch, told), job)

    def _launch(self, job: Job, home: Path, scratch: Path, told: Descriptors) -> Launch:
        profile = write_profile(self.readable(home), (str(scratch),))
        first = first_words(self.toolchain, job, root=None, told=told, others=_OTHER_TASKS)
        argv = [SANDBOX_EXEC, "-p", profile, *first]
        order = group_order(self.toolchain, job, (home, scratch), argv, told)
        return Launch(argv=launcher(self.toolchain, "group", order), supervised=True, scratch=str(scratch))

    def readable(self, home: Path) -> tuple[str, ...]:
        """Return what a program may read besides the system: the interpreter, the tools, the files of the run."""
        places = [place.source for place in self.toolchain.places]
        return (*places, os.path.dirname(self.toolchain.executable), *self.toolchain.tools, str(home / "files"))


def write_profile(read: Iterable[str], write: Iterable[str]) -> str:
    """Return a profile in which only these folders can be read and written. Raises ``SandboxError`` for odd paths."""
    reading, writing = tuple(dict.fromkeys(read)), tuple(dict.fromkeys(write))
    parents = sorted({str(parent) for path in (*reading, *writing) for parent in Path(path).parents})
    return "\n".join(
        (
            "(version 1)",
            "(deny default)",
            "(deny network*)",
            "(deny mach-lookup)",
            "(allow process-fork)",
            "(allow signal (target same-sandbox))",
            "(allow process-info* (target self))",
            _rule("allow sysctl-read", "sysctl-name", _SYSCTLS),
            _rule("allow file-read-metadata", "literal", (*parents, "/tmp", "/var", "/etc")),  # nosec B108
            _rule("allow file-read-data", "literal", ("/",)),
            _rule("allow file-read* file-map-executable process-exec", "subpath", _SYSTEM),
            _rule("allow file-read* file-map-executable process-exec", "subpath", reading),
            _rule("allow file-read* file-write-data file-ioctl", "literal", _DEVICES),
            _rule("allow file-read* file-write*", "subpath", writing),
            "",
        )
    )


def quote(text: str) -> str:
    """Return a string of the profile's language. Raises ``SandboxError`` for what no path of a profile may hold.

    >>> quote('/a "b"')
    '"/a \\\\"b\\\\""'
    """
    if not text.isprintable():
        raise SandboxError("a folder's name has control characters, which no sandbox profile can hold", "Rename it")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _rule(action: str, kind: str, values: Iterable[str]) -> str:
    filters = "".join(f"\n  ({kind} {quote(value)})" for value in values)
    return f"({action}{filters})"
