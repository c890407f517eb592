"""The command as a process: in a folder of its own, with nobody's settings, sessions or keys."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.warm import run_council

ROOT = Path(__file__).parents[3]
Done = subprocess.CompletedProcess[str]


class Shell:
    """Runs ``council`` as people do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.work = folder / "work"
        self.work.mkdir()
        self.env = {
            "HOME": str(self.home),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "OLLAMA_HOST": "127.0.0.1:1",
        }

    def council(self, *words: str, prefix: tuple[str, ...] = (), timeout: float = 120, **env: str) -> Done:
        whole = {**self.env, **env}
        if not prefix:
            return run_council(*words, cwd=self.work, env=whole, timeout=timeout)
        command = [*prefix, sys.executable, "-m", "council", *words]
        return subprocess.run(command, cwd=self.work, env=whole, capture_output=True, text=True, timeout=timeout)

    def start(self, *words: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "council", *words],
            cwd=self.work,
            env={**self.env, **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def good(shell: Shell) -> Shell:
    """A shell whose folder holds one.py and test_one.py, which pass everything."""
    shell.write("one.py", '"""One."""\n\n\ndef one() -> int:\n    return 1\n')
    shell.write("test_one.py", "from one import one\n\n\ndef test_one():\n    assert one() == 1\n")
    return shell


@pytest.fixture(scope="session")
def openai_server() -> Iterator[Callable[[], str]]:
    """The loopback server that speaks the OpenAI dialect; models are named after what they do."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "benchmarks" / "openai_server.py"), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().split()[-1]
    yield address
    process.kill()
    process.wait()
