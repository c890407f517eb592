"""What one run of a counterexample shows: the code does what the claim expects, it does not, or the run proves nothing.

A failure counts only as the claim: an assertion of the test about the code that did not hold, an expected error that
did not come, or an error that the code itself raised. A test that fails in a line of its own shows nothing.

A *crash* needs no confirmation by anybody: the code never ends, ends the interpreter, or raises what it did not mean to
raise. An error by a ``raise`` statement, an error that task or code name, and what Python says of arguments of another
type (``TypeError``, ``AttributeError``) can be what the task wants; so can any failure on a very large input.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from council.evidence.claims import TEST_FILE, Claim, Flawed
from council.evidence.dataflow import depends, in_raises, statement_at
from council.text import clip, one_line
from council.types.base import Record
from council.types.checks import CheckOutcome, CheckResult, TestOutcome, TestResult
from council.types.evidence import Flaw
from council.types.findings import Location
from council.types.submission import Submission

_ASSERTED = ("AssertionError", "Failed")
_OF_THE_TYPE = ("TypeError", "AttributeError", "NotImplementedError", "AssertionError")
_EXPECTED_ERROR = re.compile(r"DID NOT RAISE (?P<error>.{1,80})")
_COMPARED = re.compile(r"^assert (?P<actual>.{1,200}?) == ", re.DOTALL)
_LARGE = 1000
_OUTPUT_CHARS = 1500


class Shown(Record):
    """What one run showed."""

    flawed: Flawed | None = None
    passed: bool = False
    crash: bool = False
    """It failed as no code may, whatever the task is."""
    reason: str = ""
    output: str | None = None
    expected: str | None = None
    actual: str | None = None
    line: int | None = None
    """The line of the test that failed."""

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        return "it passes" if self.passed else self.reason if self.flawed is None else self.flawed.reason

    @property
    def kind(self) -> tuple[object, ...]:
        """What must be alike in all runs."""
        return (self.flawed is None, self.passed, self.crash)


def read_outcome(result: CheckResult, claim: Claim, submission: Submission) -> Shown:
    """Return what a run of the claim's test file against the submission showed."""
    forged = next((finding for finding in result.findings if finding.rule == "tampering"), None)
    if forged is not None:
        return _flawed(Flaw.TAMPERS, forged.message)
    tests = [test for test in result.tests if test.name == claim.test]
    if len(tests) != 1 or len(result.tests) != 1:
        return _unseen(result)
    (test,) = tests
    if test.outcome is TestOutcome.PASSED:
        vacuous = any(finding.rule == "vacuous" for finding in result.findings)
        return _flawed(Flaw.VACUOUS, "it passes whatever the code does") if vacuous else Shown(passed=True)
    if test.outcome in (TestOutcome.SKIPPED, TestOutcome.XFAILED, TestOutcome.XPASSED):
        return _flawed(Flaw.SKIPS, test.reason or "it was skipped")
    if test.outcome is TestOutcome.TIMED_OUT:
        return _timed_out(test, claim)
    if not test.began:
        return _flawed(Flaw.NO_TEST, test.reason or result.summary)
    if test.outcome is TestOutcome.MISSING:
        return Shown(crash=True, reason=f"{test.reason}", output=test.output, actual="the end of the interpreter")
    return _failed(test, claim, submission)


def is_lost(result: CheckResult) -> bool:
    """Whether a run came to nothing before its tests began, which a busy machine brings about as well as the code."""
    if not result.tests:
        return result.outcome in (CheckOutcome.TIMED_OUT, CheckOutcome.CRASHED)
    return any(not test.began for test in result.tests)


def _unseen(result: CheckResult) -> Shown:
    """Return why the one test was not seen: its file could not be imported, or there were more or others."""
    if result.tests and any(test.outcome is TestOutcome.ERROR for test in result.tests):
        return _flawed(Flaw.NOT_IMPORTABLE, result.tests[0].reason or result.summary)
    if len(result.tests) > 1:
        return _flawed(Flaw.SEVERAL_TESTS, f"pytest made {len(result.tests)} tests of it; one was asked for")
    if result.outcome is CheckOutcome.TIMED_OUT:
        return _flawed(Flaw.ENDLESS, "it does not end before its test begins")
    return _flawed(Flaw.NOT_IMPORTABLE, result.summary)


def _timed_out(test: TestResult, claim: Claim) -> Shown:
    reason = test.reason or "it never came to an end"
    chain = _chain(test.place, claim)
    if chain and not depends(chain, claim.names):
        return _flawed(Flaw.ENDLESS, f"it waits for itself and not for the code: {reason}")
    line = None if test.place is None or not chain else test.place.line
    # A loop of the test's own may be what does not end: then somebody else must say that the code is to blame. Where
    # the time was over outside of the test, in the code or nobody knows where, any loop of the test may be the one.
    near: Iterable[ast.AST] = chain or ast.walk(claim.tree)
    looping = any(_may_go_on(node) for node in near)
    crash = not looping and not _is_large(claim)
    return Shown(crash=crash, reason=reason, output=_shown(test.output), actual="no end", line=line)


