"""Each layer taken away in turn lets at least one attack through: every layer is needed, and the suite would notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bait import laid_out
from hostile_attacks import ATTACKS
from judging import judge
from matrix import read_matrix
from ordinary_user import ROOT, USER, reachable_python
from weakened import WeakBubblewrap, WeakLandlock

from council.protocols import Sandbox
from council.sandbox.bubblewrap import Bubblewrap
from council.sandbox.landlock import Landlock

_LIMITS = {
    "limit NOFILE": "descriptor-flood",
    "limit FSIZE": "sparse-file",
    "limit NPROC": "many-at-once",
    "limit DATA": "memory-reserved",
    "limit CPU": "processor-time",
    "watch on memory": "memory-shared",
}
BUBBLEWRAP = {
    "private files": "accounts-of-the-machine",
    "no /proc": "proc-of-the-machine",
    "read-only": "write-everywhere",
    "sized scratch": "disk-after-unlinking",
    "private processes": "processes-found",
    "private name of the machine": "name-of-the-machine-asked",
    "no network": "tcp-to-the-host",
    "private memory": "shared-memory-of-system-v",
    "empty environment": "own-environment",
    "no privileges": "capabilities",
    "system-call filter": "anonymous-files",
    "watch on names and sockets": "inode-flood",
    "unprivileged user": "owner-of-the-system",
    **_LIMITS,
}
LANDLOCK = {
    "private files": "accounts-of-the-machine",
    "read-only": "write-everywhere",
    "sized scratch": "disk-after-unlinking",
    "limited names": "inode-flood",
    "no network": "udp-to-the-host",
    "private memory": "shared-memory-folder",
    "empty environment": "own-environment",
    "no privileges": "capabilities",
    "system-call filter": "anonymous-files",
    "supervisor": "daemon",
    "unprivileged user": "owner-of-the-system",
    **_LIMITS,
}
FOR_ROOT = {"unprivileged user", "private memory", "no privileges"}
"""Of Landlock's: an ordinary user has no rights to lose, and no private shared memory."""
PARTS = {"limits": tuple(_LIMITS)}
"""Layers that council tells as one and that are several."""


def _weak(sandbox: Sandbox, layer: str) -> Sandbox:
    """The same sandbox without the layer, or a skip where this machine or user has none to take away."""
    root = os.getuid() == 0
    if isinstance(sandbox, Bubblewrap):
        if layer == "unprivileged user" and not root:
            pytest.skip("an ordinary user is unprivileged already")
        return WeakBubblewrap(**_fields(sandbox), without=layer)
    assert isinstance(sandbox, Landlock)
    if layer in FOR_ROOT and (not root or (layer == "private memory" and sandbox.footing != "private")):
        pytest.skip("an ordinary user has no rights to lose, and no shared memory of his own")
    kept = {"footing": "kept"} if layer in ("unprivileged user", "no privileges") else {}
    return WeakLandlock(**{**_fields(sandbox), **kept}, without=layer)


def _tidy() -> None:
    """Remove what an attack may write where anybody may."""
    for left in Path("/var/tmp").glob("council-was-here*"):
        left.rmdir() if left.is_dir() else left.unlink()


def _fields(sandbox: Bubblewrap | Landlock) -> dict[str, object]:
    return {name: getattr(sandbox, name) for name in type(sandbox).model_fields}


@pytest.mark.parametrize("layer", list(dict.fromkeys([*BUBBLEWRAP, *LANDLOCK])))
def test_without_this_layer_an_attack_succeeds(layer: str, sandbox: Sandbox) -> None:
    name = (BUBBLEWRAP if sandbox.info.backend == "bubblewrap" else LANDLOCK).get(layer)
    if name is None:
        pytest.skip(f"{sandbox.info.backend} has no such layer")
    attack = next(attack for attack in ATTACKS if attack.name == name)
    weak = _weak(sandbox, layer)
    user = "root" if os.getuid() == 0 else "ordinary"
    assert read_matrix()[name][sandbox.info.backend][user] in ("held", "raced")
    try:
        with laid_out(unharmed=False) as bait:
            held, said = judge([attack], weak, bait, apart=False)[name]
    finally:
        _tidy()
    assert not held, f"{name} is held without {layer}: {said}"


def test_every_layer_that_council_tells_of_is_taken_away_in_turn(sandbox: Sandbox) -> None:
    rows = BUBBLEWRAP if sandbox.info.backend == "bubblewrap" else LANDLOCK
    for layer in sandbox.info.layers:
        assert all(part in rows for part in PARTS.get(layer, (layer,))), layer


@pytest.mark.skipif(os.getuid() != 0, reason="already an ordinary user: each layer was just taken away from one")
def test_each_layer_counts_for_an_ordinary_user_too() -> None:
    python = reachable_python()
    if python is None:
        pytest.skip("no interpreter of this version that an ordinary user can reach")
    packages = [path for path in sys.path if path.endswith("site-packages")]
    program = f"import sys; sys.path[:0] = {[str(ROOT), *packages]!r}; import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    home = f"/tmp/council-layers-{os.getpid()}"
    os.mkdir(home, 0o700)
    os.chown(home, USER, USER)
    words = [python, "-B", "-c", program, "-q", "-rs", "-p", "no:cacheprovider", str(Path(__file__).relative_to(ROOT))]
    try:
        done = subprocess.run(
            words, cwd=ROOT, env={"PATH": "/usr/bin:/bin", "HOME": home, "TMPDIR": home}, user=USER, group=USER,
            extra_groups=[], capture_output=True, text=True, timeout=280, check=False,
        )  # fmt: skip
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
