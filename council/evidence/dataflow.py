"""Which statements of a test depend on the code under review: an assertion that does not proves nothing.

The analysis follows names: what is imported from the code, what is computed from it, what is handed to it, and what is
filled with its results. It may say that a statement depends on the code when it does not, and hardly ever the reverse.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def imported_names(tree: ast.Module, modules: frozenset[str]) -> frozenset[str]:
    """Return the names under which a file knows the modules of the code, and what it takes from them."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {
                (alias.asname or alias.name.partition(".")[0])
                for alias in node.names
                if alias.name in modules or alias.name.partition(".")[0] in modules
            }
        elif isinstance(node, ast.ImportFrom) and (node.module or "") in modules:
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inner = {alias for alias in node.names if f"{node.module}.{alias.name}" in modules}
            found |= {alias.asname or alias.name for alias in inner}
    return frozenset(found)


def dependent_names(tree: ast.Module, roots: frozenset[str]) -> frozenset[str]:
    """Return all names whose value depends on the roots."""
    names = set(roots)
    while True:
        more = {name for node in ast.walk(tree) for name in _bound(node, names)} - names
        if not more:
            return frozenset(names)
        names |= more


def mentions(node: ast.AST, names: frozenset[str] | set[str]) -> bool:
    """Whether one of the names stands in a piece of code."""
    return any(isinstance(inner, ast.Name) and inner.id in names for inner in ast.walk(node))


def statement_at(tree: ast.AST, line: int) -> tuple[ast.stmt, ...]:
    """Return the statements that a line belongs to, the outermost first."""
    found: list[ast.stmt] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            found.append(node)
    return tuple(sorted(found, key=lambda node: (node.lineno, -(node.end_lineno or node.lineno))))


def depends(chain: tuple[ast.stmt, ...], names: frozenset[str]) -> bool:
    """Whether the last of nested statements depends on the names by what it says, or by being reached at all."""
    if not chain:
        return False
    if mentions(chain[-1], names):
        return True
    return any(_decides(node, names) for node in chain[:-1])


def in_raises(chain: tuple[ast.stmt, ...]) -> bool:
    """Whether the last of nested statements stands where an error is expected."""
    return any(isinstance(node, ast.With) and any("raises" in ast.unparse(i) for i in node.items) for node in chain)


def _decides(node: ast.stmt, names: frozenset[str]) -> bool:
    """Whether it hangs on the names that what stands inside this statement is run."""
    if isinstance(node, ast.If | ast.While):
        return mentions(node.test, names)
    if isinstance(node, ast.For):
        return mentions(node.iter, names)
    if isinstance(node, ast.Try):
        return any(mentions(inner, names) for inner in node.body)
    if isinstance(node, ast.Match):
        return mentions(node.subject, names)
    return isinstance(node, ast.With) and any(mentions(inner, names) for inner in node.body)


def _bound(node: ast.AST, names: set[str]) -> Iterator[str]:
    """Yield what a piece of code makes depend on the names."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr):
        if node.value is not None and mentions(node.value, names):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name for target in targets for name in _names(target))
    elif isinstance(node, ast.For | ast.comprehension) and mentions(node.iter, names):
        yield from _names(node.target)
    elif isinstance(node, ast.withitem) and node.optional_vars is not None and mentions(node.context_expr, names):
        yield from _names(node.optional_vars)
    elif isinstance(node, _DEFINES) and not node.name.startswith("test") and mentions(node, names):
        yield node.name
    elif isinstance(node, ast.With) and any(mentions(inner, names) for inner in node.body):
        yield from (name for item in node.items if item.optional_vars for name in _names(item.optional_vars))
    elif isinstance(node, ast.Call) and mentions(node, names):
        # What is handed to the code may be changed by it; what a result is handed to holds it.
        yield from (name for value in node.args for name in _names(value))
        if isinstance(node.func, ast.Attribute):
            yield from _names(node.func.value)


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
