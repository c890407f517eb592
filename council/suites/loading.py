"""Finds a suite by its id or path and reads it."""

from __future__ import annotations

import difflib
from pathlib import Path

from council.errors import SourceError
from council.resources import shipped
from council.sources.reading import label_of, unreadable
from council.suites.files import load_file
from council.suites.folders import MANIFEST, load_folder
from council.types.benchmarks import Suite

Folders = tuple[Path, ...]


def load_suite(name_or_path: str | Path, *, folders: Folders = ()) -> Suite:
    """Return a suite by its id, by the path of its folder, or by the path of a file of a known benchmark.

    Ids are looked up in ``folders`` first, then among the shipped suites (``core``). Files may be packed with gzip:
    HumanEval, HumanEval+, MBPP (sanitised or not) and MBPP+ in the forms in which they are published.
    Nothing that is read is executed. Raises ``SourceError`` with file and line.
    """
    try:
        return _load(str(name_or_path), Path(name_or_path), folders)
    except OSError as error:  # a name longer than the system takes, a folder without permission
        raise unreadable(label_of(name_or_path), error) from None


def list_suites(*, folders: Folders = ()) -> tuple[str, ...]:
    """Return the ids that ``load_suite`` finds, sorted."""
    found = {path.parent.name for folder in (*folders, shipped("suites")) for path in folder.glob(f"*/{MANIFEST}")}
    return tuple(sorted(found))


def _load(name: str, path: Path, folders: Folders) -> Suite:
    for folder in (*folders, shipped("suites")):
        if _is_id(name) and (folder / name / MANIFEST).is_file():
            return load_folder(folder / name)
    if path.name == MANIFEST and path.is_file():
        return load_folder(path.parent)
    if path.is_dir():
        return load_folder(path)
    if path.exists():
        return load_file(path)
    raise _unknown(name, folders)


def _is_id(name: str) -> bool:
    return "/" not in name and "\\" not in name and name not in ("", ".", "..") and "\0" not in name


def _unknown(name: str, folders: Folders) -> SourceError:
    known = list_suites(folders=folders)
    close = difflib.get_close_matches(name, known, 1)
    label = label_of(name)
    if close and _is_id(name):
        return SourceError(f"there is no suite '{label}'", f"Did you mean {close[0]}?")
    if not _is_id(name) or "." in name:
        return SourceError(f"{label}: no such file or folder", "Check the path; it counts from the current folder")
    return SourceError(
        f"there is no suite '{label}'", f"Known are: {', '.join(known)}; or give the path of a folder or file"
    )
