"""A validation report as ``vengeance-validate`` has always printed it: one marked line a tool, failed tests below.

Scripts read these lines, so their beginnings stay: ``[✗] PYTEST: Unit tests FAILED (3/5 tests failed)``.
"""

from __future__ import annotations

from council.rendering.words import UNSAFE_WORDS
from council.text import one_line
from council.types.checks import CheckOutcome, CheckResult, Mark, TestOutcome, ValidationReport

_LINES = {
    "syntax": ("PYTHON-SYNTAX", "Syntax check passed", "Syntax check FAILED"),
    "lint": ("FLAKE8", "No linting issues", "Linting issues found"),
    "security": ("BANDIT", "No security issues", "Security issues found"),
    "tests": ("PYTEST", "Unit tests passed", "Unit tests FAILED"),
    "examples": ("EXAMPLES", "Examples hold", "Examples FAILED"),
    "formatting": ("BLACK", "Formatting clean", "Formatting issues found"),
}
"""In the order shown: label, what is said when nothing was found, what is said when something was."""
_SIGNS = {Mark.OK: "✓", Mark.WARN: "⚠", Mark.FAIL: "✗", Mark.BROKEN: "✗", Mark.NONE: "-"}
_PLAIN = {"✓": "+", "⚠": "!", "✗": "x", "-": "-"}


def mark_lines(report: ValidationReport, *, unicode: bool = True) -> tuple[str, ...]:
    """Return the lines: ``[✗] PYTEST: Unit tests FAILED (3/5 tests failed)``, then ``    - test_one: FAILED`` for each.

    A tool that gave no answer is marked like a failure and says why; what was not run has a ``-``.
    """
    order = {name: place for place, name in enumerate(_LINES)}
    lines: list[str] = []
    if report.sandbox.unsafe:
        lines.append(f"[{'✗' if unicode else 'x'}] SANDBOX: executed {UNSAFE_WORDS}")
    for check in sorted(report.checks, key=lambda c: order.get(c.name, len(order))):
        if check.name == "examples" and check.mark is Mark.NONE:
            continue  # most code has none: a line about that would be noise
        sign = _SIGNS[check.mark] if unicode else _PLAIN[_SIGNS[check.mark]]
        label = _LINES[check.name][0] if check.name in _LINES else check.name.upper()
        lines.append(one_line(f"[{sign}] {label}: {_said(check)}", 300))
        lines += [
            "    "
            + one_line(f"- {test.name}: {_word(test.outcome)}" + (f" ({test.reason})" if test.reason else ""), 300)
            for test in check.tests
            if test.outcome is not TestOutcome.PASSED
        ]
    return tuple(lines)


def _said(check: CheckResult) -> str:
    if check.mark is Mark.NONE:
        return check.summary if check.summary.startswith("not run") else f"Not run ({check.summary})"
    if check.mark is Mark.BROKEN:
        return f"No answer ({check.summary})"
    _, clean, dirty = _LINES.get(check.name, ("", "passed", "FAILED"))
    if check.tests:
        failed = sum(test.outcome is not TestOutcome.PASSED for test in check.tests)
        count = (
            f"{len(check.tests)}/{len(check.tests)} tests"
            if not failed
            else f"{failed}/{len(check.tests)} tests failed"
        )
        return f"{dirty if check.outcome is CheckOutcome.FAILED else clean} ({count})"
    return clean if check.mark is Mark.OK else f"{dirty} ({check.summary})"


def _word(outcome: TestOutcome) -> str:
    return "FAILED" if outcome is TestOutcome.FAILED else outcome.value.replace("_", " ").upper()
