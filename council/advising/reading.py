"""What a failed test says: what it called, what it got, what it expected, or what was raised."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

from council.syntax import expression_tree, syntax_tree
from council.types.checks import TestOutcome, TestResult

UNREAD = object()
"""Stands for a value that the test's text does not give whole."""
_NEVER_RAISED = re.compile(r"DID NOT RAISE")
_RAISED = re.compile(
    r"(?P<name>[A-Z]\w*(?:Error|Exception|Warning|Interrupt|Iteration|Exit|NotImplemented))(?::|$|\s\()"
)
_EXTRA = re.compile(r"(?P<side>Left|Right) contains (?P<count>one|\d+) more items?")
_DIFFERS = re.compile(r"^E\s+At index \d+ diff: ", re.MULTILINE)
_FIRST = re.compile(r"\d+ of \d+ inputs failed; the first: (?P<told>.+)")
_ENDED = re.compile(r" (returned|raised) ")
_NOT = ", not "
_LONGEST = 20_000


@dataclass(frozen=True)
class Failure:
    """One failed test as far as its text tells it."""

    test: TestResult
    raised: str | None = None
    """Name of the exception, where one left the code."""
    message: str = ""
    got: Any = UNREAD
    expected: Any = UNREAD
    arguments: tuple[Any, ...] | None = None
    """What the code was called with, where the test's line shows it."""
    extra: int = 0
    """How many elements more it got than expected, as pytest counts them; negative: fewer."""
    differs_at: bool = False
    """pytest names a first element that differs."""
    never_raised: bool = False

    @property
    def compared(self) -> bool:
        """Whether both sides of the comparison are known."""
        return self.got is not UNREAD and self.expected is not UNREAD


def read_failure(test: TestResult) -> Failure:
    """Return what a failed test says. A value that pytest shortened is read from the test's own line."""
    reason, output = (test.reason or "")[:_LONGEST], (test.output or "")[:_LONGEST]
    if test.outcome in (TestOutcome.TIMED_OUT, TestOutcome.MISSING):
        return Failure(test=test, message=reason)
    if _NEVER_RAISED.search(reason):
        return Failure(test=test, message=reason, never_raised=True)
    counted = _first_of_many(test, output)
    if counted is not None:
        return counted
    raised = _RAISED.match(reason)
    arguments, literal = _line_of(output)
    if raised is not None and raised["name"] != "AssertionError":
        return Failure(test=test, raised=raised["name"], message=reason, arguments=arguments)
    got, expected = _compared(reason)
    return Failure(
        test=test,
        message=reason,
        got=got,
        expected=literal if expected is UNREAD else expected,
        arguments=arguments,
        extra=_extra(output),
        differs_at=_DIFFERS.search(output) is not None,
    )


def _first_of_many(test: TestResult, output: str) -> Failure | None:
    """Read ``3 of 41 inputs failed; the first: f([1], 2) returned True, not False``, as published tests are run."""
    found = _FIRST.search(output) or _FIRST.search(test.reason or "")
    if found is None:
        return None
    call, ended, told = _parted(found["told"])
    arguments = _called_with(call)
    if ended == "raised":
        name = told.partition(":")[0].strip()
        return Failure(test=test, raised=name, message=told, arguments=arguments)
    got, expected = _value(told), UNREAD
    at = told.find(_NOT)
    while got is UNREAD and at >= 0:  # the words may also stand inside of a text
        if _value(told[:at]) is not UNREAD:
            got, expected = _value(told[:at]), _value(told[at + len(_NOT) :])
        at = told.find(_NOT, at + 1)
    return Failure(test=test, message=found["told"], got=got, expected=expected, arguments=arguments)


def _parted(told: str) -> tuple[str, str, str]:
    """Part a call from what came of it, where the words may also stand inside of an argument."""
    ends = [(m.start(), m.end(), m[1]) for m in _ENDED.finditer(told)]
    for start, end, word in ends:
        if _called_with(told[:start]) is not None:
            return told[:start], word, told[end:]
    start, end, word = ends[0] if ends else (len(told), len(told), "returned")
    return told[:start], word, told[end:]


def _called_with(call: str) -> tuple[Any, ...] | None:
    node = expression_tree(call)
    return None if node is None else _sides(node)[0]


def _compared(reason: str) -> tuple[Any, Any]:
    """Return both sides of ``assert 3 == 2, after 3 puts``; a comma may also stand inside of a value."""
    text = reason
    while text.startswith("assert "):
        if (tree := syntax_tree(text)) is None:
            text = text.rpartition(", ")[0]
            continue
        statement = tree.body[0]
        test = statement.test if isinstance(statement, ast.Assert) else None
        if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq | ast.Is) or len(test.ops) != 1:
            break
        return _value(ast.unparse(test.left)), _value(ast.unparse(test.comparators[0]))
    return UNREAD, UNREAD


def _value(text: str) -> Any:
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return UNREAD
    return UNREAD if value is Ellipsis or (isinstance(value, list | tuple | set) and Ellipsis in value) else value


def _line_of(output: str) -> tuple[tuple[Any, ...] | None, Any]:
    """Return arguments and expected value of the comparison that failed, from its line in pytest's output."""
    arguments: tuple[Any, ...] | None = None
    expected: Any = UNREAD
    for line in output.splitlines():
        text = line.strip()
        if not text.startswith("assert "):
            continue
        if (tree := syntax_tree(text)) is None:
            continue
        statement = tree.body[0]
        if isinstance(statement, ast.Assert):
            arguments, expected = _sides(statement.test)
    return arguments, expected


def _sides(test: ast.expr) -> tuple[tuple[Any, ...] | None, Any]:
    left, right = test, None
    if isinstance(test, ast.Compare) and len(test.comparators) == 1:
        left, right = test.left, test.comparators[0]
    arguments = None
    if isinstance(left, ast.Call):
        values = [_value(ast.unparse(argument)) for argument in left.args]
        arguments = tuple(values) if values and UNREAD not in values else None
    return arguments, UNREAD if right is None else _value(ast.unparse(right))


def _extra(output: str) -> int:
    found = _EXTRA.search(output)
    if found is None:
        return 0
    count = 1 if found["count"] == "one" else int(found["count"][:6])
    return count if found["side"] == "Left" else -count
