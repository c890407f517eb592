"""``council`` in a process forked from one that has imported it already: the same program without a second of loading.

A fork has its own environment, folder, streams and end, as a fresh process has. What differs is only what Python does
before ``main``; so words for the interpreter itself (``PYTHON…``, another language) get a process started anew.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import Any

_MOST = 1 << 20
_LOCK = threading.Lock()
_SERVER: list[tuple[subprocess.Popen[bytes], str]] = []


def run_council(*words: str, cwd: Path, env: dict[str, str], timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run ``council`` with these words and return what it said, as ``subprocess.run`` does. No input is given."""
    fresh = [sys.executable, "-m", "council", *words]
    if env.get("LANG") != "C.UTF-8" or any(name.startswith(("PYTHON", "LC_", "LD_", "COVERAGE")) for name in env):
        return subprocess.run(fresh, cwd=cwd, env=env, capture_output=True, text=True, timeout=timeout, check=False)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(os.devnull, "rb") as nothing:
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(timeout)
            wire.connect(_address())
            order = json.dumps({"words": words, "cwd": str(cwd), "env": env}).encode()
            socket.send_fds(wire, [order], [nothing.fileno(), out.fileno(), err.fileno()])
            wire.shutdown(socket.SHUT_WR)
            answers = wire.makefile("rb")
            number = int(answers.readline())
            try:
                code = int(answers.readline())
            except TimeoutError:
                os.kill(number, signal.SIGKILL)
                raise subprocess.TimeoutExpired(fresh, timeout) from None
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode("utf-8"))
    return subprocess.CompletedProcess(fresh, code, *said)


def _address() -> str:
    """Start the process that has imported everything, once for this process, and return where it listens."""
    with _LOCK:
        if not _SERVER or _SERVER[0][0].poll() is not None:
            _SERVER.clear()
            folder = tempfile.mkdtemp(prefix="council-warm-")
            path = os.path.join(folder, "socket")
            process = subprocess.Popen(
                [sys.executable, __file__, path],
                env={"PATH": os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8"},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
            )
            assert process.stdout is not None and process.stdout.readline() == b"ready\n"
            atexit.register(process.kill)
            _SERVER.append((process, path))
        return _SERVER[0][1]


def _serve(path: str) -> None:
    import importlib
    import pkgutil

    import council.api
    import council.cli

    for module in pkgutil.iter_modules(council.cli.__path__):
        importlib.import_module(f"council.cli.{module.name}")
    gc.collect()
    gc.freeze()  # else the first collection of every fork would copy all of the memory
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody has to wait for them here
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(16)
    os.write(1, b"ready\n")
    os.close(1)
    os.open(os.devnull, os.O_WRONLY)
    parent = os.getppid()
    server.settimeout(2)
    while os.getppid() == parent:  # who started us may be killed
        try:
            wire = server.accept()[0]
        except TimeoutError:
            continue
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            server.close()
            _attend(wire)
        wire.close()


def _attend(wire: socket.socket) -> None:
    wire.setblocking(True)
    content, descriptors, _, _ = socket.recv_fds(wire, _MOST, 3)
    while more := wire.recv(_MOST):
        content += more
    order = json.loads(content)
    child = os.fork()
    if child == 0:
        wire.close()
        _become(order, descriptors)
    for number in descriptors:
        os.close(number)
    wire.sendall(b"%d\n" % child)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    wire.sendall(b"%d\n" % code)
    os._exit(0)


def _become(order: dict[str, Any], descriptors: list[int]) -> None:
    """Be the command from here on. Threads and exit functions end as always; the memory is not tidied up."""
    for place, number in enumerate(descriptors):
        os.dup2(number, place)
        os.close(number)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    sys.path[0] = order["cwd"]
    from council.__main__ import __file__ as program
    from council.__main__ import main

    sys.argv = [program, *order["words"]]
    code = 1
    try:
        code = main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0 if leaving.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        threading._shutdown()
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve(sys.argv[1])
