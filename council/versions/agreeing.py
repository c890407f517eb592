"""Who does the same as whom on an input: the ground on which clusters, convictions and ambiguities stand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from council.syntax import expression_tree
from council.types.base import Record
from council.types.versions import Behaviour, Input, Origin, Outcome
from council.versions.comparing import decoded, is_error, is_limit, is_nothing, is_opaque, labels_of, same
from council.versions.inside.encoding import Encoder

Row = tuple[Outcome, ...]
_UNFINISHED = ("NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError", "NotImplementedError")
_AROUND: dict[str, Callable[..., Any]] = {
    kind.__name__: kind for kind in (abs, bool, float, int, len, list, max, min, round, set, sorted, str, sum, tuple)
}
"""Builtins that an example may put around a call: they compute on plain data and do nothing else."""


class Example(Record):
    """What the task says of one call: of the function itself, or of a builtin around it, and the literal it gives."""

    call: str
    """``f([1])`` or ``round(f([1]), 2)``."""
    expected: str


class Camp(Record):
    """The largest group of programs that do the same on an input, up to one of its steps."""

    members: tuple[str, ...]
    """Sorted."""
    voters: int
    """Programs that gave an outcome at all."""
    rival: int
    """Size of the next largest group."""
    rejects: bool
    """Whether most voters turn the input away: then it is outside of what the task is about."""


class Table:
    """Inputs with what each program does on them. Programs are named by their ids; their order never matters."""

    def __init__(self, inputs: Sequence[Input], behaviours: Mapping[str, Behaviour]) -> None:
        self.inputs = tuple(inputs)
        self.behaviours = {name: behaviours[name] for name in sorted(behaviours)}
        self._traces: dict[tuple[int, tuple[str, ...]], list[tuple[int, ...]]] = {}

    def row(self, name: str, number: int) -> Row | None:
        """Return what a program did on an input; ``None`` where it did not do the same twice, or nothing."""
        behaviour = self.behaviours[name]
        if behaviour.failure is not None or not behaviour.steady[number]:
            return None
        return behaviour.outcomes[number] or None

    def trace(self, number: int, names: tuple[str, ...]) -> list[tuple[int, ...]]:
        """Return for each step the programs' labels: equal ones did the same up to there, -1 gives no outcome."""
        known = self._traces.get((number, names))
        if known is None:
            known = _trace([self.row(name, number) for name in names], len(self.inputs[number].steps) == 1)
            self._traces[number, names] = known
        return known

    def camp(self, number: int, names: Iterable[str], step: int = -1) -> Camp | None:
        """Return the largest group on an input up to a step; ``None`` where nobody gives an outcome."""
        ordered = tuple(sorted(names))
        trace = self.trace(number, ordered)
        if not trace:
            return None
        labels = trace[step]
        groups: dict[int, list[str]] = {}
        for name, label in zip(ordered, labels, strict=True):
            if label >= 0:
                groups.setdefault(label, []).append(name)
        if not groups:
            return None
        ranked = sorted(groups.values(), key=lambda group: (-len(group), group))
        voters = sum(map(len, ranked))
        return Camp(
            members=tuple(ranked[0]),
            voters=voters,
            rival=len(ranked[1]) if len(ranked) > 1 else 0,
            rejects=self._rejects(number, [name for group in ranked for name in group], step),
        )

    def _rejects(self, number: int, voters: list[str], step: int) -> bool:
        rows = [row for name in voters if (row := self.row(name, number)) is not None]
        place = step if len(self.inputs[number].steps) == 1 else 0
        turned = sum(is_error(row[place]) for row in rows if -len(row) <= place < len(row))
        return 2 * turned > len(rows)


def _trace(rows: list[Row | None], effects_may_count: bool) -> list[tuple[int, ...]]:
    steps = max((len(row) for row in rows if row is not None), default=0)
    labels = tuple(-1 if row is None else 0 for row in rows)
    found: list[tuple[int, ...]] = []
    for step in range(steps):
        at = [None if row is None or step >= len(row) else row[step] for row in rows]
        told = [outcome for outcome in at if outcome is not None and not is_error(outcome)]
        effects = effects_may_count and bool(told) and all(map(is_nothing, told))
        if any(is_opaque(outcome) for outcome in told):
            now = tuple(-1 if outcome is None or is_limit(outcome) else int(is_error(outcome)) for outcome in at)
        else:
            now = labels_of(
                [None if outcome is None or is_limit(outcome) else outcome for outcome in at], effects=effects
            )
        labels = _numbered([(-1, -1) if -1 in pair else pair for pair in zip(labels, now, strict=True)])
        found.append(labels)
    return found


