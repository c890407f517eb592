"""The files of one run, written where the sandboxed program may read and not write."""

from __future__ import annotations

import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from council.errors import SandboxError
from council.text import one_line

_LONGEST_NAME = 200
_PREFIX = "council-run-"
_STALE_S = 3600.0


@contextmanager
def write_files(files: tuple[tuple[str, bytes], ...]) -> Iterator[Path]:
    """Write the files below a fresh folder (``files/`` in it) and remove everything at the end.

    Raises ``SandboxError`` for a name that would leave the folder, for two that clash, and when the disk is full.
    """
    checked = check_names(tuple(name for name, _ in files))
    try:
        home = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    except OSError as error:
        raise SandboxError(f"no folder for temporary files can be made ({error.strerror})", "Free or set TMPDIR")
    try:
        os.chmod(home, 0o755)  # the unprivileged user of the sandbox must be able to enter  # nosec B103
        root = home / "files"
        root.mkdir()
        for name, (_, content) in zip(checked, files, strict=True):
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o444)
        yield home
    except OSError as error:
        raise SandboxError(f"the files of a run cannot be written ({error.strerror})", "Look at the disk") from None
    finally:
        _remove(home)


def sweep() -> None:
    """Remove what a council that was killed left behind: folders of this user whose process has gone, an hour old."""
    for home in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = home.name.removeprefix(_PREFIX).partition("-")[0]
        try:
            state = home.lstat()
        except OSError:
            continue  # another one has just swept it
        old = time.time() - state.st_mtime > _STALE_S
        ours = stat.S_ISDIR(state.st_mode) and state.st_uid == os.getuid()
        if old and ours and owner.isdecimal() and not os.path.exists(f"/proc/{int(owner)}"):
            _remove(home)


def check_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names as they were. Raises ``SandboxError`` unless each is a plain relative path, and all differ."""
    folders: set[str] = set()
    for name in names:
        path = PurePosixPath(name)
        parts = path.parts
        plain = (
            bool(parts)
            and str(path) == name
            and not path.is_absolute()
            and ".." not in parts
            and name.isprintable()
            and "\\" not in name
            and all(len(part.encode("utf-8", "replace")) <= _LONGEST_NAME for part in parts)
            and len(parts) <= 32
        )
        if not plain:
            raise SandboxError(f"the file name '{one_line(name, 80)}' cannot be used in a sandbox", "Rename the file")
        folders.update(str(parent) for parent in path.parents)
    for name in names:
        if names.count(name) > 1 or name in folders:
            raise SandboxError(f"the file name '{one_line(name, 80)}' stands for two things", "Rename one of them")
    return names


def _remove(home: Path) -> None:
    """Remove the folder, also parts that a program made unreadable or nested deeper than any path is long.

    One open folder at a time, down by name and up by ``..``: nothing here recurses, and no path grows.
    """
    try:
        here = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return
    above: list[tuple[str, list[str]]] = []
    inner = _emptied(here)
    while inner or above:
        step = inner.pop() if inner else ".."
        try:
            there = os.open(step, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
        except OSError:
            if step == "..":
                break
            continue  # somebody else's: the rest goes all the same
        os.close(here)
        here = there
        if step != "..":
            above.append((step, inner))
            inner = _emptied(here)
            continue
        name, inner = above.pop()
        with suppress(OSError):
            os.rmdir(name, dir_fd=here)
    os.close(here)
    with suppress(OSError):
        os.rmdir(home)


def _emptied(folder: int) -> list[str]:
    """Remove what lies in an open folder but its folders, which are made accessible; return their names."""
    inner = []
    with suppress(OSError):
        os.fchmod(folder, stat.S_IRWXU)
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        for name, is_folder in found:
            with suppress(OSError):
                if is_folder:
                    inner.append(name)
                    os.chmod(name, stat.S_IRWXU, dir_fd=folder)
                else:
                    os.unlink(name, dir_fd=folder)
    return inner
