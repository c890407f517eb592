"""The ``council`` command as a process beside a real Ollama: a home of its own, nobody's settings, sessions or keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from council.types.session import Session

Done = subprocess.CompletedProcess[str]


class Desk:
    """Runs ``council`` as people do, with the Ollama of the tests; ``council(…, OLLAMA_HOST=…)`` names another."""

    def __init__(self, folder: Path, ollama_host: str) -> None:
        self.work = folder / "work"
        self.home = folder / "home"
        self.work.mkdir()
        self.home.mkdir()
        self.env = {
            "HOME": str(self.home),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "OLLAMA_HOST": ollama_host,
            "COLUMNS": "200",
        }

    def council(self, *words: str, code: int | None = None, **env: str) -> Done:
        """Run it and return what it said; ``code`` is the exit code it must end with."""
        done = subprocess.run(
            [sys.executable, "-m", "council", *words],
            cwd=self.work,
            env={**self.env, **env},
            capture_output=True,
            text=True,
            timeout=280,
        )
        shown = f"council {' '.join(words)[:300]}\n{done.stdout}\n--- stderr\n{done.stderr}"
        assert code is None or done.returncode == code, shown
        assert "Traceback" not in done.stderr and done.returncode != 4, shown
        return done

    def sessions(self) -> list[dict[str, Any]]:
        """Return the lines of ``council session list``, the newest first."""
        listed: list[dict[str, Any]] = json.loads(self.council("session", "list", "--format", "json", code=0).stdout)
        return listed

    def newest(self) -> Session:
        """Return the newest stored session, whole, as ``council session export`` gives it."""
        newest = self.sessions()[0]["session_id"]
        return Session.model_validate_json(self.council("session", "export", newest, code=0).stdout)

    def write(self, name: str, text: str) -> Path:
        """Write a file into the working directory."""
        path = self.work / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def desk(tmp_path: Path, ollama_host: str) -> Desk:
    return Desk(tmp_path, ollama_host)
