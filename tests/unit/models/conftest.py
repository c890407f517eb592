"""A tiny server on loopback that says what a test tells it to, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).resolve().parents[2] / "data" / "ollama"


class Said:
    """One answer: a recorded one by name, or one made up here. ``drop`` closes in the middle, ``hang`` never ends."""

    def __init__(
        self,
        recorded: str | None = None,
        *,
        status: int = 200,
        body: str | bytes = "",
        kind: str = "application/json",
        drop: bool = False,
        hang: bool = False,
    ) -> None:
        entry = json.loads((DATA / f"{recorded}.json").read_text(encoding="utf-8")) if recorded else {}
        self.status = entry.get("status", status)
        self.kind = entry.get("content_type", kind)
        text = entry.get("body", body)
        self.body = text.encode() if isinstance(text, str) else text
        self.drop = drop
        self.hang = hang


class FakeServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answers: dict[str, Said]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.requests: list[tuple[str, Any]] = []
        self.left = threading.Event()
        """Set when a client closed its connection while it was waiting."""

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeServer

    def log_message(self, *_: Any) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        self.server.requests.append((self.path, json.loads(self.rfile.read(size)) if size else None))
        said = self.server.answers.get(self.path, Said("error_404_path"))
        self.send_response(said.status)
        self.send_header("Content-Type", said.kind)
        if said.drop:
            self.send_header("Content-Length", str(len(said.body) + 100))
        self.end_headers()
        self.wfile.write(said.body)
        self.wfile.flush()
        if said.hang and self.connection.recv(1) == b"":
            self.server.left.set()


@pytest.fixture
def serve() -> Iterator[Callable[..., FakeServer]]:
    """``serve(chat=Said("chat_stream"), tags=…)`` answers below ``/api/``."""
    servers = []

    def start(**answers: Said) -> FakeServer:
        server = FakeServer({f"/api/{path}": said for path, said in answers.items()})
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def said() -> type[Said]:
    """The class of answers, for tests that cannot import it."""
    return Said
