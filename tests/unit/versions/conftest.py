"""Programs are run in the sandbox that works here, for real."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from council.protocols import Sandbox
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.submission import SourceFile
from council.types.versions import Behaviour, Input, Origin
from council.versions.running import Bounds, observe

Observe = Callable[..., Behaviour]


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return open_sandbox(Settings())


@pytest.fixture
def run(sandbox: Sandbox) -> Observe:
    """Run a program on calls, or on series of calls."""

    def observed(code: str, inputs: Sequence[str | tuple[str, ...]], name: str = "f", **bounds: float) -> Behaviour:
        made = tuple(Input(steps=(i,) if isinstance(i, str) else i, origin=Origin.EXAMPLE) for i in inputs)
        files = (SourceFile(path="solution.py", text=code),)
        return asyncio.run(observe(files, name, made, sandbox, bounds=Bounds.model_validate(bounds)))

    return observed
