"""Keys that are worth searching for, a provider that tells them to everybody, and the command among them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import os
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

MARK = "Kq7canary"
"""What every canary begins with: a program under review may look for it without holding a whole one."""
_WINDOW = 14
_VARIABLES = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AZURE_API_KEY", "AWS_SECRET_ACCESS_KEY", "GITHUB_PAT", "DB_PASS",
)  # fmt: skip
_PLACES = ("ollama", "proxy", "panel", "query", "typed")


def canary(name: str, odd: str = "") -> str:
    """Return the canary of a name, always the same; ``odd`` characters are written differently in JSON and URLs."""
    return f"{MARK}-{name[:6].lower()}-{odd}{hashlib.sha256(name.encode()).hexdigest()[:24]}"


CANARIES = {name: canary(name, '+"&' if name == "DB_PASS" else '+/"&') for name in _VARIABLES} | {
    name: canary(name) for name in _PLACES
}


def forms(secret: str) -> dict[str, str]:
    """Return the ways to write a secret, by name."""
    raw = secret.encode()
    coded = {
        f"base64/{n}": base64.b64encode(bytes(n) + raw)[(0, 2, 3)[n] : (n + len(raw)) * 8 // 6].decode()
        for n in range(3)
    }
    return {
        "plain": secret,
        "json": json.dumps(secret)[1:-1],
        "url": urllib.parse.quote(secret, safe=""),
        "html": html.escape(secret),
        "hex": raw.hex(),
        "reversed": secret[::-1],
        **coded,
    }


_SOUGHT = {
    piece.encode(): f"{name} ({how})"
    for name, secret in CANARIES.items()
    for how, form in reversed(forms(secret).items())  # where two forms are the same, the plain one names it
    for piece in (form[-_WINDOW:], form[len(form) // 2 - _WINDOW // 2 :][:_WINDOW])
}


def found_in(data: bytes) -> list[str]:
    """Return which canaries are in the bytes, in which form, also where breaks were put into them."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    squeezed = b"".join(data.split()).replace(b"\\n", b"").replace("│".encode(), b"")
    return sorted({what for piece, what in _SOUGHT.items() if piece in squeezed or piece in data})


# What a server may repeat: keys that are on this machine for council to know, and to hide.
_KNOWN = {name: secret for name, secret in CANARIES.items() if name in _VARIABLES or name in ("ollama", "proxy")}
_OF_PANEL = {name: CANARIES[name] for name in ("panel", "query")}


def told_plainly(*, panel: bool = False) -> str:
    """Return a text with all canaries as they are; ``panel`` adds those that only a panel's file holds."""
    return "Your keys: " + " ".join((_KNOWN | (_OF_PANEL if panel else {})).values())


def told_in_disguise(*, panel: bool = False) -> str:
    """Return all canaries in every form, and with line breaks in them."""
    secrets = (_KNOWN | (_OF_PANEL if panel else {})).values()
    lines = [form for secret in secrets for form in forms(secret).values()]
    lines += [f"{secret[:20]}\n    {secret[20:]}" for secret in secrets]
    return "\n".join(lines)


CODE = "def add(a: int, b: int) -> int:\n    return a + b\n"
SAID = {
    "plain": lambda: told_plainly(),
    "disguised": lambda: told_in_disguise(),
    "panel": lambda: told_plainly(panel=True) + told_in_disguise(panel=True),
    "code": lambda: f'```python\n"""Add. {CANARIES["ollama"]}"""\n\nKEY = {CANARIES["OPENAI_API_KEY"]!r}\n\n\n{CODE}```\n',
    "hexed": lambda: f'```python\n"""Add."""\n\nKEY = "{CANARIES["DB_PASS"].encode().hex()}"\n\n\n{CODE}```\n',
}


def ballot(text: str) -> str:
    """Return a ballot that says a text wherever a ballot can say something."""
    finding = {
        "severity": "high", "category": "security", "message": text, "path": "spy.py", "line": 1, "explanation": text,
        "fix": text, "counterexample": text, "confidence": 0.9,
    }  # fmt: skip
    return json.dumps({"analysis": text, "findings": [finding], "verdict": "reject", "confidence": 0.9})


