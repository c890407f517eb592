"""The hostile programs run on each backend that works here, with canaries laid out for them."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for the manifest: pytest's importlib mode adds no folder

from council.protocols import Sandbox  # noqa: E402
from council.sandbox import open_sandbox, probe_sandbox  # noqa: E402
from council.settings import Settings  # noqa: E402


@pytest.fixture(params=["bubblewrap", "landlock"], scope="session")
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    settings = Settings(sandbox=request.param)
    probe = probe_sandbox(settings)
    if probe.info is None:
        assert "self-check failed" not in str(probe.problem)  # a wall with a hole is no reason to skip
        pytest.skip(f"{request.param}: {probe.problem}")
    return open_sandbox(settings)


@pytest.fixture(scope="session")
def bait() -> Iterator[dict[str, str]]:
    """A readable and writable file, a listening port, two sockets and a variable: all for the taking without walls."""
    with (
        tempfile.TemporaryDirectory(prefix="bait-") as folder,
        socket.socket() as server,
        socket.socket(socket.AF_UNIX) as local,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        os.chmod(folder, 0o777)
        canary = Path(folder, "canary.txt")
        canary.write_text("CANARY")
        canary.chmod(0o666)
        server.bind(("127.0.0.1", 0))
        server.listen()
        local.bind(f"{folder}/socket")
        local.listen()
        os.chmod(f"{folder}/socket", 0o777)
        name = f"council-test-{os.getpid()}"
        abstract.bind(f"\0{name}")
        abstract.listen()
        yield {
            "CANARY_PATH": str(canary),
            "SOCKET_PATH": f"{folder}/socket",
            "OUTSIDE_PORT": str(server.getsockname()[1]),
            "OUTSIDE_PID": str(os.getpid()),
            "ABSTRACT": name,
        }
        assert canary.read_text() == "CANARY"
