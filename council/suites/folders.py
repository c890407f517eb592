"""A suite as a folder: ``suite.toml``, and one folder a task with its text, tests and a right solution.

::

    ours/
      suite.toml        title, description, licence; [[tasks]] gives order, titles and tags
      parse_invoice/
        task.md         what the model is asked, and all it sees
        test_plain.py   what the task says in so many words (any test_*.py)
        test_edge.py    the borders: counted apart (any test_edge*.py)
        reference.py    a right solution, for the documents

The tests import the module of the task: ``parse_invoice``, unless ``path`` says otherwise.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from council.errors import SourceError
from council.policies.loading import explain
from council.sources.reading import label_of
from council.suites.reading import LARGEST_TASKS, id_of, read_text
from council.text import one_line
from council.types.base import Record
from council.types.benchmarks import Suite, Task
from council.types.submission import SourceFile

MANIFEST = "suite.toml"
_TEXT_LIMIT = 64 << 10
_FILE_LIMIT = 1 << 20
_MODULE = re.compile(r"[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*\.py", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_][\w.-]*", re.ASCII)
_TAKEN = frozenset(sys.stdlib_module_names) | {"conftest", "council", "pytest", "sitecustomize", "usercustomize"}
"""A solution under one of these names would never be imported, or stand in the way of the tests."""


class _Entry(Record):
    id: str
    title: str | None = None
    path: str | None = None
    tags: tuple[str, ...] = ()


class _Manifest(Record):
    title: str
    description: str = ""
    source: str | None = None
    licence: str | None = None
    tasks: tuple[_Entry, ...] = ()


def load_folder(folder: Path) -> Suite:
    """Return the suite of a folder. Nothing outside of it is read, whatever links in it point to.

    Raises ``SourceError`` with file and field.
    """
    label = label_of(folder)
    if not (folder / MANIFEST).is_file():
        raise SourceError(f"{label}: there is no {MANIFEST} in it", "Name the folder that holds it")
    manifest = _manifest(folder / MANIFEST, folder)
    entries = manifest.tasks or tuple(_Entry(id=path.parent.name) for path in sorted(folder.glob("*/task.md")))
    if not entries:
        raise SourceError(f"{label}: there is no task in it", "Make a folder with a task.md for each")
    if len(entries) > LARGEST_TASKS:
        raise SourceError(f"{label}: more than {LARGEST_TASKS} tasks", "Split it")
    names = [entry.id for entry in entries]
    doubled = next((name for number, name in enumerate(names) if name in names[:number]), None)
    if doubled is not None:
        raise SourceError(f"{label_of(folder / MANIFEST)}: the task '{one_line(doubled, 60)}' is there twice")
    return Suite(
        id=id_of(folder.resolve().name),
        title=manifest.title,
        description=manifest.description.strip(),
        source=manifest.source,
        licence=manifest.licence,
        tasks=tuple(_task(folder, entry) for entry in entries),
    )


def check_module(path: str, place: str) -> str:
    """Return the path if a solution may have it. Raises ``SourceError``."""
    if not _MODULE.fullmatch(path):
        raise SourceError(f"{place}: '{one_line(path, 60)}' is no path of a module", "Write for example: solution.py")
    first, last = path.split("/")[0].removesuffix(".py"), path.rpartition("/")[2].removesuffix(".py")
    if first in _TAKEN or last in _TAKEN or last.startswith("test_") or last.endswith("_test"):
        raise SourceError(f"{place}: a solution cannot be called {path}", "Choose another name, such as solution.py")
    return path


def _manifest(path: Path, folder: Path) -> _Manifest:
    try:
        table: dict[str, Any] = tomllib.loads(_read(path, folder, _FILE_LIMIT))
        return _Manifest.model_validate(table)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{label_of(path)}: not valid TOML: {one_line(str(error), 120)}") from None
    except RecursionError:
        raise SourceError(f"{label_of(path)}: nested too deeply") from None
    except ValidationError as error:
        raise SourceError(f"{label_of(path)}: {one_line(explain(error, _Manifest), 160)}") from None


def _task(folder: Path, entry: _Entry) -> Task:
    place = label_of(folder / MANIFEST)
    if not _NAME.fullmatch(entry.id):
        told = f"{place}: '{one_line(entry.id, 60)}' cannot be the id of a task"
        raise SourceError(told, "Use letters, digits and _")
    home = folder / entry.id
    if not (home / "task.md").is_file():
        raise SourceError(f"{label_of(home / 'task.md')}: no such file", f"Say there what is asked of '{entry.id}'")
    text = _read(home / "task.md", folder, _TEXT_LIMIT)
    if not text.strip():
        raise SourceError(f"{label_of(home / 'task.md')} is empty", "Say in a sentence what the code should do")
    found = tuple(sorted(home.glob("test_*.py")))
    if not found:
        raise SourceError(f"{label_of(home)}: there is no test in it", "Write a test_plain.py")
    edge = tuple(path for path in found if path.name.startswith("test_edge"))
    reference = home / "reference.py"
    return Task(
        id=entry.id,
        title=entry.title or entry.id.replace("_", " "),
        text=text,
        path=check_module(entry.path or f"{entry.id}.py", f"{place}, task '{entry.id}'"),
        tests=_sources(tuple(path for path in found if path not in edge), folder),
        edge_tests=_sources(edge, folder),
        reference=_read(reference, folder, _FILE_LIMIT) if reference.is_file() else None,
        tags=entry.tags,
    )


def _sources(paths: tuple[Path, ...], folder: Path) -> tuple[SourceFile, ...]:
    return tuple(SourceFile(path=path.name, text=_read(path, folder, _FILE_LIMIT)) for path in paths)


def _read(path: Path, folder: Path, limit_bytes: int) -> str:
    """Read a file of the suite. What it says goes to models and into documents: a link must not lead to other files."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SourceError(f"{label_of(path)}: leads out of the suite's folder", "Put a copy there instead of the link")
    return read_text(path, limit_bytes=limit_bytes)