class Provider(ThreadingHTTPServer):
    """Speaks the dialects of OpenAI, Anthropic and Ollama; keeps what it was asked, and is asked by model name."""

    daemon_threads = True

    def __init__(self, elsewhere: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.elsewhere = elsewhere
        self.asked: list[tuple[str, dict[str, str], str]] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_: Any) -> None:
        """Stay silent."""

    def do_GET(self) -> None:
        self._keep("")
        names = ("code:1b", "hexed:1b", "plain:1b")
        entries = [
            {"name": name, "digest": "d" * 64, "size": 1000, "details": {"family": told_plainly()}} for name in names
        ]
        tables = {"/api/version": {"version": f"1.0 {CANARIES['ollama']}"}, "/api/tags": {"models": entries}}
        self._answer(200, tables.get(self.path, {"models": []}))

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        self._keep(text)
        model = str(json.loads(text or "{}").get("model", "")).partition(":")[0]
        kind, _, number = model.partition("-")
        if kind == "error":
            said = f"{told_plainly()} {dict(self.headers.items())} {told_in_disguise()}"
            self._answer(int(number), {"error": {"message": said, "type": CANARIES["OPENAI_API_KEY"], "code": said}})
        elif kind == "redirect":
            self._answer(int(number), {}, Location=f"http://{self.server.elsewhere}/v1/x?key={CANARIES['query']}")
        elif self.path == "/api/show":
            self._answer(200, {"details": {"family": told_plainly()}, "model_info": {}})
        elif self.path.startswith("/api/"):
            self._speak_as_ollama(model, SAID[kind]())
        else:
            self._speak_as_openai(model, ballot(SAID[kind]()) if number == "ballot" else SAID[kind]())

    def _keep(self, body: str) -> None:
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))

    def _answer(self, status: int, body: Any, **headers: str) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        leaks = {"X-Echo": CANARIES["OPENAI_API_KEY"], "WWW-Authenticate": f'Bearer "{CANARIES["ANTHROPIC_API_KEY"]}"'}
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **leaks,
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _speak_as_ollama(self, model: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.end_headers()
        for piece in _pieces(text):
            line = {"model": f"{model}:1b", "message": {"role": "assistant", "content": piece}, "done": False}
            self.wfile.write(json.dumps(line).encode() + b"\n")
        done = {"model": f"{model}:1b", "message": {"role": "assistant", "content": ""}, "done": True, "eval_count": 9}
        self.wfile.write(json.dumps(done | {"done_reason": "stop", "prompt_eval_count": 9}).encode() + b"\n")

    def _speak_as_openai(self, model: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for piece in (*_pieces(text), None):
            delta = {} if piece is None else {"role": "assistant", "content": piece}
            choice = {"index": 0, "delta": delta, "finish_reason": "stop" if piece is None else None}
            event = {
                "id": "x",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": f"{model} {CANARIES['OPENAI_API_KEY']}",
            }
            self.wfile.write(b"data: " + json.dumps(event | {"choices": [choice]}).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")


def _pieces(text: str) -> list[str]:
    """Cut a text so that every canary lies over many borders."""
    return [text[start : start + 17] for start in range(0, len(text), 17)]


class Leaky:
    """A folder with everything a user has, keys in every place that keys stand in, and the command."""

    def __init__(self, folder: Path, provider: Provider) -> None:
        self.folder, self.provider = folder, provider
        for name in ("home", "work", "tmp"):
            (folder / name).mkdir()
        self.work = folder / "work"
        self.env = {
            "HOME": str(folder / "home"),
            "TMPDIR": str(folder / "tmp"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "COLUMNS": "160",
            "NO_PROXY": "127.0.0.1",
            "HTTPS_PROXY": f"http://me:{CANARIES['proxy']}@127.0.0.1:9",
            "OLLAMA_HOST": f"http://me:{CANARIES['ollama']}@{provider.place}",
            **{name: CANARIES[name] for name in _VARIABLES},
        }
        self.planted: dict[Path, bytes] = {}
        self.heard: list[tuple[str, bytes]] = []

    def plant(self, name: str, text: str) -> Path:
        """Write a file that is the user's own: it may hold a key."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self.planted[path] = path.read_bytes()
        return path

    def council(self, *words: str, codes: tuple[int, ...] = (0, 1), **env: str) -> str:
        """Run the command as people do, and return what it said on standard output."""
        return self.run([sys.executable, "-m", "council", *words], codes=codes, **env)

    def run(self, command: list[str], *, codes: tuple[int, ...] = (0, 1), **env: str) -> str:
        """Run a program and keep every byte it says."""
        done = subprocess.run(command, cwd=self.work, env={**self.env, **env}, capture_output=True, timeout=120)
        self.heard.append((" ".join(command[2:]), done.stdout + b"\n" + done.stderr))
        assert done.returncode in codes, (done.returncode, command, done.stdout[-800:], done.stderr[-800:])
        return done.stdout.decode()

    def leaks(self) -> list[str]:
        """Return every place that holds a canary: what was said, and every file that was written."""
        held = [f"said by {words[:60]}: {what}" for words, data in self.heard for what in found_in(data)]
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            held += [f"the name {name[:60]}: {what}" for what in found_in(os.fsencode(path.name))]
            if path.is_file() and not path.is_symlink() and self.planted.get(path) != path.read_bytes():
                held += [f"written to {name}: {what}" for what in found_in(path.read_bytes())]
        return held

    def written(self) -> str:
        """Return the names of all files that council wrote, for a look at whether there was anything to search."""
        return " ".join(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Provider]:
    """A host that nobody has named: nothing may ever be asked there."""
    server = Provider()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def provider(elsewhere: Provider) -> Iterator[Provider]:
    server = Provider(elsewhere.place)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def leaky(tmp_path: Path, provider: Provider) -> Leaky:
    return Leaky(tmp_path, provider)


@pytest.fixture
def forms_of() -> Callable[[str], dict[str, str]]:
    return forms


@pytest.fixture
def canaries() -> dict[str, str]:
    return CANARIES


@pytest.fixture
def find() -> Callable[[bytes], list[str]]:
    return found_in
