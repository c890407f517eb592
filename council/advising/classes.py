"""Classes of failure: failed attempts are put together by how they fail, never by a guess at why.

An attempt belongs to one class. First come those that say that nothing could be tested (no code, no whole function,
a name that nobody defined), then those that never end, then what most of its failed tests show: an exception, or
how what the code returned differs from what was expected. A failure that only ever happens with an empty argument
is a class of its own. Ties go to the class that stands first in ``CLASSES``.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from council.advising.reading import UNREAD, Failure, read_failure
from council.syntax import syntax_tree
from council.types.benchmarks import Sample, SampleOutcome
from council.types.checks import TestOutcome


@dataclass(frozen=True)
class BugClass:
    """One way to fail: what is seen, and what it means for whoever calls such code."""

    key: str
    title: str
    impact: str
    silent: bool = False
    """The code returns a wrong value and says nothing."""


_LOUD = "The call ends in an exception where a value was due."
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("tampering", "Works on its tests instead of the task", "No result of such code can be believed."),
    ("no-code", "Answers without whole code", "There is nothing to run."),
    ("not-python", "Is not valid Python", "It cannot be imported, let alone called."),
    ("unfinished", "Has no body", "The function is there and does nothing."),
    ("missing-function", "Lacks the function that was asked for", "Importing what the task names fails."),
    ("undefined-name", "Uses a name that is defined nowhere", "It ends in NameError once that line is reached."),
    ("missing-module", "Imports a module that is not there", "It does not load where that module is missing."),
    ("fails-on-loading", "Fails while it loads", "Importing it ends in an exception."),
    ("never-ends", "Does not end in time", "The caller waits for longer than a test may take."),
    ("ends-program", "Ends the interpreter", "The whole program stops, not the call alone."),
    ("recursion", "Calls itself without end", "The call ends in RecursionError."),
    ("empty-input", "Fails on empty input only", "The first empty list or text breaks it, or its result."),
    ("does-not-raise", "Accepts what it must refuse", "Bad input goes on as if it were good."),
    ("index-error", "Reaches behind the end", _LOUD),
    ("key-error", "Looks up a key that is not there", _LOUD),
    ("type-error", "Treats a value as another type", _LOUD),
    ("value-error", "Refuses or misreads a valid value", _LOUD),
    ("attribute-error", "Uses what a value does not have", _LOUD),
    ("zero-division", "Divides by zero", _LOUD),
    ("other-error", "Raises an exception", _LOUD),
    ("returns-nothing", "Returns None where a value is due", "The caller gets None and fails later, elsewhere."),
    ("should-be-nothing", "Returns a value where None is due", "The caller takes “there is none” for a result."),
    ("wrong-yes", "Says yes where no is right", "A check that lets wrong input through."),
    ("wrong-no", "Says no where yes is right", "A check that turns right input away."),
    ("off-by-one", "Number wrong by one", "The number is a neighbour of the right one: it looks plausible."),
    ("wrong-sign", "Wrong sign", "The number has the right size and the wrong direction."),
    ("wrong-order", "Right elements in the wrong order", "Whoever relies on the order gets the wrong element."),
    ("elements-missing", "Elements are missing", "Part of the result is lost without a word."),
    ("elements-too-many", "Elements that do not belong", "The result holds more than it should."),
    ("wrong-type", "Wrong type returned", "The caller gets another kind of value than asked for."),
    ("wrong-case", "Upper and lower case are wrong", "The text differs from the one asked for."),
    ("wrong-spacing", "White space is wrong", "The text differs from the one asked for."),
    ("cut-short", "Text is cut short", "Part of the text is lost without a word."),
    ("wrong-text", "Wrong text returned", "The text differs from the one asked for."),
    ("wrong-elements", "Wrong elements in the result", "The result looks right and holds the wrong things."),
    ("wrong-number", "Wrong number returned", "The number is wrong and nothing says so."),
    ("ignores-argument", "Never reads one of its arguments", "Whatever is passed there changes nothing."),
    ("wrong-result", "Wrong result", "The result is wrong and nothing says so."),
)
_SILENT = frozenset("""
    does-not-raise returns-nothing should-be-nothing wrong-yes wrong-no off-by-one wrong-sign wrong-order
    elements-missing elements-too-many wrong-type wrong-case wrong-spacing cut-short wrong-text wrong-elements
    wrong-number ignores-argument wrong-result
    """.split())
CLASSES: dict[str, BugClass] = {
    key: BugClass(key, title, impact, silent=key in _SILENT) for key, title, impact in _KINDS
}
"""Every class by its key, in the order of their rank."""

_RANK = {key: rank for rank, key in enumerate(CLASSES)}
_BY_EXCEPTION = {
    "IndexError": "index-error",
    "KeyError": "key-error",
    "TypeError": "type-error",
    "ValueError": "value-error",
    "AttributeError": "attribute-error",
    "ZeroDivisionError": "zero-division",
    "RecursionError": "recursion",
    "NameError": "undefined-name",
    "UnboundLocalError": "undefined-name",
    "ModuleNotFoundError": "missing-module",
    "SyntaxError": "not-python",
    "IndentationError": "not-python",
    "TabError": "not-python",
}
_FLAT = ("wrong-number", "wrong-text", "wrong-elements", "wrong-result")
"""Classes that say little: what the code itself shows says more."""
_WORD = re.compile(r"\s+")


def classify(sample: Sample) -> str | None:
    """Return the class of a failed attempt; ``None`` where it passed every test, or nobody can say."""
    if sample.outcome is SampleOutcome.BROKEN or (sample.passed and sample.edge_passed is not False):
        return None
    if sample.outcome is SampleOutcome.TAMPERED:
        return "tampering"
    if sample.outcome is SampleOutcome.NO_CODE or not (sample.code or "").strip():
        return "no-code"
    tree = syntax_tree(sample.code or "")
    if tree is None:
        return "not-python"
    failures = _failures(sample)
    if any(_lacks_the_function(failure) for failure in failures):
        return "missing-function"
    functions = {
        n.name: n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    }  # the last counts
    if any(_has_no_body(function) for function in functions.values()):
        return "unfinished"
    shape = _most_common([_shape(failure) for failure in failures])
    if failures and shape not in _BY_EXCEPTION.values() and all(_on_empty(failure) for failure in failures):
        return "empty-input"
    if shape in _FLAT and any(_ignored(function) for function in list(functions.values())[:1]):
        return "ignores-argument"
    return shape


def _failures(sample: Sample) -> list[Failure]:
    """Return the failed plain tests; where all passed, the failed edge cases."""
    plain = sample.report.check("tests") if sample.report is not None else None
    tests = [test for test in (plain.tests if plain is not None else ()) if test.outcome is not TestOutcome.PASSED]
    return [read_failure(test) for test in tests or sample.failed_tests]


def _most_common(shapes: Sequence[str]) -> str:
    counts = Counter(shapes)
    if len(counts) > 1:
        del counts["wrong-result"]  # the others say more
    for loaded in ("not-python", "undefined-name", "missing-module", "fails-on-loading", "never-ends", "ends-program"):
        if counts[loaded]:
            return loaded
    return min(counts, key=lambda key: (-counts[key], _RANK[key])) if counts else "wrong-result"


def _shape(failure: Failure) -> str:
    outcome = failure.test.outcome.value
    if outcome == "timed_out":
        return "never-ends"
    if outcome == "missing":
        return "ends-program" if "interpreter" in failure.message else "never-ends"
    if outcome == "error" and _BY_EXCEPTION.get(failure.raised or "") not in (
        "not-python",
        "undefined-name",
        "missing-module",
    ):
        return "fails-on-loading"
    if failure.never_raised:
        return "does-not-raise"
    if failure.raised is not None:
        return _BY_EXCEPTION.get(failure.raised, "other-error")
    if failure.compared:
        return _difference(failure.got, failure.expected)
    if failure.extra:
        return "elements-too-many" if failure.extra > 0 else "elements-missing"
    return "wrong-elements" if failure.differs_at else "wrong-result"


def _difference(got: Any, expected: Any) -> str:
    """Return how two values that should be equal differ."""
    if got is None or expected is None:
        return "returns-nothing" if got is None else "should-be-nothing"
    if isinstance(got, bool) and isinstance(expected, bool):
        return "wrong-yes" if got else "wrong-no"
    if _says(got) and _says(expected):
        return "wrong-yes" if _says(got) == "yes" else "wrong-no"
    if _number(got) and _number(expected):
        return _numbers(got, expected)
    if type(got) is not type(expected):
        return "wrong-type"
    if isinstance(got, str):
        return _texts(got, expected)
    if isinstance(got, list | tuple):
        return _sequences(got, expected)
    if isinstance(got, dict | set | frozenset):
        return _collections(set(got), set(expected))
    return "wrong-result"


def _says(value: Any) -> str | None:
    """Return ``yes`` or ``no`` where the text is one."""
    word = value.lower() if isinstance(value, str) else ""
    return word if word in ("yes", "no") else None


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(got: float, expected: float) -> str:
    if got == -expected:
        return "wrong-sign"
    whole = float(got).is_integer() and float(expected).is_integer()
    return "off-by-one" if whole and abs(got - expected) == 1 else "wrong-number"


def _texts(got: str, expected: str) -> str:
    if got.casefold() == expected.casefold():
        return "wrong-case"
    if _WORD.sub("", got) == _WORD.sub("", expected):
        return "wrong-spacing"
    if sorted(got.split()) == sorted(expected.split()):
        return "wrong-order"
    return "cut-short" if len(got) < len(expected) and got in expected else "wrong-text"


def _sequences(got: Sequence[Any], expected: Sequence[Any]) -> str:
    mine, right = Counter(map(repr, got)), Counter(map(repr, expected))
    if mine == right:
        return "wrong-order"
    if not mine - right:
        return "elements-missing"
    return "elements-too-many" if not right - mine else "wrong-elements"


def _collections(got: set[Any], expected: set[Any]) -> str:
    if got < expected:
        return "elements-missing"
    return "elements-too-many" if got > expected else "wrong-elements"


def _on_empty(failure: Failure) -> bool:
    arguments = failure.arguments or ()
    return any(argument is not UNREAD and argument in ([], "", {}, (), set()) for argument in arguments)


def _lacks_the_function(failure: Failure) -> bool:
    return failure.message.startswith("ImportError: cannot import name")


def _has_no_body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for node in function.body:
        written = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)  # a docstring, or ``...``
        if not written and not isinstance(node, ast.Pass):
            return False
    return True


def _ignored(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    names = {argument.arg for argument in given} - {"self", "cls"}
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return bool(names - read) and not any(name.startswith("_") for name in names - read)
