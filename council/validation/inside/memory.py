"""The tests' process: test files that exist in memory only, collected by pytest as if they lay on disk."""

from __future__ import annotations

import ast
import linecache
import os
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from _pytest.assertion.rewrite import rewrite_asserts
from _pytest._code import ExceptionInfo

from council.validation.inside import session
from council.validation.inside.control import Control
from council.validation.inside.proxies import FarSide, Finder
from council.validation.inside.wire import Pipe

_NEEDS_THE_SAME_PROCESS = {
    "asyncio", "concurrent", "copy", "ctypes", "gc", "importlib", "inspect", "mock", "multiprocessing", "pickle",
    "random", "subprocess", "threading", "tracemalloc", "unittest", "warnings", "weakref",
}  # fmt: skip
"""Modules whose use in a test means more than calling the code with data."""
_FIXTURES = {"monkeypatch", "mocker", "capfd", "capfdbinary", "recwarn", "caplog"}


def why_not_apart(source: str, modules: set[str]) -> str | None:
    """Return why this test file must run beside the code, or ``None`` where calls and data are all it needs."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return "a test file cannot be parsed"
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            if any(alias.name == "*" for alias in node.names) and names[0] in modules:
                return f"it imports everything of {names[0]}"
        needed = sorted({name.split(".")[0] for name in names} & _NEEDS_THE_SAME_PROCESS)
        if needed:
            return f"it uses {needed[0]}"
        if isinstance(node, ast.arg) and node.arg in _FIXTURES:
            return f"it uses {node.arg}"
        if isinstance(node, ast.AsyncFunctionDef):
            return "it is asynchronous"
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) not in ("object", "Exception", "ValueError")
                                                  for base in node.bases):  # fmt: skip
            return f"{node.name} inherits from another class"
    return None


class Tests:
    """The plugin: gives pytest a test file's text instead of the empty file on disk."""

    __test__ = False

    def __init__(self, sources: dict[str, str], root: str, far: FarSide) -> None:
        self._sources = {os.path.join(root, path): text for path, text in sources.items()}
        self._far = far

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path: Path, parent: Any) -> Any:
        """Make a module of a test file's text."""
        text = self._sources.get(str(module_path))
        if text is None:
            return None
        made: Any = MemoryModule.from_parent(parent, path=module_path)
        made.text, made.far = text, self._far
        return made

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """Say where in the code an error arose. Code that ended its interpreter has passed nothing."""
        report = yield
        if self._far.gone and report.passed and call.when == "call":
            report.outcome, report.longrepr = "failed", "the code ended the interpreter during this test"
        places = [] if call.excinfo is None else self._far.places_of(call.excinfo.value)
        if places:
            path, line = places[-1].partition(": in ")[0].rsplit(":", 1)
            report.place = [path, int(line)]
        add = getattr(report.longrepr, "addsection", None)
        if call.excinfo is not None and add is not None:
            title, *places = _in_the_code(self._far, call.excinfo.value) or [""]
            if places:
                add(title.rstrip(":"), "\n".join(places), "-")
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any) -> Any:
        """Between two tests, let both sides have their own data again."""
        self._far.gone = False
        result = yield
        try:
            self._far.forget()
        except Exception:  # the code is gone: the next test that needs it gets a new process
            self._far.end()
        return result


class MemoryModule(pytest.Module):
    """A test file whose text came over standard input."""

    text = ""
    far: FarSide
    used_early = True
    """Whether the tests had the code do something while they were imported."""

    def _getobj(self) -> types.ModuleType:
        try:
            return self._executed()
        except pytest.skip.Exception:
            raise
        except Exception as error:
            told = ExceptionInfo.from_exception(error)
            told.traceback = told.traceback.filter(lambda entry: str(entry.path) == str(self.path))
            text = str(told.getrepr(style="short")) if told.traceback else f"E   {told.exconly()}"
            raise self.CollectError(
                "\n".join(["Error while importing the tests:", text, *_in_the_code(self.far, error)])
            ) from error

    def _executed(self) -> types.ModuleType:
        path = str(self.path)
        linecache.cache[path] = (len(self.text), None, self.text.splitlines(keepends=True), path)
        tree = ast.parse(self.text, filename=path)
        rewrite_asserts(tree, self.text.encode(), path, self.config)
        module = types.ModuleType(self.path.stem)
        module.__file__ = path
        sys.modules.setdefault(module.__name__, module)
        before = self.far.used
        # The tests themselves, inside the sandbox.
        exec(compile(tree, path, "exec", dont_inherit=True), module.__dict__)  # nosec B102
        self.used_early = self.far.used > before
        return module


def _in_the_code(far: FarSide, error: BaseException) -> list[str]:
    """Return where in the code an error arose, which the tests' own traceback cannot show."""
    places = far.places_of(error)
    return ["In the code:", *places] if places else []


def _words(sources: dict[str, str]) -> set[str]:
    """Return every name that stands in the tests."""
    found = set()
    for source in sources.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.alias):
                found.add(node.name.rpartition(".")[2])
    return found


def run(commands: int, ends: list[tuple[int, int]]) -> None:
    """Read the order and run its tests, or say why they need the code beside them."""
    order = session.read_order()
    report = session.reporter(order.pop("nonce"))
    root = os.path.realpath(order["root"])
    modules = set(order["modules"])
    report("begin")
    reasons = [why_not_apart(text, modules) for text in order["sources"].values()]
    reason = next((reason for reason in reasons if reason is not None), None)
    report("apart", ok=reason is None, why=reason)
    if reason is not None:
        session.end(report, 0)
    lives = iter(range(len(ends)))

    def start() -> Pipe | None:
        life = next(lives, None)
        if life is None:
            return None
        os.write(commands, str(life).encode())
        return Pipe(*ends[life])

    far = FarSide(start, lambda: None if os.write(commands, b"k") else None, _words(order["sources"]))
    sys.meta_path.insert(0, Finder(far, modules))
    session.end(report, session.run_tests(order, report, Tests(order["sources"], root, far), Control(report, far)))
