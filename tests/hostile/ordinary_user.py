"""Judges every program on one backend and prints the verdicts: run as an ordinary user by the tests that are root."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
USER = 12_346
PARTS = {
    "tampering-1": ("tampering",),
    "tampering-2": ("tampering",),
    "tampering-3": ("tampering",),
    "escapes": ("secrets", "integrity", "network", "benign"),
    "availability": ("availability",),
    "texts": ("output", "static", "tools"),
}
"""The classes of programs, in parts that take a few minutes on a small machine; a number takes every third program."""
_LONGEST_S = 290


def user_of(backend: str, part: str) -> int:
    """Return a user of its own for each part: a fork bomb uses up what tasks its user may have, and parts run at once."""
    return USER + 1 + 2 * list(PARTS).index(part) + (backend == "landlock")


def reachable_python() -> str | None:
    """An interpreter of our version that anybody may run: the one of the tests may lie below root's home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (os.path.realpath(sys.executable), shutil.which(version, path="/usr/local/bin:/usr/bin:/bin")):
        if candidate is not None and all(folder.stat().st_mode & 0o001 for folder in Path(candidate).parents):
            return candidate
    return None


def judged_by_another(python: str, backend: str, part: str) -> dict[str, dict[str, tuple[bool, str]]] | str:
    """Return the verdicts by column as an ordinary user sees them, or why the backend cannot be used."""
    packages = [path for path in sys.path if path.endswith("site-packages")]
    paths = [str(ROOT), str(Path(__file__).parent), *packages]
    program = f"import sys; sys.path[:0] = {paths!r}; import ordinary_user; ordinary_user.main(*sys.argv[1:])"
    user = user_of(backend, part)
    home = f"/tmp/council-hostile-{backend}-{part}-{os.getpid()}"
    os.mkdir(home, 0o700)
    os.chown(home, user, user)
    try:
        done = subprocess.run(
            [python, "-B", "-c", program, backend, part], cwd="/", env={"PATH": "/usr/bin:/bin", "HOME": home, "TMPDIR": home},
            user=user, group=user, extra_groups=[], capture_output=True, text=True, timeout=_LONGEST_S, check=False,
        )  # fmt: skip
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    if isinstance(said, str):
        return said
    return {column: {name: (held, why) for name, (held, why) in seen.items()} for column, seen in said.items()}


def main(backend: str, part: str) -> None:
    """Judge one part of the programs (see ``PARTS``) on one backend and print one line of JSON."""
    from bait import laid_out
    from hostile_attacks import PROGRAMS
    from judging import judge
    from matrix import columns_of

    from council.sandbox import open_sandbox, probe_sandbox
    from council.settings import Settings

    settings = Settings(sandbox=backend)
    problem = probe_sandbox(settings).problem
    if problem is not None:
        print(json.dumps(problem))
        return
    chosen = [attack for attack in PROGRAMS if attack.kind in PARTS[part]]
    share = part.partition("-")[2]
    chosen = chosen[int(share) - 1 :: 3] if share else chosen
    seen: dict[str, dict[str, tuple[bool, str]]] = {}
    with laid_out() as bait:
        for column in dict.fromkeys(column for attack in chosen for column in columns_of(attack, backend)):
            attacks = [attack for attack in chosen if column in columns_of(attack, backend)]
            seen[column] = judge(attacks, open_sandbox(settings), bait, apart=column.endswith("_apart"))
    print(json.dumps(seen))
