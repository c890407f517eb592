"""No walls: what ``--unsafe-exec`` runs where no sandbox works. Time, output and memory are limited, nothing else is.

A program here is an ordinary program of the user who started council: it reads his files and reaches his network.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from council.protocols import Job, Run
from council.sandbox.process import Descriptors, Launch, execute
from council.sandbox.program import LAYERS, environment, first_words, launcher, top_names
from council.sandbox.toolchain import Toolchain
from council.sandbox.watch import tasks_of_user
from council.sandbox.workspace import write_files
from council.types.base import Record
from council.types.checks import SandboxInfo

UNSAFE = SandboxInfo(backend="unsafe", missing=LAYERS)
"""What reports and sessions say: every layer is missing. Limits and a clean environment are courtesies, no walls."""


class Unsafe(Record):
    """Runs jobs as processes of the user, in a scratch folder, with a supervisor that ends everything they started."""

    toolchain: Toolchain
    info: SandboxInfo = UNSAFE

    async def run(self, job: Job) -> Run:
        """Run the job; see the protocol."""
        with ExitStack() as held:
            home = held.enter_context(write_files(job.files))
            scratch = make_scratch(job, home)
            return await execute(lambda told: self._launch(job, home, scratch, told), job)

    def _launch(self, job: Job, home: Path, scratch: Path, told: Descriptors) -> Launch:
        others = tasks_of_user(os.getuid())
        argv = first_words(self.toolchain, job, root=None, told=told, others=others)
        order = group_order(self.toolchain, job, (home, scratch), argv, told)
        return Launch(argv=launcher(self.toolchain, "group", order), supervised=True, scratch=str(scratch))


def make_scratch(job: Job, home: Path) -> Path:
    """Make the folder a job may write to, with links to its files, beside the files of the run."""
    scratch = home / "scratch"
    for folder in (scratch, scratch / "work", scratch / "home"):
        folder.mkdir(mode=0o700)
    for name in top_names(job):
        (scratch / "work" / name).symlink_to(home / "files" / name)
    return scratch


def group_order(
    toolchain: Toolchain, job: Job, places: tuple[Path, Path], argv: list[str], told: Descriptors
) -> dict[str, object]:
    """Return what the supervisor of a process group is told; ``places`` are the folder of the run and its scratch."""
    home, scratch = places
    return {
        "argv": argv,
        "env": environment(toolchain, job, root=None, files=str(home / "files"), scratch=str(scratch)),
        "cwd": str(scratch / "work"),
        "keep": [] if told.channel is None else [told.channel],
        "lifeline": told.lifeline,
        "status": told.status,
    }
