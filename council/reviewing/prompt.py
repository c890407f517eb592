"""What every seat is asked. The templates hold the words; this module only prepares the material.

Code, tests, task and check results come from people and models nobody knows. They stand between two lines with a
nonce, and each of their lines begins with a number or a bar, so that nothing inside can pose as the end of the
material. The nonce is computed from the submission, so that the same submission gives the same prompt and a recording
can be found again. Who guesses it has gained nothing: the marks of the lines hold without it.
"""

from __future__ import annotations

import re

from council.policies import Policy
from council.reviewing.lures import decoy_of, find_steering, nonce_of
from council.templating import Templates
from council.text import clip, one_line
from council.types.calls import Message
from council.types.checks import CheckOutcome, CheckResult, TestOutcome, ValidationReport
from council.types.submission import SourceFile, Submission

_BREAK = re.compile(r"\r\n|\r|\n")
_TESTS_SHOWN = 12
_FINDINGS_SHOWN = 12
_OUTPUT_CHARS = 600
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]{1,200}")


def compose_prompt(
    submission: Submission, report: ValidationReport | None, policy: Policy, templates: Templates
) -> tuple[Message, ...]:
    """Return the messages for every seat: a system and a user message from ``prompts/review_*.txt.j2``.

    The code stands in them whole and unaltered behind its line numbers. Raises ``TemplateError`` for a template of the
    user's.
    """
    checks = [] if report is None else [_check(check) for check in report.checks if not _is_absent(check)]
    steered = find_steering(submission, spoken_by(report))
    values = {
        "nonce": nonce_of(submission),
        "decoy": decoy_of(submission) if steered else None,
        "task": None if submission.task is None else marked_text(submission.task),
        "files": [numbered_file(file) for file in submission.files],
        "tests": [numbered_file(file) for file in submission.tests],
        "checks": checks,
        "rules": [{"text": one_line(rule.text, 300), "severity": rule.severity.value} for rule in policy.rules],
    }
    return (
        Message(role="system", content=templates.render("prompts/review_system.txt.j2", values).strip() + "\n"),
        Message(role="user", content=templates.render("prompts/review_user.txt.j2", values).strip() + "\n"),
    )


def spoken_by(report: ValidationReport | None) -> str:
    """Return what the checks say of the code in words that may be the code's own."""
    return "" if report is None else "\n".join(_check(check)["text"] for check in report.checks)


def numbered_file(file: SourceFile) -> dict[str, str | bool]:
    """Return a file as a prompt shows it: each line behind its number."""
    lines = _lines(file.text)
    width = len(str(len(lines)))
    return {
        "path": one_line(file.path, 300),
        "odd": _PLAIN_PATH.fullmatch(file.path) is None,  # it could say something: it stands behind a bar
        "text": "\n".join(f"{number:>{width}}| {line}" for number, line in enumerate(lines, 1)),
    }


def marked_text(text: str) -> str:
    """Return text as a prompt shows it: each line behind a bar, so that none can pose as one of ours."""
    return "\n".join(f"| {line}" for line in _lines(text))


def _lines(text: str) -> list[str]:
    """Part a text as Python does: at newlines and carriage returns, so that none stands unmarked."""
    lines = _BREAK.split(text)
    return lines[:-1] if lines[-1] == "" else lines


def _is_absent(check: CheckResult) -> bool:
    """Whether there was nothing to run and nobody misses it: no example that could be read."""
    return check.name == "examples" and check.outcome is CheckOutcome.SKIPPED


def _check(check: CheckResult) -> dict[str, str]:
    words = {CheckOutcome.PASSED: "passed", CheckOutcome.FAILED: "FAILED"}
    details = [
        f"{one_line(test.name, 200)}: {test.outcome.value}" + (f", {one_line(test.reason, 300)}" if test.reason else "")
        for test in check.tests
        if test.outcome is not TestOutcome.PASSED
    ][:_TESTS_SHOWN]
    details += [
        f"{finding.location or ''} {finding.severity.value} {one_line(finding.message, 200)}".strip()
        for finding in check.findings
    ][:_FINDINGS_SHOWN]
    if check.outcome is not CheckOutcome.PASSED and not details and check.detail:
        details = [clip(check.detail, _OUTPUT_CHARS)]
    return {
        "name": check.name,
        "outcome": words.get(check.outcome, f"not answered ({check.outcome.value})"),
        "text": marked_text("\n".join([one_line(check.summary, 300), *details])),
    }
