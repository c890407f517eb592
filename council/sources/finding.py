"""Which files are judged, and what they are called.

The tests must be able to ``import cache``, so a name is relative to the place that Python would import from, with
forward slashes:

* a file is named by itself (``cache.py``), a file in a package from the package on (``shop/cart.py``);
* what lies below a directory that was given is named relative to that directory, or from the package on when the
  directory is one;
* where two files would get the same name, all names are relative to the closest directory that holds everything.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath

from council.errors import SourceError
from council.settings import Settings
from council.sources.reading import decode, is_blank, label_of, mode_of, read_bytes, read_code, unreadable
from council.text import printable
from council.types.base import Record
from council.types.submission import SourceFile, Submission

Paths = str | Path | Sequence[str | Path]

_SKIPPED = {"__pycache__", "node_modules", "venv", "env", "build", "dist", "site-packages"}
_TASK_LIMIT_KB = 256


class _Found(Record):
    """A file to read: where it lies, what the user called it, where its name begins, and whether it is a test."""

    path: Path
    label: str
    base: Path
    test: bool
    named: bool
    """Given by its own path, not met in a directory."""


def read_submission(
    paths: Paths,
    *,
    tests: Paths = (),
    task: str | None = None,
    settings: Settings,
    root: Path | None = None,
) -> Submission:
    """Read files and directories as one submission.

    In a reviewed directory ``test_*.py``, ``*_test.py``, ``conftest.py`` and everything below ``tests/`` are tests; a
    directory that holds nothing else is reviewed itself. Files named by the caller are what the caller says.

    Args:
        paths: files and directories to review.
        tests: files and directories of tests; each Python file in them counts.
        task: what the code should do.
        settings: ``max_files`` and ``max_file_kb`` are held.
        root: makes every name relative to this directory, and no link may lead out of it.

    Raises:
        SourceError: with the file, the line where there is one, and what to do.
    """
    found = _gathered(_many(paths), settings, root, tests=False)
    if not found:
        raise SourceError("there is nothing to review", "Name a Python file or a folder")
    if all(file.test for file in found):
        found = [file.but(test=False) for file in found]
    chosen = _without_doubles([*found, *_gathered(_many(tests), settings, root, tests=True)])
    if all(file.test for file in chosen):
        raise SourceError(
            "every file to review is also named as a test", "Name the code, and only its tests with --tests"
        )
    read = _read_all(chosen, settings)
    reviewed = tuple(source for file, source in read if not file.test)
    if all(is_blank(source.text) for source in reviewed):
        raise SourceError(f"{label_of(_many(paths)[0])} is empty: there is nothing to review")
    return Submission(files=reviewed, tests=tuple(source for file, source in read if file.test), task=task)


def read_tests(paths: Paths, *, settings: Settings, root: Path | None = None) -> tuple[SourceFile, ...]:
    """Read test files alone, for a submission that is not on disk. Raises ``SourceError``."""
    chosen = _without_doubles(_gathered(_many(paths), settings, root, tests=True))
    return tuple(source for _, source in _read_all(chosen, settings))


def read_task(text_or_at_file: str) -> str:
    """Return the task: the text itself, or the contents of ``FILE`` for ``@FILE``; ``@@`` begins a text with ``@``.

    Raises ``SourceError`` when the file cannot be read or the task is empty.
    """
    if text_or_at_file.startswith("@@") or not text_or_at_file.startswith("@"):
        text = text_or_at_file.removeprefix("@")
    else:
        name = text_or_at_file[1:]
        if not name:
            raise SourceError("@ stands for a file with the task, and no file is named", "Write for example: @task.md")
        text = decode(read_bytes(Path(name), label_of(name), _TASK_LIMIT_KB), label_of(name)).removeprefix("\ufeff")
    if not text.strip():
        raise SourceError("the task is empty", "Say in a sentence what the code should do")
    return text


def files_under(folder: Path, *, limit: int) -> tuple[Path, ...]:
    """Return the Python files below a directory, sorted.

    Hidden directories, virtual environments, ``__pycache__``, ``node_modules`` and ``build`` are left out. Links to
    directories are not followed, and links to files only when they lead to Python files inside. Raises
    ``SourceError``, also for more than ``limit`` files.
    """
    inside, found = folder.resolve(), []
    for path in _walk(folder):
        if os.path.islink(path) and not _leads_inside(path, inside):
            continue
        found.append(path)
        if len(found) > limit:
            raise _too_many(f"{label_of(folder)} holds", limit)
    return tuple(sorted(found))


def _leads_inside(link: Path, folder: Path) -> bool:
    target = Path(os.path.realpath(link))
    return target.is_relative_to(folder) and target.suffix == ".py" and os.path.isfile(target)


def _walk(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise unreadable(label_of(error.filename or folder), error)

    for parent, folders, names in os.walk(folder, onerror=refuse, followlinks=False):
        folders[:] = sorted(name for name in folders if not _skipped(Path(parent, name)))
        for name in sorted(names):
            if name.endswith(".py") and not name.startswith("."):
                yield Path(parent, name)


def _skipped(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in _SKIPPED or os.path.exists(folder / "pyvenv.cfg")


def _gathered(paths: tuple[str | Path, ...], settings: Settings, root: Path | None, *, tests: bool) -> list[_Found]:
    """Find every file of some arguments, with the place where its name begins."""
    found: list[_Found] = []
    for argument in paths:
        path = Path(argument)
        if stat.S_ISDIR(mode_of(path, label_of(argument))):
            found += _in_folder(path, settings.max_files, tests=tests)
        else:
            place = path.parent.resolve() / path.name
            _stays_inside(place, label_of(argument), root)
            base = _import_root(place.parent)
            found.append(_Found(path=place, label=label_of(argument), base=base, test=tests, named=True))
    if root is not None:
        found = [_below(file, root) for file in found]
    return found


def _in_folder(folder: Path, limit: int, *, tests: bool) -> list[_Found]:
    base = _import_root(folder.resolve())
    below = files_under(folder, limit=limit)
    if not below:
        raise SourceError(f"{label_of(folder)} holds no Python file", "Name a .py file, or a folder with some")
    return [
        _Found(
            path=file.parent.resolve() / file.name,
            label=label_of(file),
            base=base,
            test=tests or _is_test(file.relative_to(folder)),
            named=False,
        )
        for file in below
    ]


def _without_doubles(found: Iterable[_Found]) -> list[_Found]:
    """Return each file once: what the user called it by name wins, and the outermost directory gives the name."""
    by_path: dict[Path, list[_Found]] = {}
    for file in found:
        by_path.setdefault(file.path, []).append(file)
    chosen = []
    for path in sorted(by_path):
        same = by_path[path]
        named = [file for file in same if file.named] or same
        folders = [file for file in same if not file.named and (file.test == named[0].test or not file.test)] or named
        base = min((file.base for file in folders), key=lambda base: (len(base.parts), str(base)))
        chosen.append(named[0].but(base=base, test=any(file.test for file in named)))
    return chosen


def _read_all(chosen: list[_Found], settings: Settings) -> list[tuple[_Found, SourceFile]]:
    """Read the files, sorted by the names they get."""
    if len(chosen) > settings.max_files:
        raise _too_many("the submission holds", settings.max_files)
    names = _names(chosen)
    read = []
    for file in chosen:
        _check_name(names[file.path], file.label)
        purpose = ("run" if file.test else "review") if file.named else None
        text = read_code(file.path, file.label, limit_kb=settings.max_file_kb, purpose=purpose)
        read.append((file, SourceFile(path=names[file.path], text=text)))
    return sorted(read, key=lambda pair: pair[1].path)


def _names(files: list[_Found]) -> dict[Path, str]:
    names = {file.path: file.path.relative_to(file.base).as_posix() for file in files}
    if max(Counter(names.values()).values(), default=1) > 1:
        common = Path(os.path.commonpath([file.path.parent for file in files]))
        names = {file.path: file.path.relative_to(common).as_posix() for file in files}
    return names


def _import_root(folder: Path) -> Path:
    """Return the directory that would stand on Python's path: above the outermost package around ``folder``."""
    while os.path.isfile(folder / "__init__.py") and folder.parent != folder:
        folder = folder.parent
    return folder


