"""The stub of a submission: every function raises. A counterexample that fails there in another way, or not at all,
has nothing to do with the code.

Functions that run while the module is imported, such as decorators, keep their bodies: the stub must be importable.
"""

from __future__ import annotations

import ast

from council.syntax import syntax_tree
from council.types.submission import SourceFile, Submission

ERROR = "CodeWasCalled"
"""What each function of the stub raises."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_HEAD = f"class {ERROR}(BaseException):\n    pass\n"


def stub_of(submission: Submission) -> Submission:
    """Return the submission with the bodies of its functions replaced; files that do not parse stay as they are."""
    stubbed: Submission = submission.but(files=tuple(_stub(file) for file in submission.files))
    return stubbed


def _stub(file: SourceFile) -> SourceFile:
    if (tree := syntax_tree(file.text)) is None:
        return file
    kept = _run_on_import(tree)
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS) and node.name not in kept:
            node.body = [ast.parse(f"raise {ERROR}").body[0]]
        elif isinstance(node, ast.Lambda) and not kept:
            node.body = ast.parse(f"(_ for _ in ()).throw({ERROR}())", mode="eval").body
    head = ast.parse(_HEAD).body
    future = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    tree.body = [*future, *head, *(node for node in tree.body if node not in future)]
    stubbed: SourceFile = file.but(text=ast.unparse(ast.fix_missing_locations(tree)) + "\n")
    return stubbed


def _run_on_import(tree: ast.Module) -> set[str]:
    """Return the names of functions that may run while the module is imported."""
    bodies: dict[str, list[ast.AST]] = {}
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            bodies.setdefault(node.name, []).append(node)
    mains = [node for node in tree.body if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)]
    top = [node for node in tree.body if node not in mains]
    used = set(_called([part for node in top for part in _outside(node)]))
    while True:
        parts = [part for known in used & set(bodies) for body in bodies[known] for part in ast.walk(body)]
        inner = set(_called(parts))
        if inner <= used:
            return used & set(bodies)
        used |= inner


def _outside(node: ast.AST) -> list[ast.AST]:
    """Return what runs of a statement on import: decorators, defaults and class bodies, not functions."""
    if isinstance(node, _FUNCTIONS):
        return [part for outer in (*node.decorator_list, node.args) for part in ast.walk(outer)]
    if isinstance(node, ast.Lambda):
        return []
    return [node, *(part for child in ast.iter_child_nodes(node) for part in _outside(child))]


def _called(nodes: list[ast.AST]) -> list[str]:
    """Return the names that are called, and those of decorators."""
    names = []
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            names.append(node.func.id if isinstance(node.func, ast.Name) else node.func.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names.append(node.id)
        if isinstance(node, ast.ClassDef):
            names += ["__init_subclass__", "__set_name__", "__class_getitem__"]
    return names
