"""A counterexample as a reviewer wrote it becomes one test file that can be run, or says why it cannot.

What is mended is what says nothing about the claim: a Markdown fence, a missing import of the reviewed module, another
name for that module where there is only one, assertions without a function around them.
"""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import PurePosixPath

from council.evidence.dataflow import dependent_names, imported_names
from council.syntax import UNREADABLE, syntax_tree
from council.types.base import Record
from council.types.evidence import Flaw
from council.types.findings import Finding
from council.types.submission import Submission

TEST_FILE = "test_counterexample.py"
LONGEST = 20_000
"""Characters of a counterexample or a fix that are looked at."""
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[^\n]*\n(?P<code>.*?)^[ \t]*(?:```|~~~)[ \t]*$", re.DOTALL | re.MULTILINE)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Flawed(Record):
    """A counterexample that proves nothing, and why in one line."""

    flaw: Flaw
    reason: str


class Claim(Record):
    """One test of one finding, ready to be run."""

    test: str
    """Its name: ``test_update`` or ``TestCache::test_update``."""
    text: str
    """The whole test file."""
    roots: frozenset[str]
    """Names that it takes from the code."""
    names: frozenset[str]
    """Names that depend on the code, the roots among them."""

    @property
    def tree(self) -> ast.Module:
        """The test file's syntax tree; its lines are the ones that a failure names."""
        return ast.parse(self.text)


def unfenced(text: str) -> str:
    """Return the code inside a Markdown fence, else the text, without the indentation that all lines share."""
    found = _FENCE.search(text)
    return textwrap.dedent(found["code"] if found is not None else text).strip("\n") + "\n"


def read_claim(finding: Finding, submission: Submission) -> Claim | Flawed:
    """Return the test of a finding's counterexample. Never raises on any text."""
    text = unfenced((finding.counterexample or "")[:LONGEST])
    try:
        tree = ast.parse(text)
        ast.unparse(tree)
    except UNREADABLE as error:
        line = getattr(error, "lineno", None)
        place = f", line {line}" if line else ""
        return Flawed(flaw=Flaw.UNPARSABLE, reason=f"the counterexample is not Python{place}")
    tree = _in_a_function(tree)
    tests = _tests(tree)
    if len(tests) != 1:
        said = f"it holds {len(tests)} tests" if tests else "it holds no test function"
        flaw = Flaw.SEVERAL_TESTS if tests else Flaw.NO_TEST
        return Flawed(flaw=flaw, reason=f"{said}; one was asked for")
    return _importing(tree, tests[0], defined_names(submission))


def defined_names(submission: Submission) -> dict[str, frozenset[str]]:
    """Return what each module of a submission defines at its top, by the module's name."""
    found = {}
    for file in submission.files:
        if not file.path.endswith(".py"):
            continue
        parts = PurePosixPath(file.path.removeprefix("src/")).with_suffix("").parts
        tree = syntax_tree(file.text)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        found[name] = frozenset(() if tree is None else _defined(tree.body))
    return found


def _defined(body: list[ast.stmt]) -> set[str]:
    names: set[str] = set()
    for node in body:
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)}
        elif isinstance(node, ast.If | ast.Try):
            names |= _defined(node.body)
    return names


def _in_a_function(tree: ast.Module) -> ast.Module:
    """Put assertions that stand by themselves into one test function."""
    defines = any(isinstance(node, (*_FUNCTIONS, ast.ClassDef)) for node in tree.body)
    if defines or not any(isinstance(node, ast.Assert | ast.With) for node in tree.body):
        return tree
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    rest = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    lines = [*map(ast.unparse, imports), "def test_counterexample():"]
    lines += [textwrap.indent(ast.unparse(node), "    ") for node in rest]
    return ast.parse("\n".join(lines))


def _tests(tree: ast.Module) -> list[str]:
    found = [node.name for node in tree.body if isinstance(node, _FUNCTIONS) and node.name.startswith("test")]
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            inner = [n.name for n in node.body if isinstance(n, _FUNCTIONS) and n.name.startswith("test")]
            found += [f"{node.name}::{name}" for name in inner]
    return found


def _importing(tree: ast.Module, test: str, known: dict[str, frozenset[str]]) -> Claim:
    """Let the test import what it uses of the code, and pytest."""
    tree = _renamed(tree, known)
    bound = {inner.id for inner in ast.walk(tree) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, (*_FUNCTIONS, ast.ClassDef))}
    bound |= {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    used = {inner.id for inner in ast.walk(tree) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load)}
    missing = used - bound
    lines = ["import pytest"] if "pytest" in missing else []
    for module, names in sorted(known.items()):
        wanted = sorted(missing & names)
        lines += [f"from {module} import {', '.join(wanted)}"] if wanted else []
        lines += [f"import {module}"] if module in missing and module not in names else []
        missing -= names
    text = "\n".join([*lines, ast.unparse(tree)]) + "\n"
    whole = ast.parse(text)
    roots = imported_names(whole, frozenset(known))
    return Claim(test=test, text=text, roots=roots, names=dependent_names(whole, roots))


def _renamed(tree: ast.Module, known: dict[str, frozenset[str]]) -> ast.Module:
    """Take what is imported from a module that nobody has, and that the only reviewed module defines, from there."""
    if len(known) != 1:
        return tree
    ((module, names),) = known.items()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module != module and node.names:
            if {alias.name for alias in node.names} <= names:
                node.module, node.level = module, 0
    return tree
