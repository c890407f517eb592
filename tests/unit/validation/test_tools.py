"""The four tools that only look: what they find, and that nothing in the code can silence or blind them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from council.policies import load_policy
from council.protocols import Job, Run
from council.settings import Settings
from council.types.checks import CheckOutcome, CheckResult, Mark, SandboxInfo, ValidationReport
from council.types.findings import Severity
from council.types.submission import SourceFile, Submission
from council.validation import CHECK_NAMES, run_checks, tool_versions
from council.validation.flake8 import severity_of

Check = Callable[..., CheckResult]
Validate = Callable[..., ValidationReport]


def rules(result: CheckResult) -> set[str | None]:
    return {finding.rule for finding in result.findings}


def test_good_code_passes_everything(validate: Validate) -> None:
    report = validate('"""One."""\n\n\ndef one() -> int:\n    return 1\n')
    assert {check.name: check.mark for check in report.checks} == {
        "syntax": Mark.OK, "tests": Mark.NONE, "examples": Mark.NONE, "security": Mark.OK, "lint": Mark.OK, "formatting": Mark.OK,
    }  # fmt: skip
    assert [check.name for check in report.checks] == [c.check for c in load_policy("base").criteria]
    assert report.exit_code == 0 and report.sandbox.backend in ("bubblewrap", "landlock")


@pytest.mark.parametrize(
    "code, words",
    [
        ("def f(:\n", "cache.py:1: SyntaxError"),
        ("x = 1\n  y = 2\n", "cache.py:2: IndentationError"),
        ("return 1\n", "'return' outside function"),
        ("x = '\\ud800'\nx = 0777\n", "cache.py:2: SyntaxError"),
        ("# -*- coding: unicode_escape -*-\nx = 1\n", "encoding unicode_escape"),
        ("x = 1\n# coding: latin1\n", "cache.py:2: declares the encoding latin1"),
        ("x = 1\0\n", "null bytes"),
        ("x = " + "(" * 5000 + ")" * 5000, "cache.py"),
        ("x = " + "-" * 200_000 + "1", "cache.py"),
    ],
)
def test_what_does_not_parse_fails_alone(validate: Validate, code: str, words: str) -> None:
    report = validate(code, "def test_one():\n    pass\n")
    syntax = report.checks[0]
    assert syntax.outcome in (CheckOutcome.FAILED, CheckOutcome.CRASHED) and not syntax.passed
    if syntax.outcome is CheckOutcome.FAILED:
        assert words in syntax.summary
        for other in report.checks[1:]:
            assert other.outcome is CheckOutcome.SKIPPED and other.summary == "not run: the code does not parse"
        assert report.exit_code == 1
    else:
        assert report.exit_code == 3


def test_utf8_cookies_are_fine(check: Check) -> None:
    for cookie in ("# coding: utf-8\n", "# -*- coding: UTF_8 -*-\n", "# vim: set fileencoding=utf8 :\n"):
        assert check("syntax", cookie + "x = 1\n").passed, cookie


def test_lint_tells_errors_from_warnings(check: Check) -> None:
    result = check("lint", "import os\nx=undefined\n")
    assert result.outcome is CheckOutcome.FAILED and result.summary == "1 error (F821), 2 warnings (F401, E225)"
    assert [f.id for f in result.findings] == ["flake8-1", "flake8-2", "flake8-3"]
    assert str(result.findings[0].location) == "cache.py:1"
    warned = check("lint", "x=1\n")
    assert warned.outcome is CheckOutcome.PASSED and warned.mark is Mark.WARN and warned.summary == "1 warning (E225)"


@pytest.mark.parametrize("rule, severity", [("F821", "high"), ("E999", "high"), ("F632", "high"), ("F401", "low"),
                                            ("F841", "low"), ("E501", "low"), ("C901", "low"), ("F403", "medium")])  # fmt: skip
def test_how_much_a_lint_code_weighs(rule: str, severity: str) -> None:
    assert severity_of(rule) is Severity(severity)


def test_comments_do_not_silence_lint_or_security(check: Check) -> None:
    code = "# flake8: noqa\nimport subprocess\n\n\ndef run(words):\n    subprocess.call(words, shell=True)  # nosec\n    return nope  # noqa: F821\n"
    lint = check("lint", code)
    assert lint.outcome is CheckOutcome.FAILED
    assert next(f for f in lint.findings if f.rule == "F821").suppressed_by == "noqa"
    security = check("security", code)
    found = next(f for f in security.findings if f.rule == "B602")
    assert (found.severity, found.suppressed_by) == (Severity.HIGH, "nosec")
    assert security.outcome is CheckOutcome.FAILED and str(found.location) == "cache.py:6"


def test_settings_of_the_submission_do_not_silence_anything(validate: Validate) -> None:
    code = {
        "cache.py": "import subprocess\nx = nope\nsubprocess.call(x, shell=True)\n",
        "setup.cfg": "[flake8]\nextend-ignore = F821\n[flake8:local-plugins]\nextension = X = evil:Evil\npaths = .\n",
        ".flake8": "[flake8]\nexclude = *\n",
        "tox.ini": "[flake8]\nexclude = *\n",
        ".bandit": "[bandit]\nskips = B602\n",
        "pyproject.toml": "[tool.bandit]\nskips = ['B602']\n[tool.black]\nexclude = '.*'\n",
        "evil.py": "import os\n\n\nclass Evil:\n    os._exit(0)\n",
    }
    report = validate(code)
    assert report.check("lint").outcome is CheckOutcome.FAILED  # type: ignore[union-attr]
    assert report.check("security").outcome is CheckOutcome.FAILED  # type: ignore[union-attr]
    assert "F821" in rules(report.check("lint")) and "B602" in rules(report.check("security"))  # type: ignore[arg-type]


def test_security_says_what_it_did_not_find(check: Check) -> None:
    result = check("security", "import random\n\nx = random.random()\nassert x\n")
    assert result.outcome is CheckOutcome.PASSED and result.summary == "nothing high; 2 low (B101, B311)"


def test_a_file_that_blinds_bandit_has_not_passed(check: Check) -> None:
    result = check(
        "security", "import subprocess\nx = " + " + ".join(["1"] * 3000) + "\nsubprocess.call('x', shell=True)\n"
    )
    assert result.outcome is CheckOutcome.CRASHED and result.summary == "bandit could not read cache.py"


def test_tests_are_not_linted(validate: Validate) -> None:
    report = validate('"""One."""\n', "import os\nassert nope\n")
    assert report.check("lint").passed and not report.check("lint").findings  # type: ignore[union-attr]
    assert not report.check("security").findings  # type: ignore[union-attr]


def test_formatting_counts_places_and_tells_of_switches(check: Check) -> None:
    result = check("formatting", "x=1\n\n\ny = 2\n\n\nz=3\n")
    assert result.summary == "2 places" and not result.required and result.mark is Mark.WARN
    assert [str(f.location) for f in result.findings] == ["cache.py:1", "cache.py:7"]
    # Lines as Python counts them, not as an editor might.
    separated = check("formatting", 'a = "\x0c\x85\u2028"\nx=1\n')
    assert [str(f.location) for f in separated.findings] == ["cache.py:2"]
    assert [str(f.location) for f in check("formatting", "x = 1\n\n\n").findings] == ["cache.py:2"]
    silenced = check("formatting", "# fmt: off\nx=1\n")
    assert silenced.outcome is CheckOutcome.FAILED and silenced.findings[0].suppressed_by == "fmt: off"


def test_names_with_odd_characters_are_told_as_they_are(check: Check) -> None:
    for path in ("my cache-v2.py", "größe.py", "a:b.py", "-x.py", "a.b.py"):
        result = check("lint", {path: "x = nope\n"})
        assert result.outcome is CheckOutcome.FAILED, (path, result)
        assert result.findings[0].location is not None and result.findings[0].location.path == path
        assert check("security", {path: "assert 1\n"}).findings[0].location.path == path  # type: ignore[union-attr]


class Deaf:
    """A sandbox whose programs answer what they are told to."""

    info = SandboxInfo(backend="none")

    def __init__(self, run: Run) -> None:
        self.answer = run

    async def run(self, job: Job) -> Run:
        return self.answer


@pytest.mark.parametrize(
    "answer",
    [
        Run(exit_code=0),
        Run(exit_code=1),
        Run(exit_code=139, stderr=b"Segmentation fault"),
        Run(exit_code=None, timed_out=True),
        Run(exit_code=None, out_of_memory=True),
        Run(exit_code=0, stdout=b"{}"),
        Run(exit_code=0, stdout=b"[1, 2"),
        Run(exit_code=0, stdout=b'{"files": {}, "tests": {}}'),
        Run(exit_code=0, stdout=b'{"results": [], "errors": [], "metrics": {}}'),
        Run(exit_code=0, stdout=b"\xff\xfe", truncated=True),
    ],
    ids=range(10),
)
def test_no_trouble_of_a_tool_reads_as_a_pass(answer: Run) -> None:
    submission = Submission(
        files=(SourceFile(path="a.py", text="x = 1\n"),),
        tests=(SourceFile(path="test_a.py", text="def test_a():\n    pass\n"),),
    )
    report = asyncio.run(run_checks(submission, load_policy("base"), Deaf(answer), settings=Settings()))
    assert not any(check.passed for check in report.checks)  # a silent flake8 with code 0 has not said what it read
    assert report.exit_code != 0


def test_every_result_is_told_as_it_comes_and_names_are_known(sandbox: object) -> None:
    heard: list[CheckResult] = []
    submission = Submission.from_text("x = 1\n")
    report = asyncio.run(
        run_checks(submission, load_policy("base"), sandbox, settings=Settings(), on_check=heard.append)  # type: ignore[arg-type]
    )
    assert sorted(c.name for c in heard) == sorted(c.name for c in report.checks) == sorted(CHECK_NAMES)
    versions = tool_versions()
    assert list(versions) == ["pytest", "bandit", "flake8", "black"] and all(versions.values())


def test_no_python_is_not_a_pass(validate: Validate) -> None:
    report = validate({"notes.txt": "hello"})
    assert report.exit_code == 3 and not any(check.passed for check in report.checks)
