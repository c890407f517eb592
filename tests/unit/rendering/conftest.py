"""The fixed sessions of the golden tests, for what is said about every one of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


def load_sessions() -> ModuleType:
    path = Path(__file__).parents[2] / "golden" / "sessions.py"
    spec = importlib.util.spec_from_file_location("golden_sessions", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_SESSIONS = load_sessions()


@pytest.fixture
def sessions() -> ModuleType:
    """The module with ``SESSIONS``, ``REJECTED`` and the others."""
    return _SESSIONS


@pytest.fixture(params=sorted(_SESSIONS.SESSIONS))
def name(request: pytest.FixtureRequest) -> str:
    """Each session's name in turn."""
    chosen: str = request.param
    return chosen
