"""What litellm makes of an Ollama that fails in the middle of a stream, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from council.errors import ModelBroken, ModelBusy, ModelError, ModelOverflow
from council.models import LiteLLMClient
from council.settings import Settings
from council.types.calls import Call, Message

OVERFLOW = json.dumps(
    {"error": {"code": 400, "message": "request (9010 tokens) exceeds the available context size (512 tokens), try "
     "increasing it", "type": "exceed_context_size_error", "n_prompt_tokens": 9010, "n_ctx": 512}}
)  # fmt: skip


@pytest.fixture
def failing() -> Iterator[Callable[[str], str]]:
    """Start an Ollama that says a word and then the given error; return its address."""
    servers = []

    def start(error: str) -> str:
        first = {"model": "m:1b", "message": {"role": "assistant", "content": "Hel"}, "done": False}
        body = json.dumps(first) + "\n" + json.dumps({"error": error}) + "\n"

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                """Stay silent."""

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-ndjson")
                self.end_headers()
                self.wfile.write(body.encode())

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("error", "kind", "part"),
    [
        ("an error was encountered while running the model", ModelBroken, "an error was encountered"),
        ("it's over: server busy", ModelBusy, "is busy"),
        (OVERFLOW, ModelOverflow, "9010 tokens long, the context of m:1b holds 512"),
    ],
)
def test_an_error_after_the_first_word_is_no_answer(
    failing: Callable[[str], str], error: str, kind: type[ModelError], part: str
) -> None:
    host = failing(error)
    call = Call(model="ollama_chat/m:1b", messages=(Message(role="user", content="x"),), timeout_s=30)
    with pytest.raises(kind) as caught:
        asyncio.run(LiteLLMClient(Settings(ollama_host=host)).complete(call))
    assert part in caught.value.problem
