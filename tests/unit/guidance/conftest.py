"""The records of shelf.py, a store that holds them, and golden files."""

from __future__ import annotations

import difflib
import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from council.protocols import Archive
from council.store import open_store

HERE = Path(__file__).parent


def load_shelf() -> ModuleType:
    spec = importlib.util.spec_from_file_location("guidance_shelf", HERE / "shelf.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_SHELF = load_shelf()


@pytest.fixture(scope="session")
def shelf() -> ModuleType:
    """The module with ``policy``, ``benchmark``, ``advisory`` and ``fill``."""
    return _SHELF


@pytest.fixture
def empty() -> Iterator[Archive]:
    """A store in memory with nothing in it."""
    store = open_store("sqlite://")
    yield store
    store.close()


@pytest.fixture
def filled(empty: Archive) -> Archive:
    """A store in memory with the records of shelf.py."""
    _SHELF.fill(empty)
    return empty


@pytest.fixture
def holds() -> Callable[[str, str], None]:
    """Compare a text with its golden file; COUNCIL_UPDATE_GOLDEN=1 writes the file instead."""

    def compare(file: str, text: str) -> None:
        path = HERE / "golden" / file
        if os.environ.get("COUNCIL_UPDATE_GOLDEN") == "1":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
            return
        expected = path.read_text(encoding="utf-8") if path.exists() else ""
        if text != expected:
            difference = difflib.unified_diff(expected.splitlines(), text.splitlines(), file, "now", lineterm="")
            pytest.fail("\n".join([*difference, "Is this meant? Then: COUNCIL_UPDATE_GOLDEN=1 pytest"]))

    return compare
