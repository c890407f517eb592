"""What kind of values a parameter takes: read from type hints, which are never evaluated, and from example values."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any, Literal

from council.syntax import UNREADABLE
from council.types.base import Record

Kind = Literal["any", "none", "bool", "int", "float", "str", "bytes", "list", "tuple", "set", "dict", "union"]
_NAMES: dict[str, Kind] = {
    "int": "int", "float": "float", "str": "str", "bool": "bool", "bytes": "bytes", "None": "none",
    "list": "list", "List": "list", "Sequence": "list", "Iterable": "list", "Collection": "list",
    "MutableSequence": "list", "tuple": "tuple", "Tuple": "tuple", "set": "set", "Set": "set", "frozenset": "set",
    "FrozenSet": "set", "AbstractSet": "set", "dict": "dict", "Dict": "dict", "Mapping": "dict",
    "MutableMapping": "dict", "Any": "any", "object": "any", "Number": "float", "Real": "float", "Hashable": "any",
}  # fmt: skip


class Shape(Record):
    """A kind of value with the kinds inside it: elements, or keys and values, or alternatives."""

    kind: Kind = "any"
    parts: tuple[Shape, ...] = ()

    @property
    def open_tuple(self) -> bool:
        """Whether a tuple may have any length."""
        return self.kind == "tuple" and len(self.parts) <= 1


ANY = Shape()


def shape_of_hint(hint: str | None) -> Shape:
    """Return the shape that the source of a type hint says; what cannot be read is ``any``.

    >>> shape_of_hint("Optional[List[int]]").kind, shape_of_hint("dict[str, 'Tree']").parts[0].kind
    ('union', 'str')
    """
    if hint is None:
        return ANY
    try:
        return _of_node(ast.parse(hint.strip(), mode="eval").body)
    except UNREADABLE:
        return ANY


def _of_node(node: ast.expr) -> Shape:
    if isinstance(node, ast.Constant):
        if node.value is None:
            return Shape(kind="none")
        return shape_of_hint(node.value) if isinstance(node.value, str) and len(node.value) < 200 else ANY
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return union((_of_node(node.left), _of_node(node.right)))
    if isinstance(node, ast.Attribute):
        return Shape(kind=_NAMES.get(node.attr, "any"))
    if isinstance(node, ast.Name):
        return Shape(kind=_NAMES.get(node.id, "any"))
    if isinstance(node, ast.Subscript):
        return _of_subscript(node)
    return ANY


def _of_subscript(node: ast.Subscript) -> Shape:
    name = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Optional":
        return union((_of_node(inner[0]), Shape(kind="none")))
    if name == "Union":
        return union(map(_of_node, inner))
    if name == "Literal":
        return of_values([part.value for part in inner if isinstance(part, ast.Constant)])
    kind = _NAMES.get(name, "any")
    endless = isinstance(inner[-1], ast.Constant) and inner[-1].value is Ellipsis
    parts = tuple(_of_node(part) for part in (inner[:1] if endless else inner))
    return Shape(kind=kind, parts=parts if kind in ("list", "tuple", "set", "dict") else ())


def union(shapes: Iterable[Shape]) -> Shape:
    """Return what takes the values of all shapes; alternatives are sorted, ``any`` swallows nothing."""
    flat: dict[str, Shape] = {}
    for shape in shapes:
        for part in shape.parts if shape.kind == "union" else (shape,):
            flat[part.model_dump_json()] = part
    parts = tuple(flat[name] for name in sorted(flat))
    known = tuple(part for part in parts if part.kind != "any")
    if not known:
        return ANY
    return known[0] if len(known) == 1 else Shape(kind="union", parts=known)


def shape_of(value: Any) -> Shape:
    """Return the shape of one value."""
    if value is None:
        return Shape(kind="none")
    if isinstance(value, bool):
        return Shape(kind="bool")
    for kind, name in ((int, "int"), (float, "float"), (str, "str"), (bytes, "bytes")):
        if isinstance(value, kind):
            return Shape(kind=name)
    if isinstance(value, tuple):
        alike = of_values(value)
        return Shape(kind="tuple", parts=tuple(shape_of(item) for item in value) if 1 < len(value) <= 4 else (alike,))
    if isinstance(value, list | set | frozenset):
        return Shape(kind="list" if isinstance(value, list) else "set", parts=(of_values(value),))
    if isinstance(value, dict):
        return Shape(kind="dict", parts=(of_values(value.keys()), of_values(value.values())))
    return ANY


def of_values(values: Iterable[Any]) -> Shape:
    """Return the shape of several values, lists and sets of one kind joined."""
    shapes = [shape_of(value) for value in values]
    joined: list[Shape] = []
    for kind in ("list", "set", "dict"):
        alike = [shape for shape in shapes if shape.kind == kind]
        if alike:
            width = max(len(shape.parts) for shape in alike)
            parts = [union(s.parts[place] for s in alike if place < len(s.parts)) for place in range(width)]
            joined.append(Shape(kind=kind, parts=tuple(parts)))
    return union([*joined, *(shape for shape in shapes if shape.kind not in ("list", "set", "dict"))])
