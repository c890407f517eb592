"""Compiles each file named on the command line, runs none of them, and prints one JSON object.

``{"files": {path: null or [line, problem]}, "tests": {path: [names of tests that must exist]}}``; the paths are
relative to the folder given first. A name is ``test_one`` or ``TestClass::test_one``.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import warnings
from pathlib import Path

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_UTF8 = {"utf-8", "utf8", "utf-8-sig", "utf_8", "u8"}


def problem_of(source: bytes, path: str) -> tuple[int | None, str] | None:
    """Return line and sentence of what keeps the file from being Python, or ``None``."""
    for number, line in enumerate(source.splitlines()[:2], 1):
        cookie = _COOKIE.match(line)
        if cookie and cookie.group(1).decode().lower().replace("_", "-") not in _UTF8:
            return number, f"declares the encoding {cookie.group(1).decode()}; only UTF-8 is read"
    try:
        compile(source, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return error.lineno, f"{type(error).__name__}: {error.msg}"
    except (RecursionError, MemoryError):
        return None, "nested too deeply to be compiled"
    except ValueError as error:
        return None, str(error)
    return None


def tests_of(source: bytes) -> list[str]:
    """Return the tests that stand unconditionally in a test file, by pytest's own rules for names."""
    names: dict[str, None] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.pop(node.name, None)
            if node.name.startswith("test") and not _is_fixture(node):
                names[node.name] = None
        elif isinstance(node, ast.ClassDef):
            names = {name: None for name in names if not name.startswith(f"{node.name}::")}
            names.update((f"{node.name}::{inner}", None) for inner in _methods(node))
    return list(names)


def _methods(node: ast.ClassDef) -> list[str]:
    """Return the test methods of a class that pytest collects; one it may not collect has none for sure."""
    is_case = any(ast.unparse(base).endswith("TestCase") for base in node.bases)
    functions = [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    told = [n.targets[0] for n in node.body if isinstance(n, ast.Assign)]
    hidden = any(isinstance(target, ast.Name) and target.id == "__test__" for target in told)
    plain = node.name.startswith("Test") and not any(f.name in ("__init__", "__new__") for f in functions)
    if hidden or not (is_case or plain):
        return []
    return [f.name for f in functions if f.name.startswith("test") and not _is_fixture(f)]


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    words = [ast.unparse(decorator).split("(")[0].rpartition(".")[2] for decorator in node.decorator_list]
    return any(word in ("fixture", "staticmethod", "classmethod", "property") for word in words)


def main(root: str, files: list[str], tests: list[str]) -> dict[str, object]:
    """Look at every file below ``root``."""
    warnings.simplefilter("ignore")
    problems = {path: problem_of(Path(root, path).read_bytes(), path) for path in files}
    known = {}
    for path in tests:
        source = Path(root, path).read_bytes()
        known[path] = tests_of(source) if problem_of(source, path) is None else []
    return {"files": problems, "tests": known}


if __name__ == "__main__":
    asked = json.loads(sys.stdin.buffer.read())
    print(json.dumps(main(sys.argv[1], asked["files"], asked["tests"])))
