"""Benchmarks with scripted models; what they write is judged in the sandbox that works here, for real."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from council.engine import Council
from council.models.fakes import Model, ScriptedClient, ScriptedHost
from council.protocols import Archive, Sandbox
from council.sandbox import open_sandbox
from council.settings import Settings
from council.store import open_store

sys.path.insert(0, str(Path(__file__).parent))  # for bench_doubles


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    return open_sandbox(Settings())


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    store = open_store(str(tmp_path / "bench.db"))
    yield store
    store.close()


@pytest.fixture
def house(sandbox: Sandbox, archive: Archive) -> Callable[..., Council]:
    """Make a house whose host answers from a script."""

    def make(script: dict[str, Any], *, client: Any = None, settings: Settings | None = None, **host: Any) -> Council:
        there = tuple(Model(name=name, digest=f"digest of {name}", size_bytes=1000) for name in script)
        scripted = ScriptedHost(script, **{"models": there, **host})
        return Council(
            settings or Settings(attempts=1),
            client=client or ScriptedClient(),
            host=scripted,
            sandbox=sandbox,
            store=archive,
        )

    return make
