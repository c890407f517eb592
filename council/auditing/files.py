"""The files of a tree, as far as they are text that somebody wrote. Nothing outside of it is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from council.errors import SourceError
from council.text import one_line, plural
from council.types.base import Record

_SKIPPED = {
    ".git", ".hg", ".svn", ".jj", "node_modules", "bower_components", "__pycache__", "__pypackages__", ".tox", ".nox",
    ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", ".eggs", "site-packages", ".terraform", ".gradle",
    ".idea", ".cache",
}  # fmt: skip
_MOST_FILES = 200_000
_DEEPEST = 60
CONFIGURATION = (".env", ".aider", ".continue", "council.toml", "modelfile")
"""Names of files that are often ignored by git and name a model all the same."""


class TreeFile(Record):
    """One file as it was read. ``path`` is relative to the tree's base, with forward slashes."""

    path: str
    text: str
    """UTF-8 where it is that, else Latin-1: what is looked for is plain in both."""
    lines: tuple[str, ...]


class Tree(Record):
    """What was looked at, and what could not be."""

    base: Path
    """Every path is relative to this folder."""
    files: tuple[TreeFile, ...]
    unread: tuple[str, ...] = ()
    repositories: tuple[Path, ...] = ()
    """Folders that hold a ``.git``, the innermost last."""

    def file(self, path: str) -> TreeFile | None:
        """Return a file by its path."""
        return next((file for file in self.files if file.path == path), None)


def read_tree(paths: Sequence[str | Path], *, limit_kb: int = 1024, suffix: str = "") -> Tree:
    """Read every text file below some paths.

    Version control, virtual environments, caches and installed packages are left out, links are not followed, and what
    git ignores is left out too, unless it is configuration. ``suffix`` reads only files of that ending. Raises
    ``SourceError``.
    """
    roots = [_existing(path) for path in paths]
    if not roots:
        raise SourceError("there is nothing to audit", "Name a file or a folder")
    base = base_of(roots)
    walk = _Walk(base, limit_kb, suffix)
    for root in roots:
        walk.obedient = not walk.is_ignored(root, root.is_dir())  # what is named is looked at, ignored or not
        if root.is_dir():
            walk.folder(root, depth=0)
        else:
            walk.file(root)
    found = {file.path: file for file in walk.files}
    notes = [*walk.unread]
    if walk.ignored:
        notes.append(f"{plural(walk.ignored, 'file or folder', 'files and folders')} that .gitignore leaves out")
    return Tree(
        base=base,
        files=tuple(found[path] for path in sorted(found)),
        unread=tuple(notes),
        repositories=tuple(sorted({*walk.repositories, *_around(base)}, key=lambda path: (len(path.parts), str(path)))),
    )


def read_around(tree: Tree, *, limit_kb: int = 1024) -> Tree:
    """Return every Python file below a tree's base: tests and modules may lie beside what was named."""
    return read_tree([tree.base], limit_kb=limit_kb, suffix=".py")


def base_of(roots: Sequence[Path]) -> Path:
    """Return the folder that paths are named from: the repository around all of them, else what holds them all."""
    folders = [root if root.is_dir() else root.parent for root in roots]
    common = Path(os.path.commonpath([str(folder) for folder in folders]))
    return next(iter(_around(common)), common)


def shown(base: Path, path: Path) -> str:
    """Return a path as it is named in an audit; bytes that are no text stay as they are."""
    return path.relative_to(base).as_posix()


def _around(folder: Path) -> list[Path]:
    """Return the closest folder at or above this one that holds a ``.git``."""
    for place in (folder, *folder.parents):
        if os.path.lexists(place / ".git"):
            return [place]
    return []


