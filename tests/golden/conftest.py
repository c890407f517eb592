"""The fixed sessions, and the files that hold what people see of them."""

from __future__ import annotations

import difflib
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent
FILES = HERE / "files"


def load_sessions() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_sessions", HERE / "sessions.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_SESSIONS = load_sessions()


@pytest.fixture
def golden_sessions() -> ModuleType:
    """The module with ``SESSIONS`` and ``STEPS``."""
    return _SESSIONS


@pytest.fixture(params=sorted(_SESSIONS.SESSIONS))
def name(request: pytest.FixtureRequest) -> str:
    """Each session's name in turn."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def holds() -> Callable[[str, str], None]:
    """Compare a text with its golden file; COUNCIL_UPDATE_GOLDEN=1 writes the file instead."""

    def compare(file: str, text: str) -> None:
        path = FILES / file
        if os.environ.get("COUNCIL_UPDATE_GOLDEN") == "1":
            FILES.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
            return
        expected = path.read_text(encoding="utf-8") if path.exists() else ""
        if text != expected:
            difference = difflib.unified_diff(expected.splitlines(), text.splitlines(), file, "now", lineterm="")
            pytest.fail("\n".join([*difference, "Is this meant? Then: COUNCIL_UPDATE_GOLDEN=1 pytest tests/golden"]))

    return compare
