"""Every example that speaks of a submission: the task's, and the promises of the code's own docstrings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from council.examples.extraction import Example, example_tests, extract_examples
from council.examples.sessions import extract_sessions
from council.syntax import syntax_tree
from council.types.base import Record
from council.types.submission import SourceFile, Submission

MOST = 60
"""Examples of one submission that are run."""
EXAMPLES_FILE = "test_examples_told.py"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Told(Record):
    """One example with the place where it stands and the module that it is about."""

    example: Example
    module: str
    path: str
    """File of the task, or of the code whose docstring says it."""
    of_code: bool = False
    """Whether the code itself promises it, in a docstring."""

    @property
    def place(self) -> str:
        """The place as people read it: ``task.md:7``, ``task:7`` where the task was typed, ``cache.py:12``."""
        return f"{self.path}:{self.example.line}"

    @property
    def promise(self) -> str:
        """What is said, in a line: ``f([1]) == 2``."""
        said = f"{' '.join(self.example.call.split())} == {' '.join(self.example.expected.split())}"
        return f"{said} after {len(self.example.setup)} lines" if len(self.example.setup) > 1 else said


class _Module(Record):
    name: str
    file: SourceFile
    functions: dict[str, tuple[str, ...]]
    classes: tuple[str, ...]


def gather_examples(submission: Submission) -> tuple[Told, ...]:
    """Return the examples of task and docstrings that can be run, the task's first. Nothing is run here."""
    modules = [module for file in submission.files if (module := _module(file)) is not None]
    found = [*_of_task(submission, modules)]
    known = {(told.module, told.example.setup, told.example.call) for told in found}
    for module in modules:
        for told in _of_docstrings(module):
            if (told.module, told.example.setup, told.example.call) not in known:
                found.append(told)
    return tuple(found[:MOST])


def tests_of(told: Sequence[Told], module: str) -> str:
    """Return a pytest file with one test an example of a module."""
    return example_tests(tuple(one.example for one in told), module)


def examples_file(submission: Submission) -> SourceFile | None:
    """Return the examples of a submission of one module as a test file; ``None`` where there are none to read."""
    told = gather_examples(submission)
    modules = {one.module for one in told}
    if len(modules) != 1:
        return None
    return SourceFile(path=EXAMPLES_FILE, text=tests_of(told, modules.pop()))


def _module(file: SourceFile) -> _Module | None:
    """Return what can be called in a file; ``None`` where it cannot be imported by a plain name."""
    path = PurePosixPath(file.path.removeprefix("src/"))
    if path.suffix != ".py" or path.name in ("__init__.py", "__main__.py", "conftest.py"):
        return None
    if (tree := syntax_tree(file.text)) is None:
        return None
    parts = path.with_suffix("").parts
    if not all(part.isidentifier() for part in parts):
        return None
    functions = {n.name: tuple(a.arg for a in n.args.args) for n in tree.body if isinstance(n, ast.FunctionDef)}
    classes = tuple(node.name for node in tree.body if isinstance(node, ast.ClassDef))
    return _Module(name=".".join(parts), file=file, functions=functions, classes=classes)


def _of_task(submission: Submission, modules: list[_Module]) -> Iterator[Told]:
    task, path = submission.task or "", submission.task_path or "task"
    if not task.strip():
        return
    for module in modules:
        named = {name: of for name, of in module.functions.items() if re.search(rf"\b{re.escape(name)}\b", task)}
        alone = len(modules) == 1 and len(module.functions) == 1
        functions = named or (module.functions if alone else {})
        if functions:
            yield from (Told(example=e, module=module.name, path=path) for e in extract_examples(task, functions))
        classes = frozenset(name for name in module.classes if re.search(rf"\b{re.escape(name)}\b", task))
        yield from (Told(example=e, module=module.name, path=path) for e in extract_sessions(task, classes))


def _of_docstrings(module: _Module) -> Iterator[Told]:
    tree = ast.parse(module.file.text)
    for node in ast.walk(tree):
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Module)) or ast.get_docstring(node) is None:
            continue
        holder = node.body[0]
        text = ast.get_docstring(node, clean=False) or ""
        above = holder.lineno - 1
        own = isinstance(node, ast.FunctionDef) and node.name in module.functions
        functions = {node.name: module.functions[node.name]} if own else module.functions  # type: ignore[union-attr]
        for example in (*extract_examples(text, functions), *extract_sessions(text, frozenset(module.classes))):
            placed: Example = example.but(line=example.line + above)
            yield Told(example=placed, module=module.name, path=module.file.path, of_code=True)
