"""The files that settings come from: which of them hold in a folder, and where a name stands in them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from council.errors import SettingsError


def file_layers(folder: Path, personal: Path) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the tables of the settings files that hold in a folder, each with its name, the weakest first.

    ``personal`` is the user's own file. Raises ``SettingsError`` for one that cannot be read.
    """
    layers: list[tuple[str, Mapping[str, Any]]] = []
    if exists(personal):
        layers.append((shown_path(personal, folder), _anchored(_read(personal), personal)))
    for parent in (folder.resolve(), *folder.resolve().parents):
        own, project = parent / "council.toml", parent / "pyproject.toml"
        inner = _read(project).get("tool", {}).get("council") if exists(project) else None
        if exists(own):
            if inner is not None:
                raise SettingsError(
                    f"council.toml and [tool.council] of pyproject.toml both stand in {shown_path(parent, folder)}",
                    "Keep one of them",
                )
            layers.append((shown_path(own, folder), _anchored(_read(own), own)))
            break
        if inner is not None:
            layers.append((f"{shown_path(project, folder)} [tool.council]", _anchored(inner, project)))
        if exists(project):
            break
    return layers


def exists(path: Path) -> bool:
    """Whether there is such a file, as far as we may know."""
    try:
        return path.is_file()
    except OSError:
        return False


def shown_path(path: Path, folder: Path) -> str:
    """Return a path as people name it: from the folder they stand in, or from their home."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        home = Path.home()
        return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else path.as_posix()


def _anchored(table: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Make relative paths of a settings file relative to that file, not to where somebody happens to stand."""
    anchored = dict(table)
    for name in ("policies_dir", "templates_dir"):
        if isinstance(anchored.get(name), str):
            anchored[name] = file.parent / Path(anchored[name]).expanduser()
    for name in ("policy", "panel", "store_url"):
        word = anchored.get(name)
        if isinstance(word, str) and _is_path(name, word):
            anchored[name] = str(file.parent / Path(word).expanduser())
    return anchored


def _is_path(name: str, word: str) -> bool:
    """Whether the value of a setting is a file's path, and not an id or a URL."""
    if name == "store_url":
        return bool(word) and "://" not in word
    return word.endswith(".toml") or "/" in word


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name}: not valid TOML: {error}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name}: not UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{path.name}: cannot be read ({error.strerror})") from None


def placed(origin: str, name: str) -> str:
    """Name the line of a setting, where its origin is a file that can be read."""
    path = Path(origin.removesuffix(" [tool.council]")).expanduser()
    if path.suffix == ".toml" and exists(path):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.lstrip().lstrip("[").startswith(name):
                return f"{path.as_posix()}, line {number}"
    return origin
