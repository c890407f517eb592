"""A house without walls, in which an attack may succeed and harms nobody.

Everything that council's sandboxes refuse is given here: root in a user namespace with every capability, the host's
network and processes, its files, a full environment, no filter, no limits. Only what would outlast the test is private:
the folders of the system are read-only and the root, /tmp and the scratch vanish.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bait import KEY

from council.sandbox.toolchain import bundled_bubblewrap

_SYSTEM = (
    "usr",
    "lib",
    "lib64",
    "lib32",
    "bin",
    "sbin",
    "etc",
    "var",
    "sys",
    "run",
    "nix",
    "gnu",
    "root",
    "home",
    "work",
)


def run_without_walls(programs: dict[str, str], bait: dict[str, object]) -> dict[str, str] | None:
    """Return what each program said, or ``None`` where not even this house can be built."""
    binary = bundled_bubblewrap()
    if binary is None:
        return None
    python = os.path.realpath(sys.executable)
    with tempfile.TemporaryDirectory(prefix="paper-") as folder:
        run = Path(folder, "council-run-0-paper")
        (run / "files").mkdir(parents=True)
        (run / "files" / "sample.py").write_text("x = 1\n")
        (run / "filter").write_text("")
        Path(folder, "programs.json").write_text(json.dumps(programs))
        Path(folder, "batch.py").write_bytes(Path(__file__).with_name("batch.py").read_bytes())
        words = [
            binary,
            "--unshare-user",
            "--uid",
            "0",
            "--gid",
            "0",
            "--cap-add",
            "ALL",
            "--unshare-uts",
            "--dev",
            "/dev",
        ]
        words += ["--bind", "/dev/shm", "/dev/shm", "--bind", "/proc", "/proc", "--tmpfs", "/tmp", "--dir", "/opt"]
        for name in _SYSTEM:
            if os.path.islink(f"/{name}"):
                words += ["--symlink", os.readlink(f"/{name}"), f"/{name}"]
            elif os.access(f"/{name}", os.R_OK):
                words += ["--ro-bind", f"/{name}", f"/{name}"]
        for path in {sys.base_prefix, str(Path(__file__).resolve().parents[2])}:
            words += ["--ro-bind", path, path]
        for path in (folder, str(bait["BAIT_PATH"])):
            words += ["--bind", path, path]
        words += ["--chdir", folder, "--", python, "-X", "utf8", "batch.py", "programs.json", "private"]
        env = {"PATH": "/usr/bin:/bin", "OPENAI_API_KEY": KEY, "SSH_AUTH_SOCK": "x", "TMPDIR": os.path.dirname(folder),
               "COUNCIL_FILES": f"{run}/files", "HOME": str(bait["HOME_PATH"]),
               "PYTHONPATH": ":".join(p for p in sys.path if p.endswith("site-packages"))}  # fmt: skip
        done = subprocess.run(words, env=env, capture_output=True, timeout=120, check=False)
    try:
        said: dict[str, str] = json.loads(done.stdout)
    except ValueError:
        print(done.stderr.decode("utf-8", "replace")[-500:])
        return None
    return said
