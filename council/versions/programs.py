"""When two programs are the same program, and what of a program can be called."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable
from typing import Any

from council.syntax import syntax_tree
from council.types.base import Record
from council.types.versions import Version

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CALLED_DUNDERS = ("__len__", "__contains__", "__getitem__", "__bool__", "__str__", "__repr__", "__iter__")


def program_id(code: str) -> str:
    """Return the hex digest of a program as it computes: copies that differ in names, words and layout have one id.

    >>> program_id("def f(a: int) -> int:\\n    'Twice.'\\n    return a + a") == program_id("def f(x): return x + x")
    True
    """
    tree = syntax_tree(code)
    try:
        whole = code if tree is None else ast.dump(_Normal().visit(_bare(tree)), annotate_fields=False)
    except RecursionError:
        whole = code
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def distinct(versions: Iterable[Version]) -> dict[str, tuple[Version, ...]]:
    """Return the versions by program, sorted by id: ten copies are one witness."""
    found: dict[str, list[Version]] = {}
    for version in versions:
        found.setdefault(version.id, []).append(version)
    return {name: tuple(sorted(found[name], key=_order)) for name in sorted(found)}


def _order(version: Version) -> tuple[Any, ...]:
    temperature = 9.0 if version.temperature is None else version.temperature
    return (temperature, version.model, version.seed or 0, len(version.code), version.code)


def size_of(code: str) -> int:
    """Return how many nodes a program has: the plainest of equal programs is the smallest."""
    tree = syntax_tree(code)
    return len(code) if tree is None else sum(1 for _ in ast.walk(_bare(tree)))


def _bare(tree: ast.Module) -> ast.Module:
    """Return the tree without docstrings, annotations, unused results of literals, and the module's own tests."""
    for node in ast.walk(tree):
        body: Any = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [part for part in body if not _says_nothing(part)]
            node.body = kept or ([ast.Pass()] if not isinstance(node, ast.Module) else [])  # type: ignore[attr-defined]
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, _FUNCTIONS):
            node.returns = None
    return tree


