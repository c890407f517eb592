"""Finds the sandbox that works here, by running a program in it that tries to get out."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess  # asks a bubblewrap for its version  # nosec B404
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from council.errors import SandboxError
from council.protocols import Job, Limits, Sandbox
from council.sandbox import causes
from council.sandbox.bubblewrap import Bubblewrap, bubblewrap_layers
from council.sandbox.causes import Cause
from council.sandbox.filter import assemble_filter
from council.sandbox.landlock import Footing, Landlock, landlock_layers
from council.sandbox.launcher.confine import abi
from council.sandbox.macos import SANDBOX_EXEC, Seatbelt
from council.sandbox.toolchain import bundled_bubblewrap, find_toolchain, lying_bubblewraps
from council.sandbox.unsafe import Unsafe
from council.sandbox.watch import tasks_of_user
from council.sandbox.workspace import sweep
from council.settings import Settings, environment
from council.types.base import Record
from council.types.checks import SandboxInfo

_SELF_CHECK = Path(__file__).resolve().parent / "inside" / "selfcheck.py"
_SELF_CHECK_S = 20.0
Tries = Iterator[tuple[Sandbox | None, "BackendProbe"]]
_COUNTS_APART = (5, 14)
"""Since this kernel a limit on tasks counts those of a user namespace alone."""


class BackendProbe(Record):
    """One backend that was tried: what it gives, or why it cannot be used and what mends that."""

    info: SandboxInfo
    usable: bool
    problem: str | None = None
    remedy: str | None = None
    self_check_ms: float | None = None


class SandboxProbe(Record):
    """Every backend that was tried, in order of preference; the first usable one runs the code."""

    backends: tuple[BackendProbe, ...]

    @property
    def chosen(self) -> BackendProbe | None:
        """Return the backend that runs the code, or ``None`` when nothing works here."""
        return next((backend for backend in self.backends if backend.usable), None)

    @property
    def info(self) -> SandboxInfo | None:
        """Return the chosen backend with its layers."""
        return None if self.chosen is None else self.chosen.info

    @property
    def self_check_ms(self) -> float | None:
        """Return how long the chosen backend took to run the self-check, start included."""
        return None if self.chosen is None else self.chosen.self_check_ms

    @property
    def problem(self) -> str | None:
        """Return why nothing works here: the cause of the preferred backend."""
        return None if self.chosen is not None else self.backends[0].problem

    @property
    def remedy(self) -> str | None:
        """Return the one command that mends it."""
        return None if self.chosen is not None else self.backends[0].remedy


def open_sandbox(settings: Settings, *, unsafe: bool = False) -> Sandbox:
    """Return the best sandbox that works here. It is probed once a process, by really running it.

    ``unsafe`` returns one without walls where none works, and changes nothing where one does. No setting says it.
    Raises ``SandboxError`` with the cause and the command that mends it; there is no other fallback to no sandbox.
    """
    sandbox, probe = _probe(settings.sandbox)
    if sandbox is None and unsafe:
        return Unsafe(toolchain=find_toolchain())
    if sandbox is None:
        remedy = probe.remedy
        raise SandboxError(
            f"the sandbox cannot start: {probe.problem}", None if remedy is None else f"Mend it with: {remedy}"
        )
    return sandbox


def probe_sandbox(settings: Settings, *, every: bool = False) -> SandboxProbe:
    """Return what was tried and what came of it. Never raises for what the machine lacks.

    ``every`` also tries the backends that come after the first that works.
    """
    return _probe(settings.sandbox, every)[1]


@lru_cache(maxsize=8)
def _probe(wanted: str, every: bool = False) -> tuple[Sandbox | None, SandboxProbe]:
    chosen: Sandbox | None = None
    tried: list[BackendProbe] = []
    for name, maker in _makers().items():
        if wanted not in ("auto", name):
            continue
        for sandbox, probe in maker():
            tried.append(probe)
            if probe.usable:
                chosen = chosen or sandbox
                break
        if chosen is not None and not every:
            break
    return chosen, SandboxProbe(backends=tuple(tried) or (_unusable(SandboxInfo(backend="none"), causes.NOT_UNIX),))


def _makers() -> dict[str, Callable[[], Tries]]:
    """Return what there is on this system, the best first."""
    if sys.platform == "darwin":
        return {"sandbox-exec": _seatbelts}
    return {"bubblewrap": _bubblewraps, "landlock": _landlocks} if sys.platform == "linux" else {}


def _bubblewraps() -> Tries:
    """Try the system's binary, which may be the only one allowed to make namespaces, then the bundled one."""
    search = environment("PATH") or os.defpath
    found = [("system", shutil.which("bwrap", path=search)), ("bundled", bundled_bubblewrap())]
    facts, machine = causes.gather_facts(), os.uname().machine
    layers, missing = bubblewrap_layers(machine)
    if missing:
        yield None, _unusable(SandboxInfo(backend="bubblewrap"), causes.no_processor(machine))
        return
    if not any(path for _, path in found):
        yield None, _unusable(SandboxInfo(backend="bubblewrap"), causes.why_no_binary(lying_bubblewraps(search)))
    as_root = os.getuid() == 0
    for kind, path in found:
        if path is None:
            continue
        info = SandboxInfo(backend="bubblewrap", binary=kind, version=_version(path), layers=layers, missing=missing)
        counted = 0 if as_root or facts.kernel >= _COUNTS_APART else tasks_of_user(os.getuid())
        sandbox = Bubblewrap(
            binary=os.path.realpath(path),
            toolchain=find_toolchain(),
            info=info,
            machine=machine,
            as_root=as_root,
            other_tasks=counted,
        )
        yield sandbox, _tried(sandbox, lambda message: causes.why_no_namespaces(facts, message))