def _may_go_on(node: ast.AST) -> bool:
    """Whether a statement is a loop that nothing written in it ends."""
    if isinstance(node, ast.For):
        over = node.iter.func if isinstance(node.iter, ast.Call) else node.iter
        written = isinstance(over, ast.List | ast.Tuple | ast.Constant)
        return not written and not (isinstance(over, ast.Name) and over.id == "range")
    return isinstance(node, ast.While | ast.AsyncFor)


def _failed(test: TestResult, claim: Claim, submission: Submission) -> Shown:
    error, reason, output = test.error or "", test.reason or "it failed", _shown(test.output)
    ended = error in ("SystemExit", "CodeEnded") or "ended the interpreter" in reason
    chain = _chain(test.place, claim)
    if chain:
        statement = _short(chain[-1])
        if not ended and (test.outcome is TestOutcome.ERROR or error not in (*_ASSERTED, "")):
            flaw = Flaw.NOT_IMPORTABLE if "has no attribute" in reason and "module" in reason else Flaw.OWN_ERROR
            return _flawed(flaw, f"it fails in a line of its own: {statement}: {reason}")
        if not ended and not depends(chain, claim.names):
            return _flawed(Flaw.VACUOUS, f"what it asserts does not depend on the code: {statement}")
        expected, actual = _compared(chain[-1], reason, claim)
        line = None if test.place is None else test.place.line
        return Shown(crash=ended, reason=reason, output=output, expected=expected, actual=actual, line=line)
    if test.outcome is TestOutcome.ERROR and not ended:
        if "ImportError" in reason or "ModuleNotFoundError" in reason:
            return _flawed(Flaw.NOT_IMPORTABLE, reason)
        return _flawed(Flaw.OWN_ERROR, f"it fails before it begins: {reason}")
    caught = _line_in_test(test.output)
    crash = ended or (_is_accident(error, test.place, submission) and not _is_large(claim))
    expects_error = caught is not None and in_raises(statement_at(claim.tree, caught))
    place = f" in {test.place}" if test.place is not None else ""
    return Shown(
        crash=crash and not expects_error,
        reason=one_line(f"the code raises {reason}{place}", 200),
        output=output,
        actual=one_line(reason, 120),
        line=caught,
    )


def _is_accident(error: str, place: Location | None, submission: Submission) -> bool:
    """Whether the code raised what it did not mean to."""
    if error in ("RecursionError", "MemoryError", "NameError", "UnboundLocalError", "SyntaxError", "ImportError"):
        return True
    if not error or error in _OF_THE_TYPE or place is None or place.line is None:
        return False
    texts = [submission.task or "", *(file.text for file in submission.files)]
    if any(re.search(rf"\b{re.escape(error)}\b", text) for text in texts):
        return False
    file = next((file for file in submission.files if file.path == place.path), None)
    lines = [] if file is None else file.text.splitlines()
    said = lines[place.line - 1].strip() if place.line <= len(lines) else ""
    return not said.startswith(("raise", "assert"))


def _is_large(claim: Claim) -> bool:
    """Whether the test hands in something so large that a failure says nothing of ordinary use."""
    for node in ast.walk(claim.tree):
        if isinstance(node, ast.Constant) and type(node.value) is int and abs(node.value) >= _LARGE:
            return True
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow | ast.LShift):
            return True
    return False


def _compared(statement: ast.stmt, reason: str, claim: Claim) -> tuple[str | None, str | None]:
    """Return what an assertion expects and what the code gave, where it is a comparison with a value."""
    wanted = _EXPECTED_ERROR.search(reason)
    if wanted is not None:
        return one_line(wanted["error"], 80), "no error"
    test = statement.test if isinstance(statement, ast.Assert) else None
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
        return None, None
    expected = ast.unparse(test.comparators[0])
    found = _COMPARED.match(reason)
    return one_line(expected, 120), None if found is None else one_line(found["actual"], 120)


def _chain(place: Location | None, claim: Claim) -> tuple[ast.stmt, ...]:
    """Return the statements of the test at a place; none where the place is not in the test."""
    if place is None or place.line is None or not place.path.endswith(TEST_FILE):
        return ()
    return statement_at(claim.tree, place.line)


def _line_in_test(output: str | None) -> int | None:
    found = re.findall(rf"{re.escape(TEST_FILE)}:(\d{{1,6}}): in ", output or "")
    return int(found[-1]) if found else None


def _flawed(flaw: Flaw, reason: str) -> Shown:
    return Shown(flawed=Flawed(flaw=flaw, reason=one_line(reason, 200)))


def _shown(output: str | None) -> str | None:
    """Return a failure without the folder that the sandbox gave it."""
    return None if output is None else clip(output.replace("/files/code/", ""), _OUTPUT_CHARS)


def _short(node: ast.AST) -> str:
    return one_line(ast.unparse(node).partition("\n")[0], 80)
