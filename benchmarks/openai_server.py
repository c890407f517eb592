"""A loopback server that speaks the OpenAI dialect and misbehaves on request. Standard library only.

    python benchmarks/openai_server.py [--port 0] [--delay 1.0]

The first line on standard output is the base address (``http://127.0.0.1:PORT/v1``); it stops on SIGTERM, and when the
program that started it is gone. What a call gets depends on the model it names: see ``FAULTS`` (``--faults`` prints the
table). Any other name answers after the delay; ``NAME@0.2`` does what it does after 0.2 s instead. ``GET /stats`` tells
how often each model was asked, when, how many calls ran at once, and which were left before their end.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

FAULTS = {
    "hang": "takes the call and never answers",
    "stall": "sends the first words, then nothing more",
    "status-500": "answers 500",
    "page-502": "answers 502 with a page of HTML",
    "rate-limited": "answers 429 with Retry-After: 1 the first time, then a ballot",
    "rate-limited-always": "answers 429 with Retry-After: 3600, always",
    "overloaded": "answers 503 without Retry-After the first time, then a ballot",
    "closes": "closes the connection instead of answering",
    "breaks-off": "closes the connection in the middle of the ballot",
    "ends-early": "ends the stream properly in the middle of the ballot, without saying why",
    "broken-json": "answers 200 with what is no JSON",
    "not-a-ballot": "answers a sentence instead of a ballot",
    "denied": "answers 401 and repeats the key",
    "echo": "answers 400 and repeats every header of the request",
    "other-model": "answers as if another model had been asked",
    "slow": "sends one word every tenth of a second",
    "overflow": "answers 400: the context is too small",
    "no-schema": "answers 400 to a response_format, and a ballot without one",
    "missing": "answers 404: no such model",
    "cut": "answers half a ballot with finish_reason length",
    "refuses": "answers nothing with finish_reason content_filter",
    "no-usage": "says nothing about tokens",
    "poor": "answers 429: the account has no money left",
}
BALLOT = json.dumps({"analysis": "Read line by line.", "findings": [], "verdict": "approve", "confidence": 0.8})


class Tally:
    """What was asked, how often, when, and how much at once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asked: dict[str, int] = {}
        self.at: dict[str, list[float]] = {}
        self.bodies: dict[str, Any] = {}
        self.broken_off: dict[str, int] = {}
        self.running = 0
        self.most_at_once = 0

    def enter(self, model: str, body: Any) -> int:
        with self.lock:
            self.asked[model] = self.asked.get(model, 0) + 1
            self.at.setdefault(model, []).append(time.monotonic())
            self.bodies[model] = body
            self.running += 1
            self.most_at_once = max(self.most_at_once, self.running)
            return self.asked[model]

    def leave(self, model: str, *, gone: bool) -> None:
        with self.lock:
            self.running -= 1
            if gone:
                self.broken_off[model] = self.broken_off.get(model, 0) + 1

    def shown(self) -> dict[str, Any]:
        with self.lock:
            return {name: value for name, value in vars(self).items() if name != "lock"}


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, delay: float) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.delay = delay
        self.tally = Tally()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: Any) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        self.answer(200, self.server.tally.shown() if self.path == "/stats" else {"data": []})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))) or b"{}")
        asked = str(body.get("model", ""))
        count = self.server.tally.enter(asked, body)
        gone = True
        try:
            self.reply(asked, body, count)
            gone = False
        except (BrokenPipeError, ConnectionError):
            self.close_connection = True
        finally:
            self.server.tally.leave(asked, gone=gone)

    def reply(self, asked: str, body: dict[str, Any], count: int) -> None:
        model, _, delay = asked.partition("@")
        self.pause(float(delay) if delay else 0.0 if model in FAULTS else self.server.delay)
        if model == "hang":
            self.pause(3600)
        elif model == "closes":
            self.hang_up()
        elif model == "broken-json" and not body.get("stream"):
            self.send_text(200, "application/json", '{"choices": [{"mess')
        elif (refusal := self.refusal(model, body, count)) is not None:
            self.answer(*refusal)
        elif model == "page-502":
            self.send_text(502, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>")
        else:
            self.ballot(model, body)

    def refusal(self, model: str, body: dict[str, Any], count: int) -> tuple[Any, ...] | None:
        """Return status, body and headers of the faults that are a plain HTTP error."""
        key = self.headers.get("Authorization", "")
        if model == "rate-limited" and count > 1 or model == "overloaded" and count > 1:
            return None
        if model == "no-schema" and "response_format" not in body:
            return None
        return {
            "status-500": (500, error("the server had an error", "server_error")),
            "rate-limited": (429, error("rate limit reached", "rate_limit_exceeded"), {"Retry-After": "1"}),
            "rate-limited-always": (429, error("rate limit reached", "rate_limit_exceeded"), {"Retry-After": "3600"}),
            "overloaded": (503, error("overloaded", "overloaded_error")),
            "denied": (401, error(f"Incorrect API key provided: {key}", "invalid_api_key")),
            "echo": (400, error(f"bad headers: {dict(self.headers.items())}", "invalid_request_error")),
            "overflow": (400, error("This model's maximum context length is 8192 tokens. However, your messages "
                                    "resulted in 9010 tokens.", "context_length_exceeded")),
            "no-schema": (400, error("response_format is not supported", "invalid_request_error")),
            "missing": (404, error(f"The model `{model}` does not exist", "model_not_found")),
            "poor": (429, error("You exceeded your current quota, please check your plan", "insufficient_quota")),
        }.get(model)  # fmt: skip

    def ballot(self, model: str, body: dict[str, Any]) -> None:
        text = "I would rather talk about the weather." if model == "not-a-ballot" else BALLOT
        text = text[: len(text) // 2] if model in ("cut", "breaks-off", "ends-early") else text
        finish = {"cut": "length", "refuses": "content_filter"}.get(model, "stop")
        text = "" if model == "refuses" else text
        served = "someone-else" if model == "other-model" else str(body.get("model", ""))
        usage = None if model == "no-usage" else {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150}
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
            whole = {"id": "x", "object": "chat.completion", "created": 1, "model": served, "choices": [choice]}
            self.answer(200, whole | ({"usage": usage} if usage else {}))
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        words = [word + " " for word in text.split(" ")]
        for number, word in enumerate(words):
            self.event(piece(served, {"role": "assistant", "content": word if number < len(words) - 1 else word[:-1]}))
            if model == "slow":
                self.pause(0.1)
            if model == "stall" and number == 1:
                self.pause(3600)
            if model == "broken-json" and number == 1:
                self.chunk('data: {"id": "x", "choices": [{"del\n\n')
        if model == "breaks-off":
            self.hang_up()
            return
        if model != "ends-early":
            self.event(piece(served, {}, finish))
            if usage and (body.get("stream_options") or {}).get("include_usage"):
                self.event(piece(served, None) | {"choices": [], "usage": usage})
            self.chunk("data: [DONE]\n\n")
        self.chunk("")

    def event(self, value: Any) -> None:
        self.chunk(f"data: {json.dumps(value)}\n\n")

    def chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def pause(self, seconds: float) -> None:
        """Wait, and notice when the client hangs up meanwhile."""
        self.connection.settimeout(seconds or 0.001)
        try:
            if seconds and self.connection.recv(1, socket.MSG_PEEK) == b"":
                raise ConnectionAbortedError
        except TimeoutError:
            pass
        finally:
            self.connection.settimeout(None)

    def hang_up(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self.send_text(status, "application/json", json.dumps(body), headers)

    def send_text(self, status: int, kind: str, text: str, headers: dict[str, str] | None = None) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def error(message: str, code: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": code, "code": code, "param": None}}


def piece(model: str, delta: dict[str, Any] | None, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": model, "choices": [choice]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=1.0, help="seconds before a healthy answer")
    parser.add_argument("--faults", action="store_true", help="list the model names that misbehave")
    options = parser.parse_args()
    if options.faults:
        for name, what in FAULTS.items():
            print(f"{name:14} {what}")
        return
    server = Server(options.port, options.delay)
    print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)


if __name__ == "__main__":
    main()