def _landlocks() -> Tries:
    """Try Landlock on the best footing first."""
    facts, machine = causes.gather_facts(), os.uname().machine
    if assemble_filter(machine, walled=False) is None:
        yield None, _unusable(SandboxInfo(backend="landlock"), causes.no_processor(machine))
        return
    try:
        version = abi()
    except OSError as error:
        yield None, _unusable(SandboxInfo(backend="landlock"), causes.why_no_landlock(facts, error))
        return
    footings: tuple[Footing, ...] = ("private", "dropped", "kept") if os.getuid() == 0 else ("own",)
    for footing in footings:
        layers, missing = landlock_layers(footing, version)
        info = SandboxInfo(backend="landlock", version=f"ABI {version}", layers=layers, missing=missing)
        sandbox = Landlock(toolchain=find_toolchain(), info=info, machine=machine, footing=footing)
        yield sandbox, _tried(sandbox, causes.why_landlock_failed)


def _seatbelts() -> Tries:
    """Try what macOS comes with. Nobody has run this on a Mac yet, and its layers say so."""
    if not os.access(SANDBOX_EXEC, os.X_OK):
        yield None, _unusable(SandboxInfo(backend="sandbox-exec"), causes.NO_SANDBOX_EXEC)
        return
    sandbox = Seatbelt(toolchain=find_toolchain())
    yield sandbox, _tried(sandbox, causes.why_seatbelt_failed)


def _unusable(info: SandboxInfo, cause: Cause) -> BackendProbe:
    return BackendProbe(info=info, usable=False, problem=cause.problem, remedy=cause.remedy)


def _tried(sandbox: Sandbox, explain: Callable[[str], Cause]) -> BackendProbe:
    """Run the self-check in a backend, in a thread with a loop of its own: a probe may be asked for inside a loop."""
    started = time.monotonic()
    try:
        sweep()
        with ThreadPoolExecutor(1) as pool:
            problem = pool.submit(lambda: asyncio.run(_self_check(sandbox))).result()
    except SandboxError as error:
        return _unusable(sandbox.info, explain(error.problem.removeprefix("the sandbox did not start: ")))
    except OSError:  # before anything ran: not even the secret to hide could be written
        return _unusable(sandbox.info, causes.NO_SCRATCH)
    if problem is not None:
        return _unusable(sandbox.info, Cause(problem=f"its self-check failed: {problem}", remedy=causes.REPORT))
    return BackendProbe(info=sandbox.info, usable=True, self_check_ms=(time.monotonic() - started) * 1000)


async def _self_check(sandbox: Sandbox) -> str | None:
    """Return what a program inside can do and should not, or ``None``."""
    with tempfile.NamedTemporaryFile(prefix="council-secret-") as secret:
        os.chmod(secret.name, 0o644)  # it must be the sandbox that hides it, not its mode
        job = Job(
            argv=("{python}", "selfcheck.py", secret.name),
            files=(("selfcheck.py", _SELF_CHECK.read_bytes()),),
            limits=Limits(wall_s=_SELF_CHECK_S),
            channel=True,
        )
        run = await sandbox.run(job)
    try:
        seen: dict[str, Any] = json.loads(run.channel)
    except ValueError:
        reason = run.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit code {run.exit_code}"]
        return f"it said nothing ({reason[0][:200]})"
    return judge(seen, sandbox.info)


def judge(seen: dict[str, Any], info: SandboxInfo) -> str | None:
    """Return the first thing that a program inside should not have been able to do, or ``None``.

    What was not looked at counts as possible: a self-check that says less than it should disqualifies.
    """
    said = seen.get
    promises = (
        *(_mac_promises(seen) if info.backend == "sandbox-exec" else _linux_promises(seen, info)),
        (said("reads_outside") is False, "it reads files outside"),
        (said("writes_root") is False, "it writes outside its folder"),
        (said("connects") is False, "it reaches the network"),
        ("unprivileged user" not in info.layers or said("uid", 0) != 0, "it runs as root"),
        (set(said("environment", ["?"])) <= _EXPECTED, "it sees variables of the environment"),
    )
    return next((problem for held, problem in promises if not held), None)


def _linux_promises(seen: dict[str, Any], info: SandboxInfo) -> tuple[tuple[bool, str], ...]:
    filtered = "system-call filter" in info.layers
    return (
        (seen.get("no_new_privs") == 1, "it may gain privileges"),
        (not filtered or seen.get("filter") == 2, "no system-call filter is on"),
        (seen.get("capabilities") == 0, "it has capabilities"),
        (seen.get("reads_proc") is False, "it reads /proc"),
        (seen.get("memory_limited") is True, "its memory is not limited"),
    )


def _mac_promises(seen: dict[str, Any]) -> tuple[tuple[bool, str], ...]:
    return ((seen.get("walled") is True, "no sandbox is on"),)


_EXPECTED = set(
    "PATH HOME TMPDIR USER LOGNAME LANG LC_CTYPE PWD PYTHONPATH PYTHONDONTWRITEBYTECODE PYTHONNOUSERSITE "
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD OMP_NUM_THREADS OPENBLAS_NUM_THREADS COUNCIL_FILES COUNCIL_CHANNEL "
    "LD_LIBRARY_PATH".split()
)


def _version(binary: str) -> str | None:
    try:
        done = subprocess.run(  # the binary found above, one fixed word, no shell  # nosec B603
            [binary, "--version"], env={}, capture_output=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = done.stdout.decode("utf-8", "replace").split()
    return words[1][:20] if len(words) == 2 else None
