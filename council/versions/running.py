"""Each program alone in a sandbox, once, on all inputs; what comes back is data."""

from __future__ import annotations

import hashlib
import json
import secrets
from pathlib import Path, PurePosixPath
from typing import Any

from council.protocols import Job, Limits, Run, Sandbox
from council.text import one_line
from council.types.base import Record
from council.types.submission import SourceFile
from council.types.versions import Behaviour, Input, Outcome
from council.versions.programs import faces

_INSIDE = Path(__file__).resolve().parent / "inside"
_PROGRAMS = ("encoding", "perform", "supervise")
_PARTS = ("council", "versions", "inside")
_ROOT = "code"


class Bounds(Record):
    """What one program may use. ``input_s`` is processor time of one step, ``total_s`` the time of one of two runs."""

    input_s: float = 0.5
    wall_s: float = 4.0
    """Of one input, by the clock: for what sleeps, or hangs where no signal is heard."""
    import_s: float = 5.0
    total_s: float = 30.0
    memory_bytes: int = 512 << 20

    @property
    def limits(self) -> Limits:
        """What the whole job may use."""
        whole_s = 2 * (self.total_s + self.import_s) + self.wall_s + 10
        return Limits(wall_s=whole_s, cpu_s=whole_s, memory_bytes=self.memory_bytes, output_bytes=64 << 20, tasks=32)


async def observe(
    files: tuple[SourceFile, ...],
    name: str,
    inputs: tuple[Input, ...],
    sandbox: Sandbox,
    *,
    bounds: Bounds | None = None,
) -> Behaviour:
    """Return what a program does on the inputs; ``name`` is the function or class that the inputs call.

    Whatever the program does, only its own behaviour is the worse for it. Raises ``SandboxError`` when there is no
    sandbox.
    """
    bounds = bounds or Bounds()
    module = _module_of(files, name)
    if module is None:
        return Behaviour(failure=f"it defines no {one_line(name, 60)}")
    nonce = secrets.token_hex(16)
    order = {
        "nonce": nonce,
        "module": module[1],
        "name": name,
        "paths": sorted({f"{_ROOT}/{module[0]}".rstrip("/"), _ROOT}, reverse=True),
        "inputs": [list(one.steps) for one in inputs],
        "limit_s": bounds.input_s,
        "wall_s": bounds.wall_s,
        "import_s": bounds.import_s,
        "total_s": bounds.total_s,
    }
    run = await sandbox.run(
        Job(
            argv=("{python}", f"lib/{'/'.join(_PARTS)}/supervise.py"),
            files=(*_placed(files), *_library()),
            stdin=json.dumps(order).encode(),
            limits=bounds.limits,
            channel=True,
        )
    )
    return read_behaviour(run, nonce, len(inputs))


def read_behaviour(run: Run, nonce: str, count: int) -> Behaviour:
    """Return what was reported over the channel: lines without the nonce are not ours."""
    outcomes: list[tuple[Outcome, ...]] = [()] * count
    steady = [False] * count
    ended = False
    for line in run.channel.splitlines():
        told = _told(line)
        if told is None or told.get("nonce") != nonce:
            continue
        if "failure" in told:
            return Behaviour(failure=one_line(str(told["failure"]), 160), duration_s=run.duration_s)
        if "end" in told:
            ended = told["end"] == count
            continue
        number, steps = told.get("i"), told.get("o")
        if isinstance(number, int) and 0 <= number < count and isinstance(steps, list):
            outcomes[number] = tuple(step for step in steps if isinstance(step, dict))
            steady[number] = told.get("same") is True
    if not ended:
        why = "it used more memory than it may" if run.out_of_memory else "it did not come to an end"
        return Behaviour(failure=why, duration_s=run.duration_s)
    return Behaviour(outcomes=tuple(outcomes), steady=tuple(steady), duration_s=run.duration_s)


def _told(line: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _placed(files: tuple[SourceFile, ...]) -> tuple[tuple[str, bytes], ...]:
    return tuple((f"{_ROOT}/{file.path}", file.text.encode("utf-8", "surrogatepass")) for file in files)


def _library() -> tuple[tuple[str, bytes], ...]:
    packages = ["/".join(("lib", *_PARTS[: count + 1], "__init__.py")) for count in range(len(_PARTS))]
    programs = [(f"lib/{'/'.join(_PARTS)}/{name}.py", (_INSIDE / f"{name}.py").read_bytes()) for name in _PROGRAMS]
    return (*((name, b"") for name in packages), *programs)


def library_digest() -> str:
    """Return the digest of council's own part inside the sandbox: what it reports changes with it."""
    return hashlib.sha256(b"\0".join(part for _, part in _library())).hexdigest()


def _module_of(files: tuple[SourceFile, ...], name: str) -> tuple[str, str] | None:
    """Return the import path and the module that defines a name, or ``None``; packages keep their dots."""
    packages = {str(PurePosixPath(file.path).parent) for file in files if file.path.endswith("__init__.py")}
    for file in sorted(files, key=lambda f: (f.path.count("/"), f.path)):
        if not file.path.endswith(".py") or name not in faces(file.text):
            continue
        path = PurePosixPath(file.path)
        folder, parts = path.parent, [path.stem]
        while str(folder) in packages and str(folder) != ".":
            parts.insert(0, folder.name)
            folder = folder.parent
        return ("" if str(folder) == "." else str(folder)), ".".join(p for p in parts if p != "__init__")
    return None
