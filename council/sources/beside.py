"""Finds the tests of a file by the names people give them."""

from __future__ import annotations

from pathlib import Path


def tests_beside(path: Path) -> tuple[Path, ...]:
    """Return the test files of a Python file: ``test_NAME.py`` or ``NAME_test.py`` beside it or in ``tests`` near it.

    The nearest folder that has some wins: the file's own, its ``tests/``, then ``tests/`` one and two folders up.
    """
    names = (f"test_{path.stem}.py", f"{path.stem}_test.py")
    folder = path.absolute().parent
    for place in (folder, folder / "tests", folder.parent / "tests", folder.parent.parent / "tests"):
        found = tuple(place / name for name in names if (place / name).is_file() and place / name != path.absolute())
        if found:
            return tuple(_near(file, path) for file in found)
    return ()


def _near(file: Path, path: Path) -> Path:
    """Return the path as somebody standing where ``path`` counts from would write it."""
    if path.is_absolute():
        return file
    try:
        return file.relative_to(Path.cwd())
    except ValueError:
        return file
