"""The example programs, run as a reader would run them; what needs a model is run up to the sentence that says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("program", "code", "said"),
    [
        ("checks_alone.py", 0, "faulty: tests failed\n  test_capacity_limit: assert 3 == 2\n"),
        ("count_votes.py", 0, "3 of 4 seats heard"),
        ("review_with_seats.py", 1, "test_update_order"),
        ("write_a_function.py", 2, "no local model is set"),
    ],
)
def test_it_runs(program: str, code: int, said: str, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COUNCIL_", "OLLAMA_"))}
    environ = {**kept, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "OLLAMA_HOST": "127.0.0.1:1"}
    run = subprocess.run(
        [sys.executable, str(ROOT / "examples" / program)],
        env={**environ, "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == code, run.stdout + run.stderr
    assert said in run.stdout + run.stderr
    assert "Traceback" not in run.stderr
