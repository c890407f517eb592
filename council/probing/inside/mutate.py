"""Finds small changes of Python files and prints them as one JSON object. Nothing of the files is run.

Standard input: ``{"files": {path: text}, "most": N}``. Output: ``{path: [[line, kind, start, end, text], …]}``, where
the bytes from ``start`` to ``end`` of the file in UTF-8 are to be replaced by ``text``; ``null`` for a file that
cannot be read.
"""

from __future__ import annotations

import json
import sys

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper, PositionProvider

_COMPARED = {
    cst.LessThan: "<=",
    cst.LessThanEqual: "<",
    cst.GreaterThan: ">=",
    cst.GreaterThanEqual: ">",
    cst.Equal: "!=",
    cst.NotEqual: "==",
    cst.In: "not in",
    cst.NotIn: "in",
    cst.Is: "is not",
    cst.IsNot: "is",
}
_COUNTED = {
    cst.Add: "-",
    cst.Subtract: "+",
    cst.Multiply: "/",
    cst.Divide: "*",
    cst.FloorDivide: "*",
    cst.Modulo: "*",
    cst.Power: "*",
    cst.BitAnd: "|",
    cst.BitOr: "&",
    cst.AddAssign: "-=",
    cst.SubtractAssign: "+=",
    cst.MultiplyAssign: "+=",
}
_QUIET = ("print", "log", "warn", "debug", "info")
"""Calls whose disappearance no test should have to notice."""


class Finder(cst.CSTVisitor):
    """Notes every small change while it walks over a file."""

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider, PositionProvider)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str, int, int, str]] = []
        self._blank = cst.Module(body=[])

    def visit_Annotation(self, node: cst.Annotation) -> bool:
        """Types are not behaviour."""
        return False

    def visit_Decorator(self, node: cst.Decorator) -> bool:
        """Without its decorator a function is another one; that is no small change."""
        return False

    def visit_Assert(self, node: cst.Assert) -> bool:
        """An assertion is a test of the code's own."""
        return False

    def visit_If(self, node: cst.If) -> bool:
        """Turn a plain condition round; leave out what runs only as a program or for type checkers."""
        words = self._text(node.test)
        if "__name__" in words or "TYPE_CHECKING" in words:
            return False
        self._condition(node.test)
        return True

    def visit_While(self, node: cst.While) -> None:
        """Turn a plain condition round."""
        self._condition(node.test)

    def visit_IfExp(self, node: cst.IfExp) -> None:
        """Turn a plain condition round."""
        self._condition(node.test)

    def visit_ComparisonTarget(self, node: cst.ComparisonTarget) -> None:
        """Move the boundary, or ask for the opposite."""
        self._swap(node.operator, "comparison", _COMPARED.get(type(node.operator)))

    def visit_BinaryOperation(self, node: cst.BinaryOperation) -> None:
        """Another operator."""
        self._swap(node.operator, "arithmetic", _COUNTED.get(type(node.operator)))

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        """Another operator."""
        self._swap(node.operator, "arithmetic", _COUNTED.get(type(node.operator)))

    def visit_BooleanOperation(self, node: cst.BooleanOperation) -> None:
        """``and`` for ``or``."""
        self._swap(node.operator, "boolean", "or" if isinstance(node.operator, cst.And) else "and")

    def visit_UnaryOperation(self, node: cst.UnaryOperation) -> None:
        """Without ``not``."""
        if isinstance(node.operator, cst.Not):
            self._swap(node, "boolean", self._text(node.expression))

    def visit_Integer(self, node: cst.Integer) -> None:
        """One more."""
        self._swap(node, "constant", str(node.evaluated_value + 1))

    def visit_Float(self, node: cst.Float) -> None:
        """One more."""
        self._swap(node, "constant", f"({node.value} + 1.0)")

    def visit_Name(self, node: cst.Name) -> None:
        """True for False."""
        self._swap(node, "constant", {"True": "False", "False": "True"}.get(node.value))

    def visit_Return(self, node: cst.Return) -> None:
        """Nothing instead of a value."""
        if node.value is not None and self._text(node.value) != "None":
            self._swap(node.value, "return value", "None")

    def visit_Expr(self, node: cst.Expr) -> None:
        """Without a call made for its effect."""
        if isinstance(node.value, cst.Call):
            called = self._text(node.value.func).lower()
            self._swap(node, "statement", None if any(word in called for word in _QUIET) else "pass")

    def visit_Assign(self, node: cst.Assign) -> None:
        """Without an assignment into something that exists already."""
        if all(isinstance(target.target, (cst.Attribute, cst.Subscript)) for target in node.targets):
            self._swap(node, "statement", "pass")

    def visit_Raise(self, node: cst.Raise) -> None:
        """Without the error."""
        self._swap(node, "statement", "pass")

    def visit_Del(self, node: cst.Del) -> None:
        """Without the removal."""
        self._swap(node, "statement", "pass")

    def visit_Break(self, node: cst.Break) -> None:
        """Go on instead."""
        self._swap(node, "statement", "continue")

    def visit_Continue(self, node: cst.Continue) -> None:
        """Stop instead."""
        self._swap(node, "statement", "break")

    def _condition(self, test: cst.BaseExpression) -> None:
        if isinstance(test, (cst.Name, cst.Attribute, cst.Call, cst.Subscript)) and self._text(test) != "True":
            self._swap(test, "condition", f"(not {self._text(test)})")

    def _swap(self, node: cst.CSTNode, kind: str, text: str | None) -> None:
        if text is not None:
            span = self.get_metadata(ByteSpanPositionProvider, node)
            line = self.get_metadata(PositionProvider, node).start.line
            self.found.append((line, kind, span.start, span.start + span.length, text))

    def _text(self, node: cst.CSTNode) -> str:
        return self._blank.code_for_node(node)


def find(source: str, most: int) -> list[tuple[int, str, int, int, str]]:
    """Return the small changes of a file that leave it a program, at most so many, in the order of the file."""
    finder = Finder()
    MetadataWrapper(cst.parse_module(source.encode()), unsafe_skip_copy=True).visit(finder)
    raw, kept = source.encode(), []
    for line, kind, start, end, text in sorted(set(finder.found))[:most]:
        try:
            compile(raw[:start] + text.encode() + raw[end:], "changed", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            continue
        kept.append((line, kind, start, end, text))
    return kept


def main() -> None:
    """Read the order and print what was found."""
    order = json.loads(sys.stdin.buffer.read())
    found: dict[str, object] = {}
    for path, text in order["files"].items():
        try:
            found[path] = find(text, order["most"])
        except Exception:  # whatever the parser cannot do with a file is told, not hidden
            found[path] = None
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
