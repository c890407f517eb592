"""The sandbox of namespaces: bubblewrap, started by an unprivileged user, also when council is root."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from council.protocols import Job, Run
from council.sandbox.filter import assemble_filter
from council.sandbox.process import Descriptors, Launch, execute
from council.sandbox.program import LAYERS, base_folder, environment, first_words, launcher, top_names
from council.sandbox.toolchain import DEVICES, SYSTEM_FILES, SYSTEM_FOLDERS, Place, Toolchain
from council.sandbox.users import borrow_user
from council.sandbox.workspace import write_files
from council.types.base import Record
from council.types.checks import SandboxInfo

_WORK = "/tmp/work"  # a path inside the sandbox, where it is the program's own small tmpfs  # nosec B108
_HOME = "/tmp/home"  # the same  # nosec B108
_SCRATCH = "/tmp"  # the same  # nosec B108
_SHARED_MEMORY = "/dev/shm"  # the same  # nosec B108
_SHARED_MEMORY_BYTES = 64 << 20
_MOUNTS = (_SCRATCH, _SHARED_MEMORY)


class Bubblewrap(Record):
    """Runs jobs through one bubblewrap binary."""

    binary: str
    toolchain: Toolchain
    info: SandboxInfo
    machine: str
    as_root: bool
    other_tasks: int = 0
    """Tasks of this user outside, where the kernel is too old to count those inside apart."""

    async def run(self, job: Job) -> Run:
        """Run the job; see the protocol."""
        with ExitStack() as held:
            files = held.enter_context(write_files(job.files)) / "files"
            user = held.enter_context(borrow_user()) if self.as_root else None
            return await execute(lambda told: self._launch(job, files, user, told), job)

    def _launch(self, job: Job, files: Path, user: int | None, told: Descriptors) -> Launch:
        passed: tuple[int, ...] = ()
        program = assemble_filter(self.machine, walled=True)
        if program is not None:
            passed = (_readable(program),)
        base = self._base()
        words = self._arguments(job, f"{base}/files" if base else str(files), told, passed)
        if base is None:
            return Launch(argv=tuple(words), passed=passed, mounts=_MOUNTS)
        places = (*self.toolchain.places, Place(source=str(files), name="files"))
        order: dict[str, object] = {
            "parent": os.getpid(),
            "base": base,
            "binds": [[place.source, place.name] for place in places],
            "user": user,
            "argv": words,
        }
        return Launch(argv=launcher(self.toolchain, "descend", order), passed=passed, mounts=_MOUNTS)

    def _base(self) -> str | None:
        return base_folder() if self.as_root else None

    def _arguments(self, job: Job, files: str, told: Descriptors, filters: tuple[int, ...]) -> list[str]:
        # No --new-session: bubblewrap and its first process inside must stay in the one group that is killed. The
        # bootstrap takes the job out of it.
        base = self._base()
        words = [self.toolchain.path(self.binary, base)]
        words += ["--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
        words += ["--unshare-cgroup-try", "--die-with-parent", "--clearenv", "--cap-drop", "ALL"]
        words += ["--uid", "1000", "--gid", "1000", "--hostname", "council", "--json-status-fd", str(told.status)]
        for number in filters:
            words += ["--seccomp", str(number)]
        words += self._system(base)
        words += ["--ro-bind", files, "/files"]
        words += ["--size", str(job.limits.scratch_bytes), "--tmpfs", _SCRATCH, "--dir", _WORK, "--dir", _HOME]
        for name in top_names(job):
            words += ["--symlink", f"/files/{name}", f"{_WORK}/{name}"]
        words += ["--remount-ro", "/", "--chdir", _WORK]
        for name, value in environment(self.toolchain, job, root="", files="/files", scratch=_SCRATCH).items():
            words += ["--setenv", name, value]
        first = first_words(self.toolchain, job, root="", told=told, others=self.other_tasks)
        return [*words, "--", *first]

    def _system(self, base: str | None) -> list[str]:
        words = []
        for folder in SYSTEM_FOLDERS:
            if os.path.islink(folder):
                words += ["--symlink", os.readlink(folder), folder]
            elif os.path.isdir(folder):
                words += ["--ro-bind", folder, folder]
        for path in SYSTEM_FILES:
            words += ["--ro-bind-try", path, path]
        for place in self.toolchain.places:
            source = place.source if base is None else f"{base}/{place.name}"
            words += ["--ro-bind", source, f"/{place.name}"]
        words += ["--size", "65536", "--tmpfs", "/dev"]
        for device in DEVICES:
            words += ["--dev-bind", device, device]
        return [
            *words,
            "--size",
            str(_SHARED_MEMORY_BYTES),
            "--tmpfs",
            _SHARED_MEMORY,
            "--remount-ro",
            "/dev",
        ]


def _readable(program: bytes) -> int:
    """Return a descriptor from which the program can be read once: it is far smaller than a pipe holds."""
    read, write = os.pipe()
    os.write(write, program)
    os.close(write)
    return read


def bubblewrap_layers(machine: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what stands around a program here, and what is missing."""
    missing = () if assemble_filter(machine, walled=True) is not None else ("system-call filter",)
    return tuple(layer for layer in LAYERS if layer not in missing), missing
