"""Published tests made into pytest files that import the solution and say which input fails.

Nothing here is executed: the files are texts, and they run in the sandbox like every other test.
"""

from __future__ import annotations

import keyword
import re
from typing import Any

from council.errors import SourceError
from council.text import one_line

MODULE = "solution"
_LARGEST_INPUTS = 900 << 10
"""Characters of inputs that one test file takes; what comes after them is left out."""
_NUMPY = re.compile(r"\bnp\.(\w+)")
_NUMPY_KNOWN = {"allclose", "ndarray", "float64", "float32"}
_LOOP = re.compile(
    r"\n(?P<indent> *)for i, (?P<names>\(inp, exp\)|inp) in enumerate\((?P<over>zip\(inputs, results\)|inputs)\):\n"
    r" +(?P<statement>\S[^\n]*)\s*\Z"
)
_CALLS_CHECK = re.compile(r"^check\(\w+\)[ \t]*$", re.MULTILINE)
_ERRATA = {
    # The polynomial and its zero stand the wrong way round, so that no solution could pass (HumanEval+ of 2024).
    "assert _poly(*candidate(*inp), inp) <= 0.0001": "assert abs(_poly(*inp, candidate(*inp))) <= 0.0001",
}

_TALLY = '''\
import numbers as _numbers
import time as _time

import pytest as _pytest


class _Tally:
    """Calls the solution, and counts on after an input that fails."""

    def __init__(self, function, name):
        self.function, self.name = function, name
        self.seen = self.failed = 0
        self.first = None
        self.began = _time.monotonic()

    def __call__(self, *given):
        answer = self.function(*_fresh(given))
        self.answers = (answer,)
        return answer

    def case(self, given, *wanted):
        self.given, self.wanted, self.answers = given, wanted, ()
        self.seen += 1
        return self

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        __tracebackhide__ = True
        if kind is None or not issubclass(kind, Exception):
            return False
        self.failed += 1
        if self.first is None:
            call = ", ".join(_short(value) for value in self.given)
            told = f"raised {kind.__name__}: {_short(error)}"
            for answer in self.answers:
                told = f"returned {_short(answer)}"
            wanted = f", not {_short(self.wanted[0])}" if self.wanted else ""
            self.first = f"{self.name}({call}) {told}{wanted}"
        if _time.monotonic() - self.began > 5:
            self.close()
        return True

    def close(self):
        __tracebackhide__ = True
        if self.failed:
            raise AssertionError(f"{self.failed} of {self.seen} inputs failed; the first: {self.first}")


def _fresh(value):
    """A copy, so that no answer changes what the next question is about."""
    if isinstance(value, (list, tuple, set)):
        return type(value)(_fresh(one) for one in value)
    return {key: _fresh(one) for key, one in value.items()} if isinstance(value, dict) else value


def _short(value):
    text = str(value) if isinstance(value, Exception) else repr(value)
    return text if len(text) <= 200 else f"{text[:150]} … ({len(text)} characters)"


def _close_to(out, exp, rtol, atol):
    out, exp = (value.tolist() if hasattr(value, "tolist") else value for value in (out, exp))
    if isinstance(exp, (list, tuple)):
        alike = isinstance(out, (list, tuple)) and len(out) == len(exp)
        return alike and all(_close_to(one, other, rtol, atol) for one, other in zip(out, exp))
    if not isinstance(out, _numbers.Number) or not isinstance(exp, _numbers.Number):
        return out == exp
    return out == exp or abs(out - exp) <= atol + rtol * abs(exp)
'''

_NO_NUMPY = '''\
class np:
    """The little of numpy that these tests ask for, so that they run without it."""

    ndarray, float64, float32 = type("ndarray", (), {}), None, None

    @staticmethod
    def allclose(out, exp, rtol=1e-05, atol=1e-08):
        return _close_to(out, exp, rtol, atol)
'''

_COMPARISONS = {
    "equal": """\
def _agrees(out, exp, inp):
    if out == exp:
        return True
    floats = isinstance(exp, float) or (
        isinstance(exp, (list, tuple)) and exp and all(isinstance(e, float) for e in exp)
    )
    atol = ATOL or (1e-06 if floats else 0)
    return bool(atol) and type(out) is type(exp) and _close_to(out, exp, 1e-07, atol)
""",
    "set": """\
def _agrees(out, exp, inp):
    return set(out) == set(exp)
""",
    "found": """\
def _agrees(out, exp, inp):
    return out == exp if isinstance(out, bool) else exp == (out is not None)
""",
    "zero": """\
def _agrees(out, exp, inp):
    return abs(sum(factor * out**power for power, factor in enumerate(inp[0]))) <= (ATOL or 1e-04)
""",
}


