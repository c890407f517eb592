"""The command as a process, in a folder with a policy of its own, beside a server that speaks Ollama's interface."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.integration.warm import run_council

POLICY = """\
title = "Team"
extends = "base"

[voting]
quorum = 1

[[models]]
name = "codellama:34b"
aliases = ["house-model", "someone-else"]
status = "banned"
reason = "3 of 5 tests of the LRU cache failed"
advisory = "codellama-34b"
replacement = "qwen2.5:32b"

[[models]]
name = "weak:1b"
status = "discouraged"
reason = "it forgets edge cases"
advisory = "weak-1b"
replacement = "qwen2.5:32b"
"""
CODE = '```python\n"""One."""\n\n\ndef one() -> int:\n    return 1\n```\n'
BALLOT = json.dumps({"analysis": "Read.", "findings": [], "verdict": "approve"})


class OllamaServer(ThreadingHTTPServer):
    """Has the models of ``digests`` on disk, and answers with the name that ``serves`` gives for the one asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Speaking)
        self.digests = {
            "codellama:34b": "ab" * 32,
            "mine:latest": "ab" * 32,
            "fine:1b": "cd" * 32,
            "weak:1b": "ef" * 32,
        }
        self.serves: dict[str, str] = {}
        self.code = CODE
        self.asked: list[str] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class _Speaking(BaseHTTPRequestHandler):
    server: OllamaServer

    def log_message(self, *_: Any) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        models = [{"name": name, "digest": digest, "size": 1} for name, digest in self.server.digests.items()]
        self._say(200, {"models": models, "version": "0.0.0"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model = body["model"]
        if self.path == "/api/generate":  # loads a model, or lets it go
            return self._say(200, {"model": model, "response": "", "done": True})
        if self.path != "/api/chat":
            return self._say(404, {"error": "not here"})
        self.server.asked.append(model)
        if model not in self.server.digests:
            return self._say(404, {"error": f"model '{model}' not found"})
        text = BALLOT if body.get("format") else self.server.code
        served = self.server.serves.get(model, model)
        message = {"role": "assistant", "content": text}
        said = {"model": served, "created_at": "2026-01-01T00:00:00Z", "message": message, "done": True}
        return self._say(200, {**said, "done_reason": "stop", "prompt_eval_count": 5, "eval_count": 9})

    def _say(self, status: int, table: dict[str, Any]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-ndjson")
        self.end_headers()
        self.wfile.write(json.dumps(table).encode() + b"\n")


@pytest.fixture
def ollama() -> Iterator[OllamaServer]:
    with OllamaServer() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def run(tmp_path: Path, ollama: OllamaServer) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``council`` in a folder with team.toml, one.py and test_one.py; nobody's settings, sessions or keys."""
    (tmp_path / "team.toml").write_text(POLICY)
    (tmp_path / "one.py").write_text('"""One."""\n\n\ndef one() -> int:\n    return 1\n')
    (tmp_path / "council.toml").write_text('policy = "team.toml"\nrepairs = 0\n')
    environment = {
        "HOME": str(tmp_path / "home"),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "OLLAMA_HOST": ollama.host,
        "OPENAI_API_KEY": "sk-nobody",
    }

    def council(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return run_council(*words, cwd=tmp_path, env={**environment, **more})

    return council
