"""The wheel, installed where nothing else of the project lies: it carries its policies and templates and its command works."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(out.glob("code_council-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel. The dependencies are lent by path, so that nothing is downloaded twice."""
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True, text=True)
    site = next(home.glob("lib/python*/site-packages"))
    (site / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return home


def run(installed: Path, *words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run(
        [str(installed / "bin" / "council"), *words], cwd=folder, env=env, capture_output=True, text=True, timeout=120
    )


def test_it_carries_every_policy_and_template(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for kind in ("policies", "templates"):
        files = [p for p in (ROOT / kind).rglob("*") if p.is_file()]
        assert files
        for path in files:
            assert f"council/data/{path.relative_to(ROOT).as_posix()}" in names
    assert "council/py.typed" in names and "council/__init__.pyi" in names
    assert not [name for name in names if name.startswith(("tests/", "examples/"))]


def test_the_command_validates_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text('"""One."""\n\n\ndef one() -> int:\n    return 1\n', encoding="utf-8")
    (tmp_path / "test_one.py").write_text(
        "from one import one\n\n\ndef test_one():\n    assert one() == 1\n", encoding="utf-8"
    )
    done = run(installed, "validate", "one.py", "--tests", "test_one.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    where = subprocess.run(
        [str(installed / "bin" / "python"), "-c", "import council; print(council.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout.strip()).is_relative_to(installed)


def test_its_dependencies_are_those_of_the_lock(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as whole:
        metadata = next(name for name in whole.namelist() if name.endswith("METADATA"))
        text = whole.read(metadata).decode()
    lock = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").lower()
    needed = re.findall(r"^Requires-Dist: ([A-Za-z0-9_.-]+)", text, re.MULTILINE)
    assert needed
    for name in needed:
        assert re.search(rf"^{re.escape(name.lower())}==", lock, re.MULTILINE), name
