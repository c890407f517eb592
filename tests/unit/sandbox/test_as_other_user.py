"""The contract once more, by an ordinary user without any right, where the tests run as root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
USER = 12_345


def reachable_python() -> str | None:
    """An interpreter of our version that anybody may run: the one of the tests may lie below root's home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (os.path.realpath(sys.executable), shutil.which(version, path="/usr/local/bin:/usr/bin:/bin")):
        if candidate is None:
            continue
        folders = [folder for folder in Path(candidate).parents]
        if all(folder.stat().st_mode & 0o001 for folder in folders):
            return candidate
    return None


@pytest.mark.skipif(os.getuid() != 0, reason="already an ordinary user: the contract was just tested as one")
@pytest.mark.parametrize("what", ["test_contract.py", "test_ending.py"])
def test_it_holds_for_an_ordinary_user(what: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    python = reachable_python()
    if python is None:
        pytest.skip("no interpreter of this version that an ordinary user can reach")
    packages = [path for path in sys.path if path.endswith("site-packages")]
    program = (
        f"import sys; sys.path[:0] = {[str(ROOT), *packages]!r}; import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    )
    words = [python, "-B", "-c", program, "-q", "-rs", "-p", "no:cacheprovider", f"tests/unit/sandbox/{what}"]
    home = f"/tmp/council-user-{os.getpid()}-{what}"
    os.mkdir(home, 0o700)
    os.chown(home, USER, USER)
    try:
        done = subprocess.run(
            words, cwd=ROOT, env={"PATH": "/usr/bin:/bin", "HOME": home, "TMPDIR": home}, user=USER, group=USER,
            extra_groups=[], capture_output=True, text=True, timeout=280,
        )  # fmt: skip
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert (
        passed is not None and int(passed.group(1)) > {"test_contract.py": 20, "test_ending.py": 9}[what]
    ), done.stdout[-2000:]
