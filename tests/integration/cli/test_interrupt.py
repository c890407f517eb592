"""Ctrl-C in each stage: exit code 130, one line, nothing left running, a store that can be read."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

HANGING_TEST = "import time\n\n\ndef test_hang():\n    time.sleep(1000)\n"


@pytest.fixture
def silent_server() -> Iterator[tuple[str, threading.Event]]:
    """A server that takes a connection, reads, and never answers; the event tells that somebody asked."""
    asked, connections = threading.Event(), []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            connection.recv(65536)
            asked.set()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"127.0.0.1:{listener.getsockname()[1]}", asked
    listener.close()
    for connection in connections:
        connection.close()


def descendants(pid: int) -> set[int]:
    """Return every process below one, as /proc tells."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found: set[int] = set()
    grown = {pid}
    while grown:
        grown = {child for child, parent in parents.items() if parent in grown} - found
        found |= grown
    return found


def alive(pids: set[int]) -> set[int]:
    running = set()
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            running.add(pid)
    return running


def interrupt(process: subprocess.Popen[str], how: int = signal.SIGINT) -> tuple[str, str]:
    below = descendants(process.pid)
    os.kill(process.pid, how)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert err.rstrip().splitlines()[-1].startswith("council: interrupted")
    assert not alive(below), "something is still running"
    return out, err


def wait_for_line(process: subprocess.Popen[str], word: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if word in line:
            return
    raise AssertionError(f"the process ended before it said {word!r}")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_while_the_checks_run(good, how: int) -> None:
    good.write("test_hang.py", HANGING_TEST)
    words = (
        "review",
        "one.py",
        "--tests",
        "test_hang.py",
        "--set",
        "test_timeout_s=500",
        "--set",
        "check_timeout_s=500",
    )
    process = good.start(*words)
    wait_for_line(process, "lint")  # the quick checks are through, the tests hang
    interrupt(process, how)
    listed = json.loads(good.council("session", "list", "--format", "json").stdout)
    assert [entry["state"] for entry in listed] == ["interrupted"]


def test_while_a_seat_is_asked(good, silent_server) -> None:
    address, asked = silent_server
    panel = f"title = 'x'\nquorum = 1\n[[seats]]\nmodel = 'openai/silent'\napi_base = 'http://{address}/v1'\n"
    good.write("panel.toml", panel)
    process = good.start("review", "one.py", "--panel", "./panel.toml", OPENAI_API_KEY="none")
    assert asked.wait(60)
    interrupt(process)
    shown = good.council("session", "list", "--format", "json")
    entry = json.loads(shown.stdout)[0]
    assert entry["state"] == "interrupted"
    session = json.loads(good.council("session", "export", entry["session_id"]).stdout)
    assert session["validation"] is not None and session["consensus"] is None


def test_while_a_model_writes(good, silent_server) -> None:
    address, asked = silent_server
    process = good.start("generate", "a function", "--model", "m", "-o", "out.py", OLLAMA_HOST=address)
    assert asked.wait(60)
    interrupt(process)
    assert not (good.work / "out.py").exists()
    assert [path for path in good.work.iterdir() if path.suffix == ".part"] == []
