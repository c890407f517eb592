"""What stands around a file: its tests, the modules it needs, and the name that Python imports it by."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

from council.auditing import Tree, TreeFile

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<dots>\.*)(?P<module>[\w.]*)[ \t]+import[ \t]+\(?(?P<names>[^#\n]*)"
    r"|import[ \t]+(?P<plain>[^#\n]+))",
    re.MULTILINE,
)
_MOST = 60
"""Modules that one file may bring with it."""


def is_test(path: str) -> bool:
    """Whether a file is named like a test, or lies where tests lie."""
    name = PurePosixPath(path)
    return name.stem.startswith("test_") or name.stem.endswith("_test") or name.stem == "conftest"


def find_tests(tree: Tree, path: str) -> tuple[str, ...]:
    """Return the test files for a module: ``test_x.py`` and ``x_test.py`` that import it, the closest ones."""
    name = PurePosixPath(path)
    if name.suffix != ".py" or is_test(path):
        return ()
    wanted = {f"test_{name.stem}.py", f"{name.stem}_test.py"}
    found = []
    for file in tree.files:
        if PurePosixPath(file.path).name in wanted and _imports(file.text, name.stem):
            shared = os.path.commonpath([f"/{file.path}", f"/{path}"]).count("/")
            found.append((-shared, file.path.count("/"), file.path))
    return tuple(sorted(path for near, _, path in found if near == min(found)[0]))


def import_path(tree: Tree, path: str) -> str:
    """Return the path of a module from the folder that stands on Python's path: above its outermost package."""
    folder = PurePosixPath(path).parent
    packages = _packages(tree)
    top = folder
    while str(top) != "." and str(top) in packages:
        top = top.parent
    return path if str(top) == "." else PurePosixPath(path).relative_to(top).as_posix()


def needed(tree: Tree, starts: tuple[str, ...]) -> tuple[TreeFile, ...]:
    """Return the modules of the tree that some files import, with what these import, and the packages around them."""
    files = {file.path: file for file in tree.files if file.path.endswith(".py")}
    by_name: dict[str, list[str]] = {}
    for path in files:
        name = PurePosixPath(path)
        by_name.setdefault(name.parent.name if name.stem == "__init__" else name.stem, []).append(path)
    chosen: dict[str, TreeFile] = {}
    waiting = list(starts)
    while waiting and len(chosen) < _MOST:
        path = waiting.pop(0)
        for found in (*_around(path, files), *_imported(path, files, by_name)):
            if found not in chosen and found not in starts:
                chosen[found] = files[found]
                waiting.append(found)
    return tuple(chosen[path] for path in sorted(chosen))


def _imports(text: str, stem: str) -> bool:
    return any(re.search(rf"\b{re.escape(stem)}\b", match.group()) for match in _IMPORT.finditer(text))


def _packages(tree: Tree) -> set[str]:
    return {str(PurePosixPath(f.path).parent) for f in tree.files if PurePosixPath(f.path).name == "__init__.py"}


def _around(path: str, files: dict[str, TreeFile]) -> list[str]:
    """Return the ``__init__.py`` of the packages a file is in, and the ``conftest.py`` beside and above a test."""
    found = []
    for folder in PurePosixPath(path).parents:
        names = ("__init__.py", "conftest.py") if is_test(path) else ("__init__.py",)
        found += [str(folder / name) for name in names]
    return [name for name in found if name in files]


def _imported(path: str, files: dict[str, TreeFile], by_name: dict[str, list[str]]) -> list[str]:
    found = []
    for match in _IMPORT.finditer(files[path].text):
        names = [part.split(" as ")[0].strip() for part in (match["names"] or "").strip("() ").split(",")]
        modules = [match["module"]] if match["plain"] is None else match["plain"].split(",")
        for module in modules:
            dotted = module.split(" as ")[0].strip()
            full = [dotted, *(f"{dotted}.{name}".strip(".") for name in names if name.isidentifier())]
            for name in full:
                closest = _closest(path, name, match["dots"] or "", files, by_name)
                found += [closest] if closest else []
    return found


def _closest(
    path: str, dotted: str, dots: str, files: dict[str, TreeFile], by_name: dict[str, list[str]]
) -> str | None:
    """Return the file of a module that lies closest to who imports it."""
    if not dotted:
        return None
    tail = dotted.replace(".", "/")
    if dots:
        folder = PurePosixPath(path)
        for _ in dots:
            folder = folder.parent
        exact = [str(folder / f"{tail}.py"), str(folder / tail / "__init__.py")]
        return next((name for name in exact if name in files), None)
    candidates = [
        name
        for name in by_name.get(dotted.rpartition(".")[2], ())
        if f"/{name}".endswith((f"/{tail}.py", f"/{tail}/__init__.py"))
    ]
    return min(
        candidates, key=lambda name: (-os.path.commonpath([f"/{name}", f"/{path}"]).count("/"), name), default=None
    )
