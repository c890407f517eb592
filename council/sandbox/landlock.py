"""The sandbox for machines without user namespaces: Landlock, a system-call filter, and a supervisor."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from council.protocols import Job, Run
from council.sandbox.filter import assemble_filter
from council.sandbox.launcher.confine import abi
from council.sandbox.process import MOST_NAMES, Descriptors, Launch, execute
from council.sandbox.program import LAYERS, base_folder, environment, first_words, launcher, top_names
from council.sandbox.toolchain import DEVICES, SYSTEM_FILES, SYSTEM_FOLDERS, Place, Toolchain
from council.sandbox.users import borrow_user
from council.sandbox.watch import tasks_of_user
from council.sandbox.workspace import write_files
from council.types.base import Record
from council.types.checks import SandboxInfo

Footing = Literal["private", "dropped", "kept", "own"]
"""Who runs the program: root's private mounts and a user without rights; only the user without rights; root without
any capability; or the ordinary user who runs council."""

_SCRATCH = "/tmp"  # in private mounts, where it is the program's own small tmpfs  # nosec B108
_SHARED_MEMORY_BYTES = 64 << 20


class Landlock(Record):
    """Runs jobs behind Landlock. Files stand at their real paths unless root can make private mounts."""

    toolchain: Toolchain
    info: SandboxInfo
    machine: str
    footing: Footing

    async def run(self, job: Job) -> Run:
        """Run the job; see the protocol."""
        with ExitStack() as held:
            home = held.enter_context(write_files(job.files))
            user = held.enter_context(borrow_user()) if self.footing in ("private", "dropped") else None
            scratch = self._prepare(job, home, user)
            return await execute(lambda told: self._launch(job, home, (scratch, user), told), job)

    def _prepare(self, job: Job, home: Path, user: int | None) -> str:
        """Write the filter, and make the scratch where the launcher cannot mount one."""
        program = assemble_filter(self.machine, walled=False, truncates=abi() >= 3)
        (home / "filter").write_bytes(program or b"")
        if self.footing == "private":
            return _SCRATCH
        scratch = home / "scratch"
        for folder in (scratch, scratch / "work", scratch / "home"):
            folder.mkdir(mode=0o700)
        for name in top_names(job):
            (scratch / "work" / name).symlink_to(home / "files" / name)
        if user is not None:
            for folder in (scratch, scratch / "work", scratch / "home"):
                os.chown(folder, user, user)
        return str(scratch)

    def _launch(self, job: Job, home: Path, own: tuple[str, int | None], told: Descriptors) -> Launch:
        scratch, user = own
        root = base_folder() if self.footing == "private" else None
        files = str(home / "files") if root is None else f"{root}/files"
        counted = tasks_of_user(os.getuid()) if self.footing == "own" else 0
        words = first_words(self.toolchain, job, root=root, told=told, others=counted)
        shared = "/dev/shm"  # a tmpfs of the program's own in private mounts, else not given to it  # nosec B108
        places = (*self.toolchain.places, Place(source=str(home / "files"), name="files"))
        readable = [self.toolchain.path(place.source, root) for place in self.toolchain.places]
        order: dict[str, object] = {
            "base": root,
            "binds": [[place.source, place.name] for place in places],
            "user": user,
            "scratch": {scratch: job.limits.scratch_bytes, shared: _SHARED_MEMORY_BYTES},
            "names": MOST_NAMES,
            "folders": [f"{scratch}/work", f"{scratch}/home"],
            "links": [[f"{files}/{name}", f"{scratch}/work/{name}"] for name in top_names(job)],
            "read": [*SYSTEM_FOLDERS, *SYSTEM_FILES, *readable, files],
            "write": [scratch, *((shared,) if root is not None else ())],
            "devices": list(DEVICES),
            "filter": str(home / "filter"),
            "argv": words,
            "env": environment(self.toolchain, job, root=root, files=files, scratch=scratch),
            "cwd": f"{scratch}/work",
            "keep": [] if told.channel is None else [told.channel],
            "lifeline": told.lifeline,
            "status": told.status,
            "machine": self.machine,
        }
        watched = None if root is not None else scratch
        return Launch(argv=launcher(self.toolchain, "confine", order), supervised=True, scratch=watched)


def landlock_layers(footing: Footing, version: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what stands around a program on this footing, and what bubblewrap would add."""
    lacking = {"private processes"}
    if footing == "kept":
        lacking |= {"unprivileged user"}
    if footing != "private":
        lacking |= {"private memory"}
    missing = [layer for layer in LAYERS if layer in lacking]
    if version < 6 and footing == "own":
        missing.append("no signals to your other programs")
    return tuple(layer for layer in LAYERS if layer not in lacking), tuple(missing)
