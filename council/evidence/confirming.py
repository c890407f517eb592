"""What else expects what a counterexample expects: an example of the task or of a docstring, or a given test.

Two expectations are the same when the same calls lead to them, whatever the variables are called, and the value is the
same. Where the calls are the same and the value is another, the material denies the claim.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from council.evidence.claims import Claim
from council.evidence.standing import confirm
from council.examples import gather_examples
from council.syntax import UNREADABLE
from council.types.base import Record
from council.types.evidence import Evidence, EvidenceState
from council.types.submission import Submission


class Expected(Record):
    """One expectation: the calls that lead to it, its value as source, and who has it."""

    calls: str
    value: str
    by: str


class Expectations(Record):
    """Everything that the material of a submission expects and that could be read."""

    known: tuple[Expected, ...]

    @classmethod
    def of(cls, submission: Submission) -> Expectations:
        """Read the task, the docstrings and the given tests."""
        found = []
        for told in gather_examples(submission):
            body = ast.parse("\n".join((*told.example.setup, told.example.call))).body
            by = f"the docstring at {told.place}" if told.of_code else told.place
            found.append(Expected(calls=_calls(body), value=_value(told.example.expected), by=by))
        for file in submission.tests:
            try:
                found += _of_tests(ast.parse(file.text))
            except UNREADABLE:
                continue
        return cls(known=tuple(found))

    def about(self, calls: str) -> tuple[Expected, ...]:
        """Return the expectations that the same calls lead to."""
        return tuple(expected for expected in self.known if expected.calls == calls)

    @staticmethod
    def key_of(claim: Claim) -> str | None:
        """Return what a whole counterexample does and expects, without its names and messages."""
        test = _function(claim)
        return None if test is None else _calls(test.body, keep_values=True)


def confirm_by_material(evidence: Evidence, claim: Claim, line: int | None, known: Expectations) -> Evidence:
    """Return reproduced evidence as upheld where the material expects the same, as disputed where it says otherwise."""
    test = _function(claim)
    said = None if test is None or line is None else _expectation(test.body, line)
    if said is None:
        return evidence
    calls, value = said
    others = known.about(calls)
    same = [other.by for other in others if other.value == value]
    if same and len({other.value for other in others}) > 1:
        return evidence  # the material contradicts itself, so it confirms nothing
    if same:
        return confirm(evidence, by=same, reason=f"{evidence.reason}; {', '.join(same[:2])} expects the same")
    if others:
        denied = tuple(dict.fromkeys(other.by for other in others))
        reason = f"{evidence.reason}; but {denied[0]} says {others[0].value}"
        disputed: Evidence = evidence.but(state=EvidenceState.DISPUTED, denied_by=denied, reason=reason[:300])
        return disputed
    return evidence


def _of_tests(tree: ast.Module) -> Iterator[Expected]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test") and not node.args.args:
            for inner in node.body:
                said = _expectation(node.body, inner.lineno)
                if said is not None:
                    yield Expected(calls=said[0], value=said[1], by=node.name)


def _function(claim: Claim) -> ast.FunctionDef | None:
    name = claim.test.rpartition("::")[2]
    found = [n for n in ast.walk(claim.tree) if isinstance(n, ast.FunctionDef) and n.name == name]
    return found[0] if len(found) == 1 else None


def _expectation(body: list[ast.stmt], line: int) -> tuple[str, str] | None:
    """Return the calls that lead to the expectation at a line, and its value; ``None`` where it is no plain one."""
    place = next((n for n, node in enumerate(body) if node.lineno <= line <= (node.end_lineno or node.lineno)), None)
    if place is None:
        return None
    node, before = body[place], body[:place]
    if isinstance(node, ast.Assert):
        test = node.test
        if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is)):
            return None
        left, value = test.left, _value(ast.unparse(test.comparators[0]))
        if isinstance(left, ast.Name):  # result = f(1) and then assert result == 2
            made = [n for n in before if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == left.id]
            if len(made) != 1 or made[0] is not before[-1]:
                return None
            left, before = made[0].value, before[:-1]
        return (_calls([*before, ast.Expr(left)]), value) if value else None
    if isinstance(node, ast.With) and len(node.items) == 1 and len(node.body) == 1:
        context, inner = node.items[0].context_expr, node.body[0]
        if isinstance(context, ast.Call) and "raises" in ast.unparse(context.func) and context.args:
            return _calls([*before, inner]), f"raises {ast.unparse(context.args[0])}"
    return None


def _value(source: str) -> str:
    """Return a literal in one spelling; empty for what is none."""
    try:
        value = ast.literal_eval(source.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return ""
    if isinstance(value, float) and value.is_integer():
        return repr(int(value))
    return repr(value)


def _calls(body: list[ast.stmt], *, keep_values: bool = False) -> str:
    """Return statements in one spelling: variables numbered, assertions as what they call, docstrings left out."""
    kept: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Assert):
            test = node.test
            plain = isinstance(test, ast.Compare) and not keep_values
            node = ast.Expr(test.left if plain and isinstance(test, ast.Compare) else test)
        kept.append(node)
    whole = ast.parse(ast.unparse(ast.fix_missing_locations(ast.Module(body=kept, type_ignores=[]))))
    stored = [n.id for n in ast.walk(whole) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    names = {name: f"v{number}" for number, name in enumerate(dict.fromkeys(stored))}
    return ast.dump(_Renamed(names).visit(whole))


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Give a variable its number."""
        return ast.Name(id=self._names.get(node.id, node.id), ctx=node.ctx)
