"""The backends that work here, and what is laid out for the programs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))  # for the manifest: pytest's importlib mode adds no folder

from bait import laid_out  # noqa: E402

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


@pytest.fixture
def bait() -> Iterator[dict[str, object]]:
    with laid_out() as words:
        yield words
