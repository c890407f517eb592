"""The command in a folder of its own, with a policy, a store with evidence, and code to check."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from council.store import open_store

from tests.integration.warm import run_council

ROOT = Path(__file__).parents[3]


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


_SHELF = _load("guidelines_shelf", ROOT / "tests" / "unit" / "guidance" / "shelf.py")
_README = _load("guidelines_readme", ROOT / "tests" / "integration" / "docs" / "test_readme.py")


class Team:
    """A folder with everything a team has: its policy, its settings, its store, and code to check."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.store = folder / "evidence.db"
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self.env = {"HOME": str(folder), "PATH": path, "LANG": "C.UTF-8", "COLUMNS": "100",
                    "OLLAMA_HOST": "127.0.0.1:1", "COUNCIL_STORE_URL": str(self.store)}  # fmt: skip
        code = ROOT / "examples" / "lru_cache"
        self.put("generated.py", (code / "right" / "lru_cache.py").read_text(encoding="utf-8"))
        tests = (code / "test_lru_cache.py").read_text(encoding="utf-8")
        self.put("test_generated.py", tests.replace("from lru_cache", "from generated"))
        self.put("task.md", (code / "task.md").read_text(encoding="utf-8"))
        self.put("council.toml", 'policies_dir = "policies"\n')
        self.put("policies/payments.toml", _SHELF.POLICY_FILE)

    def put(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def fill(self, **more: object) -> None:
        """Put a benchmark into the store."""
        store = open_store(str(self.store))
        _SHELF.fill(store, **more)
        store.close()

    def council(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run_council(*words, cwd=self.folder, env=self.env)

    def texts(self, folder: str = "guidelines") -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in sorted((self.folder / folder).iterdir())}


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path)


@pytest.fixture(scope="session")
def shelf() -> ModuleType:
    """The module with ``policy``, ``benchmark`` and ``fill``."""
    return _SHELF


@pytest.fixture(scope="session")
def readme() -> ModuleType:
    """The module that runs the blocks of README.md."""
    return _README