def _is_test(name: PurePath) -> bool:
    stem = name.stem
    return stem.startswith("test_") or stem.endswith("_test") or stem == "conftest" or "tests" in name.parts[:-1]


def _below(file: _Found, root: Path) -> _Found:
    if not file.path.is_relative_to(root.resolve()):
        raise SourceError(f"{file.label} lies outside {label_of(root)}", "Give files below it")
    return file.but(base=root.resolve())  # type: ignore[no-any-return]


def _stays_inside(path: Path, label: str, root: Path | None) -> None:
    """Refuse a link out of the project: a changed file in it may point at anything on this machine."""
    here = (root or Path.cwd()).resolve()
    limit = here if path.is_relative_to(here) else path.parent
    if os.path.islink(path) and not Path(os.path.realpath(path)).is_relative_to(limit):
        raise SourceError(f"{label} is a link that leads out of {label_of(limit)}", "Name the file it points to")


def _check_name(name: str, label: str) -> None:
    if printable(name) != name or any(char in name for char in "\\\n\t"):
        raise SourceError(f"{label}: its name holds a character that cannot be shown safely", "Rename it")


def _too_many(what: str, limit: int) -> SourceError:
    remedy = "Name the files that matter, or raise max_files"
    return SourceError(f"{what} more than max_files = {limit} Python files", remedy)


def _many(paths: Paths) -> tuple[str | Path, ...]:
    return (paths,) if isinstance(paths, str | Path) else tuple(paths)