def _says_nothing(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


class _Normal(ast.NodeTransformer):
    """Names what a function binds by number, in the order of the text."""

    def __init__(self) -> None:
        self._scopes: list[dict[str, str]] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Rename what the function binds."""
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Rename what the function binds."""
        return self._function(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Make ``x: int = 1`` the same as ``x = 1``; a declaration alone does nothing."""
        if not self._scopes:
            return self.generic_visit(node)  # the fields of a class
        if node.value is None:
            return ast.Pass()
        return self.visit(ast.Assign(targets=[node.target], value=node.value))  # type: ignore[no-any-return]

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Rename a name that a function around it binds."""
        for scope in reversed(self._scopes):
            if node.id in scope:
                return ast.Name(id=scope[node.id], ctx=node.ctx)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Rename a parameter."""
        return ast.arg(arg=self._scopes[-1].get(node.arg, node.arg) if self._scopes else node.arg)

    def _function(self, node: Any) -> ast.AST:
        depth = len(self._scopes)
        bound = _bound(node)
        self._scopes.append({name: f"_{depth}_{number}" for number, name in enumerate(bound)})
        inner = self.generic_visit(node)
        self._scopes.pop()
        return inner


def _bound(function: Any) -> list[str]:
    """Return the names that a function binds, in the order of the text; those told to be global are not its own."""
    foreign = {
        name for node in ast.walk(function) if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names
    }
    found: dict[str, None] = {}
    arguments = function.args
    for argument in (*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg):
        if argument is not None:
            found[argument.arg] = None
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = None
    return [name for name in found if name not in foreign]


class Parameter(Record):
    """One parameter as it is written: its type hint and its default are source, never evaluated."""

    name: str
    hint: str | None = None
    required: bool = True


class Method(Record):
    """A function, or a method without its ``self``."""

    name: str
    parameters: tuple[Parameter, ...] = ()


class Face(Record):
    """What of a module can be called: one function, or one class with its methods."""

    name: str
    is_class: bool = False
    make: Method
    """The function itself, or how the object is made."""
    methods: tuple[Method, ...] = ()


def faces(code: str) -> dict[str, Face]:
    """Return the public functions and classes at the top of a module by name."""
    tree = syntax_tree(code)
    found: dict[str, Face] = {}
    for node in tree.body if tree is not None else ():
        if isinstance(node, _FUNCTIONS) and not node.name.startswith("_"):
            found[node.name] = Face(name=node.name, make=_method(node, bound=False))
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found[node.name] = _class_face(node)
    return found


def _class_face(node: ast.ClassDef) -> Face:
    made = Method(name="__init__")
    methods: dict[str, Method] = {}
    for part in node.body:
        if not isinstance(part, _FUNCTIONS):
            continue
        decorators = {ast.unparse(decorator) for decorator in part.decorator_list}
        if part.name == "__init__":
            made = _method(part, bound=True)
        elif not decorators and (not part.name.startswith("_") or part.name in _CALLED_DUNDERS):
            methods[part.name] = _method(part, bound=True)
    return Face(name=node.name, is_class=True, make=made, methods=tuple(methods.values()))


def _method(node: Any, *, bound: bool) -> Method:
    arguments = node.args
    listed = [*arguments.posonlyargs, *arguments.args]
    optional = len(listed) - len(arguments.defaults)
    parameters = [
        Parameter(
            name=one.arg,
            hint=None if one.annotation is None else ast.unparse(one.annotation),
            required=number < optional,
        )
        for number, one in enumerate(listed)
    ]
    if arguments.vararg is not None and len(parameters) == int(bound):
        parameters.append(Parameter(name=arguments.vararg.arg))
    return Method(name=node.name, parameters=tuple(parameters[1:] if bound else parameters))


def common_face(task: str, codes: Iterable[str], *, name: str | None = None) -> Face | None:
    """Return what most programs offer and the task names: the thing that is compared. ``None`` where there is none.

    Hints that any of them writes are kept: the most frequent for each parameter.
    """
    offered = [faces(code) for code in codes]
    counts: dict[str, int] = {}
    for found in offered:
        for each in found:
            counts[each] = counts.get(each, 0) + 1
    wanted = [name] if name else sorted(counts, key=lambda n: (not _named_in(n, task), -counts[n], n))
    if not wanted or 2 * counts.get(wanted[0], 0) < len(offered) or not offered:
        return None
    alike = [found[wanted[0]] for found in offered if wanted[0] in found]
    kind = 2 * sum(face.is_class for face in alike) > len(alike)
    alike = [face for face in alike if face.is_class is kind]
    names = _frequent([method.name for face in alike for method in face.methods], len(alike))
    methods = [_merged([m for face in alike for m in face.methods if m.name == name]) for name in names]
    return Face(name=wanted[0], is_class=kind, make=_merged([face.make for face in alike]), methods=tuple(methods))


def _named_in(name: str, task: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", task) is not None


def _frequent(names: list[str], of: int) -> list[str]:
    return sorted(name for name in set(names) if 2 * names.count(name) > of)


def _merged(methods: list[Method]) -> Method:
    """Return the most frequent list of parameters, each with its most frequent hint."""
    shapes = [tuple(p.name for p in m.parameters) for m in methods]
    counts = [len(shape) for shape in shapes]
    size = max(set(counts), key=lambda n: (counts.count(n), -n))
    names = max((s for s in set(shapes) if len(s) == size), key=lambda s: (shapes.count(s), s))
    merged = []
    for place, name in enumerate(names):
        same = [m.parameters[place] for m in methods if len(m.parameters) == size]
        hints = sorted(p.hint for p in same if p.hint is not None)
        hint = max(hints, key=lambda h: (hints.count(h), h)) if hints else None
        merged.append(Parameter(name=name, hint=hint, required=any(p.required for p in same)))
    return Method(name=methods[0].name, parameters=tuple(merged))


def completed(code: str, task: str) -> str:
    """Return a version with the imports and the whole functions that the task gives and the version leaves out.

    A task that shows a module to be completed means them to be there. Of a text whose end is missing, what stands
    before its last definition is kept: models run out of tokens in the tests that nobody asked for.
    """
    code = _whole_part(code)
    tree = syntax_tree(code)
    given = [part for text in (task, *_fenced(task)) if (part := syntax_tree(text)) is not None and _is_code(part)]
    if tree is None or not given:
        return code
    have = {node.name for node in tree.body if isinstance(node, (*_FUNCTIONS, ast.ClassDef))}
    own = {ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)}
    lacking = [
        ast.unparse(node)
        for node in given[0].body
        if (isinstance(node, ast.Import | ast.ImportFrom) and ast.unparse(node) not in own)
        or (isinstance(node, _FUNCTIONS) and node.name not in have and not all(map(_says_nothing, node.body)))
    ]
    whole = "\n".join((*lacking, code))
    return whole if lacking and syntax_tree(whole) is not None else code


def _whole_part(code: str) -> str:
    """Return the code without what stands unfinished at its end, where something is left."""
    if syntax_tree(code) is not None:
        return code
    lines = code.splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if n and line[:1].strip() and line[0] not in ")]}#@'\""]
    for number in starts[:-12:-1]:
        part = "".join(lines[:number])
        if (tree := syntax_tree(part)) is not None and _is_code(tree):
            return part
    return code


def _fenced(task: str) -> list[str]:
    return re.findall(r"^```[\w{}.]*\n(.*?)^```", task, re.MULTILINE | re.DOTALL)


def _is_code(tree: ast.Module) -> bool:
    return any(isinstance(node, (*_FUNCTIONS, ast.ClassDef)) for node in tree.body)
