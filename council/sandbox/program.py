"""What both backends agree on: how a job becomes the words, the environment and the limits of its first program."""

from __future__ import annotations

import json
import os
from pathlib import Path

from council.protocols import Job
from council.sandbox.launcher import orders
from council.sandbox.process import Descriptors
from council.sandbox.toolchain import Toolchain

PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])
LAYERS = (
    "unprivileged user",
    "private files",
    "private processes",
    "no network",
    "private memory",
    "empty environment",
    "no privileges",
    "system-call filter",
    "limits",
)
"""Everything that can stand between a program and the machine."""
_LAUNCH = """import sys
for name in ("council", "council.sandbox", "council.sandbox.launcher"):
    sys.modules[name] = package = type(sys)(name)
    package.__path__ = [sys.argv[1] + "/" + name.replace(".", "/")]
from council.sandbox.launcher import {0}
{0}.main()
"""
"""Only our own modules are loaded, and not what their packages load: each launcher's start is part of each run."""


def base_folder() -> str:
    """Return a folder that exists everywhere; root hides it in a private mount namespace, nothing is written to it."""
    return next(folder for folder in ("/mnt", "/media", "/srv", "/opt", "/usr/local") if os.path.isdir(folder))


def launcher(toolchain: Toolchain, name: str, order: dict[str, object]) -> tuple[str, ...]:
    """Return the words that start one of our launchers with an order."""
    flags = ("-I", "-S", "-X", "utf8")
    return (toolchain.executable, *flags, "-c", _LAUNCH.format(name), PACKAGE_ROOT, *orders.write_order(order))


def first_words(toolchain: Toolchain, job: Job, *, root: str | None, told: Descriptors, others: int = 0) -> list[str]:
    """Return the words of the first program inside: the interpreter, the bootstrap, its order, the job.

    ``others`` is how many tasks of the same user run outside and are counted with the job's own.
    """
    limits = {
        "CPU": max(1, round(job.limits.cpu_s)),
        "DATA": job.limits.memory_bytes,
        "FSIZE": job.limits.file_bytes,
        "NPROC": job.limits.tasks + others,
        "NOFILE": 512,
        "CORE": 0,
        "MEMLOCK": 1 << 16,
    }
    tools = [toolchain.path(folder, root) for folder in toolchain.tools]
    order = json.dumps({"limits": limits, "tools": tools, "channel": told.channel, "lifeline": told.lifeline})
    flags = ("-I", "-S", "-B", "-X", "utf8")
    return [toolchain.path(toolchain.executable, root), *flags, toolchain.bootstrap(root), order, *job.argv]


def environment(toolchain: Toolchain, job: Job, *, root: str | None, files: str, scratch: str) -> dict[str, str]:
    """Return the whole environment of a job: nothing in it comes from council's own."""
    python_folder = os.path.dirname(toolchain.path(toolchain.executable, root))
    variables = {
        "PATH": f"{python_folder}:/usr/bin:/bin",
        "HOME": f"{scratch}/home",
        "TMPDIR": scratch,
        "USER": "council",
        "LOGNAME": "council",
        "LANG": "C.UTF-8",
        "PYTHONPATH": ":".join(toolchain.path(folder, root) for folder in toolchain.tools),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "COUNCIL_FILES": files,
    }
    if job.channel:
        variables["COUNCIL_CHANNEL"] = "3"  # the bootstrap moves it there
    if toolchain.library_dir is not None:
        variables["LD_LIBRARY_PATH"] = toolchain.path(toolchain.library_dir, root)
    return variables


def top_names(job: Job) -> tuple[str, ...]:
    """Return the first part of every file's path: what the working directory shows of them."""
    return tuple(sorted({name.split("/", 1)[0] for name, _ in job.files}))