def check_entry_point(name: str, place: str) -> str:
    """Return the name if a function may have it. Raises ``SourceError``: it becomes part of a program."""
    if not (name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
        raise SourceError(f"{place}: entry_point '{one_line(name, 60)}' is no name of a function")
    return name


def pytest_of_check(task_id: str, prompt: str, entry_point: str, test: str) -> str:
    """Return a pytest file for tests that define ``check(candidate)``.

    Where they loop over inputs, every few of them are a test of their own, which counts what fails.
    """
    test = _CALLS_CHECK.sub("", test).strip("\n")
    for wrong, right in _ERRATA.items():
        test = test.replace(wrong, right)
    head = [_title("Tests", task_id), _helpers(prompt, entry_point)]
    loop, (before, found, body) = _LOOP.search(test), test.partition("def check(candidate):\n")
    given = body[: loop.start() - len(before) - len(found)].splitlines() if loop and found else []
    if loop is None or loop["indent"] != "    " or not given or not all(line[:4].isspace() for line in given if line):
        return _file(*head, _imported(entry_point), test, _function(entry_point, f"check({entry_point})"))
    lifted = "\n".join(line[4:] for line in given)
    return _file(*head, _imported(entry_point, "solved"), _TALLY, *_numpy(f"{before.rstrip()}\n\n\n{lifted}"),
                 _looped(loop, entry_point, "candidate"))  # fmt: skip


def pytest_of_loop(task_id: str, entry_point: str, test: str) -> str:
    """Return a pytest file for tests that stand at the top of a module and end with a loop over inputs."""
    test = test.strip("\n")
    loop = _LOOP.search(test)
    head = (_title("Tests", task_id), _imported(entry_point, "solved"))
    if loop is None or loop["indent"]:
        body = f"exec(compile(TESTS, 'tests', 'exec'), {{'{entry_point}': solved}})"
        return _file(*head, f"TESTS = {test!r}", _function(entry_point, body))
    return _file(*head, _TALLY, *_numpy(test[: loop.start()]), _looped(loop, entry_point, entry_point))


def pytest_of_asserts(task_id: str, names: list[str], imports: list[str], asserts: list[str]) -> str:
    """Return a pytest file with one test for each statement."""
    tests = [f"def test_{number}():\n{_indented(text)}" for number, text in enumerate(asserts, 1)]
    return _file(_title("Tests", task_id), "\n".join((*imports, f"from {MODULE} import {', '.join(names)}")), *tests)


def pytest_of_inputs(task_id: str, reference: str, entry_point: str, inputs: list[Any], **how: Any) -> str:
    """Return a pytest file that asks the solution and the reference for the same inputs.

    ``how``: ``atol``, the tolerance, and ``compare``: ``equal``, ``set``, ``found`` or ``zero``. Inputs beyond about
    900 kB are left out; the file says how many it took.
    """
    taken = _fitting(inputs)
    told = "" if len(taken) == len(inputs) else f"\n\nThe first {len(taken)} of {len(inputs)} inputs."
    lines = ",\n    ".join(taken)
    return _file(
        _title("Inputs", task_id, told),
        "from math import inf, nan",
        _imported(entry_point, "solved"),
        _TALLY,
        _COMPARISONS[how.get("compare", "equal")],
        f"REFERENCE = {reference!r}\nATOL = {float(how.get('atol') or 0)!r}\nINPUTS = [\n    {lines},\n]",
        "WANTED = {'__name__': 'reference'}\nexec(compile(REFERENCE, 'reference', 'exec'), WANTED)",
        _by_few(
            "INPUTS",
            entry_point,
            f'tally, wanted = _Tally(solved, "{entry_point}"), WANTED["{entry_point}"]',
            "for inp in INPUTS[start : start + _STEP]:",
            "    exp = wanted(*_fresh(inp))",
            "    with tally.case(inp, exp):",
            "        assert _agrees(tally(*inp), exp, inp)",
            "tally.close()",
        ),
    )


def _looped(loop: re.Match[str], entry_point: str, name: str) -> str:
    """Return the loop as tests of a few inputs each, that count on after one that fails."""
    wanted = ", exp" if "exp" in loop["names"] else ""
    return _by_few(
        "inputs",
        entry_point,
        f'{name} = _Tally(solved, "{entry_point}")',
        f"for i, {loop['names']} in list(enumerate({loop['over']}))[start : start + _STEP]:",
        f"    with {name}.case(inp{wanted}):",
        f"        {loop['statement']}",
        f"{name}.close()",
    )


def _by_few(inputs: str, entry_point: str, *lines: str) -> str:
    # At most 25 tests. With data between tests and code each one begins anew, so short ones are quick.
    step = f"_STEP = max(10, -(-len({inputs}) // 25))"
    mark = f'@_pytest.mark.parametrize("start", range(0, len({inputs}), _STEP))'
    return f"{step}\n\n\n{mark}\n{_function(entry_point, *lines, given='start')}"


def _numpy(test: str) -> tuple[str, ...]:
    """Return the tests without numpy where they want no more of it than comparing numbers."""
    if "import numpy as np" in test and set(_NUMPY.findall(test)) <= _NUMPY_KNOWN:
        return (_NO_NUMPY, test.replace("import numpy as np", "", 1))
    return (test,)


def _helpers(prompt: str, entry_point: str) -> str:
    """Return what the prompt defines before the function that is asked for: published tests use it."""
    before = re.split(rf"^(?:async )?def {entry_point}\b", prompt, maxsplit=1, flags=re.MULTILINE)
    return before[0].strip("\n") if len(before) == 2 else ""


def _fitting(inputs: list[Any]) -> list[str]:
    taken, left = [], _LARGEST_INPUTS
    for given in inputs:
        text = repr(given)
        left -= len(text)
        if left < 0:
            break
        taken.append(text)
    return taken


def _title(noun: str, task_id: str, more: str = "") -> str:
    # The id comes from a file of somebody's: no quote, backslash or line end of it may end the text.
    name = re.sub(r"[^\w/ .-]", "_", one_line(task_id, 80))
    return f'"""{noun} of {name}, as published.{more}"""'


def _imported(entry_point: str, name: str = "") -> str:
    return f"from {MODULE} import {entry_point}" + (f" as {name}" if name else "")


def _function(entry_point: str, *lines: str, given: str = "") -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f"def test_{entry_point}({given}):\n{body}"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())


def _file(*parts: str) -> str:
    return "\n\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"
