"""What is laid out for the programs: files, sockets, ports and variables, all for the taking without walls."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SIGNALS: list[int] = []
"""The signals that reached this process from somewhere: there should be none."""
KEY = "CANARY-0123456789"
_DOTFILES = (".ssh/id_rsa", ".aws/credentials", ".netrc", ".bash_history")


@contextmanager
def laid_out(*, unharmed: bool = True) -> Iterator[dict[str, object]]:
    """Yield the words that the programs know, and see afterwards that nothing was changed."""
    folder = tempfile.mkdtemp(prefix="bait-")
    os.chmod(folder, 0o777)
    canary = Path(folder, "canary.txt")
    canary.write_text("CANARY")
    canary.chmod(0o666)
    home = Path(folder, "home")
    for name in _DOTFILES:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("CANARY")
    os.symlink("CANARY", Path(folder, "link"))
    SIGNALS.clear()
    handler = signal.signal(signal.SIGURG, lambda number, _: SIGNALS.append(number))
    shared = f"council-shared-{uuid.uuid4().hex}"
    Path("/dev/shm", shared).write_text("CANARY")
    before = canary.stat()
    with _sockets(folder) as words, _old_memory() as memory:
        try:
            yield {
                **words,
                **memory,
                "CANARY_PATH": str(canary),
                "BAIT_PATH": folder,
                "HOME_PATH": str(home),
                "JUDGE_PATH": str(Path(__file__).resolve()),
                "OUTSIDE_PID": os.getpid(),
                "HOST_NAME": socket.gethostname(),
                "SHARED_NAME": shared,
            }
            after = canary.stat()
            assert not unharmed or (canary.read_text() == "CANARY" and after.st_mode == before.st_mode)
            assert not unharmed or sorted(os.listdir(folder)) == ["canary.txt", "datagrams", "home", "link", "socket"]
        finally:
            signal.signal(signal.SIGURG, handler)
            for left in Path("/dev/shm").glob(f"*{shared}*"):
                left.unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _sockets(folder: str) -> Iterator[dict[str, object]]:
    with (
        socket.socket() as server,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as answering,
        socket.socket(socket.AF_UNIX) as local,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as datagrams,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        server.bind(("127.0.0.1", 0))
        server.listen(100)
        answering.bind(("127.0.0.1", 0))
        threading.Thread(target=_answer, args=(answering,), daemon=True).start()
        for end, name in ((local, "socket"), (datagrams, "datagrams")):
            end.bind(f"{folder}/{name}")
            os.chmod(f"{folder}/{name}", 0o777)
        local.listen(100)
        name = f"council-test-{uuid.uuid4().hex}"
        abstract.bind(f"\0{name}")
        abstract.listen(100)
        yield {
            "SOCKET_PATH": f"{folder}/socket",
            "DGRAM_PATH": f"{folder}/datagrams",
            "OUTSIDE_PORT": server.getsockname()[1],
            "UDP_PORT": answering.getsockname()[1],
            "ABSTRACT": name,
            "METADATA": "127.0.0.1",
        }
        answering.close()


@contextmanager
def _old_memory() -> Iterator[dict[str, object]]:
    """Hold a piece of System V's shared memory that anybody may attach."""
    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    key = 0x434E0000 | os.getpid() & 0xFFFF
    number = libc.shmget(key, 64, 0o1666)
    ctypes.memmove(libc.shmat(number, None, 0), b"CANARY", 6)
    try:
        yield {"SHM_NUMBER": number, "SHM_KEY": key}
    finally:
        libc.shmctl(number, 0, None)


def _answer(end: socket.socket) -> None:
    with suppress(OSError):
        while True:
            _, sender = end.recvfrom(100)
            end.sendto(b"hello", sender)
