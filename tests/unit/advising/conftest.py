"""The records of records.py, and a text kept as a file."""

from __future__ import annotations

import difflib
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def records() -> ModuleType:
    spec = importlib.util.spec_from_file_location("advising_records", HERE / "records.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def holds() -> Callable[[str, str], None]:
    """Compare a text with its golden file; COUNCIL_UPDATE_GOLDEN=1 writes it anew."""

    def check(name: str, text: str) -> None:
        path = HERE / "golden" / name
        if os.environ.get("COUNCIL_UPDATE_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        kept = path.read_text(encoding="utf-8")
        shown = "\n".join(difflib.unified_diff(kept.splitlines(), text.splitlines(), "kept", "now", lineterm=""))
        assert kept == text, shown

    return check
