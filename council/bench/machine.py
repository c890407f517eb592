"""What kind of machine this is, and how much memory is free. The only door to psutil; never a host name."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from council.text import one_line
from council.types.benchmarks import Machine


def this_machine(server: str | None = None) -> Machine:
    """Return what is known of this machine; ``server`` says what serves the models: ``Ollama 0.32.15``."""
    import psutil  # type: ignore[import-untyped]

    return Machine(
        system=one_line(f"{platform.system()} {platform.machine()}", 60).strip() or None,
        cpu=_cpu(),
        cores=psutil.cpu_count(logical=True),
        memory_bytes=int(psutil.virtual_memory().total),
        gpu=_gpu(),
        server=server,
    )


def free_memory() -> int:
    """Return how many bytes programs could take now without anything being moved to disk."""
    import psutil

    return int(psutil.virtual_memory().available)


def cores() -> int:
    """Return how many programs can run at the same time here: what this process may use, at least 1."""
    import psutil

    try:
        return max(1, len(psutil.Process().cpu_affinity() or ()))
    except AttributeError:  # macOS has no affinities
        return psutil.cpu_count(logical=True) or 1


def _cpu() -> str | None:
    if sys.platform.startswith("linux"):
        for line in _text(Path("/proc/cpuinfo")).splitlines():
            name, _, value = line.partition(":")
            if name.strip() in ("model name", "Model") and value.strip():
                return one_line(value, 80)
    return one_line(platform.processor(), 80) or None


def _gpu() -> str | None:
    """Return the NVIDIA cards by the kernel's own list; others do not tell without a program of theirs."""
    names = []
    for card in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        for line in _text(card).splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "Model" and value.strip():
                names.append(one_line(value, 60))
    if not names:
        return None
    return ", ".join(
        f"{names.count(name)} × {name}" if names.count(name) > 1 else name for name in dict.fromkeys(names)
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
