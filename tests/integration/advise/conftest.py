"""The command as a process, with a store that holds a small benchmark."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from council.cli.entry import run
from council.protocols import Archive
from council.store import open_store

ROOT = Path(__file__).parents[3]
Done = subprocess.CompletedProcess[str]


class Desk:
    """Runs ``council`` in a folder of its own, with nobody's settings or keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "home").mkdir()
        self.store = folder / "council.db"
        self.env = {
            "HOME": str(folder / "home"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "OLLAMA_HOST": "127.0.0.1:1",
            "COUNCIL_STORE_URL": str(self.store),
        }

    def process(self, *words: str, **env: str) -> Done:
        """Run the command as people do."""
        return subprocess.run(
            [sys.executable, "-m", "council", *words],
            cwd=self.folder, env={**self.env, **env}, capture_output=True, text=True, timeout=280,
        )  # fmt: skip

    def council(self, *words: str) -> Done:
        """Run the command in this process, which has the heavy libraries already."""
        out, err = io.StringIO(), io.StringIO()
        kept = dict(os.environ)
        os.environ.clear()
        os.environ.update(self.env)
        try:
            with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run(words)
        finally:
            os.environ.clear()
            os.environ.update(kept)
        return Done(words, code, out.getvalue(), err.getvalue())

    def archive(self) -> Archive:
        return open_store(str(self.store))


@pytest.fixture(scope="session")
def records() -> ModuleType:
    place = ROOT / "tests" / "unit" / "advising" / "records.py"
    spec = importlib.util.spec_from_file_location("advising_records", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def empty_desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def desk(tmp_path: Path, records: ModuleType) -> Desk:
    """A desk whose store holds the benchmark of records.py."""
    made = Desk(tmp_path)
    archive = made.archive()
    archive.open_benchmark(records.benchmark())
    for sample in records.samples():
        archive.add_sample(sample)
    archive.close()
    return made