def _numbered(pairs: list[tuple[int, int]]) -> tuple[int, ...]:
    numbers: dict[tuple[int, int], int] = {}
    return tuple(-1 if pair == (-1, -1) else numbers.setdefault(pair, len(numbers)) for pair in pairs)


def examples_passed(table: Table, name: str, examples: Sequence[Example]) -> int:
    """Return how many of the task's examples a program fulfils."""
    places = _example_places(table)
    passed = 0
    for example in examples:
        number = places.get(plain_call(example.call) or "")
        row = None if number is None else table.row(name, number)
        wanted: Outcome = {"r": Encoder().encode(ast.literal_eval(example.expected))}
        passed += row is not None and same(_around(example.call, row[0]), wanted)
    return passed


def comparable(table: Table, examples: Sequence[Example]) -> tuple[Example, ...]:
    """Return the examples whose call is one of the inputs, so that running the inputs has run them."""
    known = _example_places(table)
    return tuple(example for example in examples if plain_call(example.call) in known)


def _example_places(table: Table) -> dict[str, int]:
    return {one.steps[0]: number for number, one in enumerate(table.inputs) if one.origin is Origin.EXAMPLE}


def _tree(call: str) -> ast.Call | None:
    node = expression_tree(call)
    return node if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


def _inner(node: ast.expr) -> ast.Call | None:
    """Return the call of the function in an example, below the builtins around it."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    if node.func.id not in _AROUND:
        return node
    return next((found for value in node.args if (found := _inner(value)) is not None), None)


def plain_call(call: str) -> str | None:
    """Return the call of the function as inputs are written: arguments by place, each as Python writes it."""
    tree = _tree(call)
    node = None if tree is None else _inner(tree)
    if node is None or not isinstance(node.func, ast.Name):
        return None
    try:
        values = [ast.literal_eval(value) for value in (*node.args, *(keyword.value for keyword in node.keywords))]
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None
    return f"{node.func.id}({', '.join(map(repr, values))})"


def _around(call: str, outcome: Outcome) -> Outcome:
    """Return the outcome of the builtins around a call, from the outcome of the call."""
    tree = _tree(call)
    if tree is None or getattr(tree.func, "id", "") not in _AROUND or is_error(outcome):
        return outcome
    try:
        return {"r": Encoder().encode(_computed(tree, decoded(outcome.get("r"))))}
    except Exception:  # whatever a builtin makes of a program's value: the example does not hold
        return {"x": ["TypeError", "TypeError"]}


def _computed(node: ast.expr, value: Any) -> Any:
    if not isinstance(node, ast.Call):
        return ast.literal_eval(node)
    name = getattr(node.func, "id", "")
    if name not in _AROUND:
        return value
    return _AROUND[name](*(_computed(argument, value) for argument in node.args))


def witnesses(table: Table, names: Iterable[str], examples: Sequence[Example]) -> tuple[str, ...]:
    """Return the programs whose word counts, sorted: they run, and every example of the task holds for them.

    Who meets a name that nobody defined is unfinished, whatever else it does.
    """
    asked = comparable(table, examples)
    fit = [name for name in set(names) if table.behaviours[name].failure is None and not _unfinished(table, name)]
    return tuple(sorted(name for name in fit if examples_passed(table, name, asked) == len(asked)))


def _unfinished(table: Table, name: str) -> bool:
    rows = (row for number, one in enumerate(table.inputs) if one.plain and (row := table.row(name, number)))
    return any(step["x"][1] in _UNFINISHED for row in rows for step in row if "x" in step)


def counting(table: Table, names: Sequence[str], *, plain: bool = True) -> tuple[int, ...]:
    """Return the numbers of the inputs that count: allowed, and not turned away by most."""
    found = []
    for number, one in enumerate(table.inputs):
        if plain and not one.plain:
            continue
        camp = table.camp(number, names)
        if camp is not None and not camp.rejects:
            found.append(number)
    return tuple(found)
