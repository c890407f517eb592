"""Every contract is tested on each backend that works here; one that does not is skipped with its reason."""

from __future__ import annotations

import pytest

from council.protocols import Sandbox
from council.sandbox import open_sandbox, probe_sandbox
from council.settings import Settings


@pytest.fixture(params=["bubblewrap", "landlock"], scope="session")
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    settings = Settings(sandbox=request.param)
    probe = probe_sandbox(settings)
    if probe.info is None:
        assert "self-check failed" not in str(probe.problem)  # a wall with a hole is no reason to skip
        pytest.skip(f"{request.param}: {probe.problem}")
    return open_sandbox(settings)
