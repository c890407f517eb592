"""The command that a document gives for a check fails exactly where the check would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from council.guidance.stating import command_of
from council.policies import Criterion
from council.types.findings import Severity
from council.validation.flake8 import severity_of

LINT = {
    "F821": "def f():\n    return undefined\n",
    "E999": "def f(:\n",
    "F632": "def f(a):\n    return a is 'x'\n",
    "F401": "import os\n",
    "F841": "def f():\n    a = 1\n",
    "F402": "import os\n\n\ndef f(a):\n    for os in a:\n        print(os)\n\n\nprint(os)\n",
    "E501": "A = '" + "x" * 100 + "'\n",
}
SECURITY = {
    "high": "import subprocess\n\nsubprocess.call('ls ' + input(), shell=True)  # nosec\n",
    "medium": "A = eval(input())  # nosec\n",
    "low": "assert True  # nosec\n",
}


def run(criterion: Criterion, folder: Path) -> tuple[int, str]:
    """Run the command of a criterion over every file of a folder and return its exit code and output."""
    command = command_of(criterion)
    assert command is not None
    words = command.removesuffix("generated.py").split()
    program = words[1:] if words[0] == "python3" else ["-m", *words]
    files = sorted(path.name for path in folder.glob("*.py"))
    done = subprocess.run([sys.executable, *program, *files], cwd=folder, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


@pytest.mark.parametrize("level", ["high", "medium", "low", None])
def test_lint(level: str | None, tmp_path: Path) -> None:
    for rule, text in LINT.items():
        (tmp_path / f"{rule}.py").write_text(text, encoding="utf-8")
    (tmp_path / "clean.py").write_text("A = 1\n", encoding="utf-8")
    (tmp_path / "silenced.py").write_text(LINT["F821"].replace("undefined", "undefined  # noqa"), encoding="utf-8")
    code, output = run(Criterion(check="lint", block_at=level), tmp_path)
    severities = {rule: severity_of(rule) for rule in LINT} | {"silenced": severity_of("F821")}
    wanted = {rule for rule, severity in severities.items() if severity.rank >= Severity(level or "info").rank}
    assert {line.split(".py")[0] for line in output.splitlines() if ".py" in line} == wanted
    assert code == (0 if level is None else 1)


@pytest.mark.parametrize("level", ["high", "medium", "low"])
def test_security(level: str, tmp_path: Path) -> None:
    for severity, text in SECURITY.items():
        (tmp_path / f"{severity}_one.py").write_text(text, encoding="utf-8")
    code, output = run(Criterion(check="security", block_at=level), tmp_path)
    wanted = {severity for severity in SECURITY if Severity(severity).rank >= Severity(level).rank}
    assert {severity for severity in SECURITY if f"{severity}_one.py" in output} == wanted
    assert code == 1


def test_levels_that_no_finding_has_never_fail() -> None:
    for check in ("lint", "security"):
        command = command_of(Criterion(check=check, block_at="critical"))
        assert command is not None and "--exit-zero" in command
        assert command == command_of(Criterion(check=check))


def test_syntax_and_formatting(tmp_path: Path) -> None:
    (tmp_path / "generated.py").write_text("A = ( 1 )\n", encoding="utf-8")
    assert run(Criterion(check="syntax", block_at="info"), tmp_path)[0] == 0
    assert run(Criterion(check="formatting", block_at="info"), tmp_path)[0] == 1
    assert run(Criterion(check="formatting", block_at="high"), tmp_path)[0] == 0
    (tmp_path / "generated.py").write_text("A = (\n", encoding="utf-8")
    assert run(Criterion(check="syntax", block_at="info"), tmp_path)[0] == 1


def test_tests_run_only_in_the_sandbox() -> None:
    assert command_of(Criterion(check="tests")) is None
