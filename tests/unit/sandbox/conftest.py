"""Every contract is tested on each backend that works here; one that does not is skipped with its reason."""

from __future__ import annotations

import pytest

from council.protocols import Sandbox
from council.sandbox import open_sandbox, probe_sandbox
from council.sandbox.bubblewrap import Bubblewrap
from council.settings import Settings


def backend(name: str) -> Sandbox:
    settings = Settings(sandbox=name)
    probe = probe_sandbox(settings)
    if probe.info is None:
        assert "self-check failed" not in str(probe.problem)  # a wall with a hole is no reason to skip
        pytest.skip(f"{name}: {probe.problem}")
    return open_sandbox(settings)


@pytest.fixture(params=["bubblewrap", "landlock"], scope="session")
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return backend(request.param)


@pytest.fixture(scope="session")
def bubblewrap() -> Bubblewrap:
    found = backend("bubblewrap")
    assert isinstance(found, Bubblewrap)
    return found