class _Walk:
    """The walk through a tree: what it has read, and what it had to leave."""

    def __init__(self, base: Path, limit_kb: int, suffix: str) -> None:
        self.suffix = suffix
        self.base = base
        self.limit = limit_kb * 1024
        self.files: list[TreeFile] = []
        self.unread: list[str] = []
        self.repositories: list[Path] = []
        self.ignored = 0
        self.obedient = True
        """Whether what .gitignore names is left out."""
        self._filters: dict[Path, object] = {}
        self._looked: set[Path] = set()

    def folder(self, folder: Path, *, depth: int) -> None:
        """Read what lies in a folder and below it."""
        if _is_bare(folder):
            self._leave(folder, "a bare repository: check it out to audit it")
            return
        if depth > _DEEPEST:
            self._leave(folder, f"more than {_DEEPEST} folders deep")
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._leave(folder, f"cannot be read ({error.strerror})")
            return
        if any(entry.name == ".git" for entry in entries):
            self.repositories.append(folder)
        for entry in entries:
            self._entry(Path(entry.path), depth)

    def file(self, path: Path) -> None:
        """Read one file, if it is text."""
        if not path.name.endswith(self.suffix):
            return
        if len(self.files) >= _MOST_FILES:
            if len(self.files) == _MOST_FILES and not any("more than" in note for note in self.unread):
                self.unread.append(f"more than {_MOST_FILES} files: the rest was not looked at")
            return
        try:
            with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW), "rb") as stream:
                status = os.fstat(stream.fileno())
                if not stat.S_ISREG(status.st_mode):
                    return
                if status.st_size > self.limit:
                    if b"\0" not in stream.read(4096):
                        self._leave(path, f"longer than max_file_kb = {self.limit // 1024}")
                    return
                data = stream.read(self.limit + 1)
        except OSError as error:
            self._leave(path, f"cannot be read ({error.strerror})")
            return
        if b"\0" in data[:8192]:
            return
        text = _decoded(data)
        self.files.append(TreeFile(path=_name(self.base, path), text=text, lines=tuple(text.splitlines())))

    def _entry(self, path: Path, depth: int) -> None:
        mode = os.lstat(path).st_mode if os.path.lexists(path) else 0
        if stat.S_ISLNK(mode) or path.name in _SKIPPED:
            return
        is_folder = stat.S_ISDIR(mode)
        if is_folder and os.path.exists(path / "pyvenv.cfg"):
            return
        kept = path.name.lower().startswith(CONFIGURATION) or not self.obedient
        if not kept and self.is_ignored(path, is_folder):
            self.ignored += 1
        elif is_folder:
            self.folder(path, depth=depth + 1)
        elif stat.S_ISREG(mode):
            self.file(path)

    def is_ignored(self, path: Path, is_folder: bool) -> bool:
        """Ask each .gitignore from the repository's root down; the last one that has an opinion wins."""
        verdict = (
            path != self.base
            and path.parent != self.base
            and path.parent not in self._looked
            and self.is_ignored(path.parent, True)
        )
        if verdict:
            return True
        self._looked.add(path.parent)
        for folder in (place for place in reversed(path.parents) if place.is_relative_to(self.base)):
            rules = self._rules(folder)
            if rules is not None:
                name = os.fsencode(path.relative_to(folder).as_posix() + ("/" if is_folder else ""))
                said = rules.is_ignored(name)  # type: ignore[attr-defined]
                verdict = verdict if said is None else bool(said)
        return verdict

    def _rules(self, folder: Path) -> object | None:
        if folder not in self._filters:
            from dulwich.ignore import IgnoreFilter

            file = folder / ".gitignore"
            lines: list[bytes] = []
            if stat.S_ISREG(_mode(file)) and os.path.lexists(self.base / ".git"):
                lines = [line.rstrip(b"\r") for line in file.read_bytes()[:200_000].split(b"\n")[:5000]]
                lines = [line for line in lines if line.strip() and not line.startswith(b"#")]
            self._filters[folder] = IgnoreFilter(lines) if lines else None
        return self._filters[folder]

    def _leave(self, path: Path, why: str) -> None:
        self.unread.append(f"{one_line(_name(self.base, path), 160) or '.'}: {why}")


def _mode(path: Path) -> int:
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0


def _name(base: Path, path: Path) -> str:
    """Return a name that every encoding can hold: odd bytes become visible escapes."""
    return os.fsencode(shown(base, path)).decode("utf-8", "backslashreplace")


def _decoded(data: bytes) -> str:
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig",):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _is_bare(folder: Path) -> bool:
    return all(os.path.lexists(folder / name) for name in ("HEAD", "objects", "refs")) and not os.path.lexists(
        folder / ".git"
    )


def _existing(path: str | Path) -> Path:
    place = Path(os.path.realpath(path))
    if not place.exists():
        raise SourceError(
            f"{one_line(str(path))}: no such file or folder", "Check the path; it counts from the current folder"
        )
    return place
