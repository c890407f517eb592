"""``make demo LIVE=1``: a real Ollama writes the cache and its models review it; without one, one sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def make_demo_live(home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run it as make does; make itself is run by the README's test of ``make demo``."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8", "COLUMNS": "200", "LIVE": "1", **more}
    return subprocess.run(
        [sys.executable, "examples/demo.py"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=560
    )


@pytest.mark.timeout(600)  # three models' work, one after the other: three minutes where nothing else runs
@pytest.mark.ollama
def test_the_models_of_a_real_ollama_write_and_review(
    tmp_path: Path, ollama_host: str, ollama_model: str, small_model: str
) -> None:
    # A repair more would take half a minute more, and the tests of `council generate` have them; versions end in time.
    less = {"COUNCIL_REPAIRS": "0", "COUNCIL_VERSIONS_LIMIT_S": "20"}
    done = make_demo_live(tmp_path, OLLAMA_HOST=ollama_host, OLLAMA_MODEL=ollama_model, **less)
    assert done.returncode == 0, done.stdout + done.stderr
    first = done.stdout.splitlines()[0]
    assert first.startswith(f"Live: {ollama_model} writes the LRU cache, ") and "Nothing is replayed" in first
    shown = done.stdout + done.stderr
    assert "recorded" not in shown and "--replay" not in shown
    assert f"--model {ollama_model}" in done.stdout and "attempt 1: strong" in done.stderr
    seats = done.stdout.partition("\nSeats")[2]
    for name in (small_model, ollama_model):
        assert name in first and f"--seat ollama_chat/{name}" in done.stdout
        assert f"\n  {name} " in seats
    assert f"\nseat {small_model}: answering" in done.stderr
    assert re.search(rf"\n  {re.escape(ollama_model)} +recused: it wrote this code", seats), "nobody judges its own work"
    testimony = done.stdout.partition(f"--versions 8 --version-model {ollama_model}")[2].partition("\nVersions")[2]
    told = rf"\n  (none|\d+ versions? by {re.escape(ollama_model)}: \d+ distinct heard on \d+ inputs)\n"
    assert re.search(told, testimony), done.stdout
    assert not list(tmp_path.rglob("*.db")), "a demo leaves nothing in the user's store"


def test_without_a_server_it_says_how_to_start_one(tmp_path: Path) -> None:
    done = make_demo_live(tmp_path, OLLAMA_HOST="127.0.0.1:1")
    assert done.returncode == 3
    assert done.stdout == "demo: ollama at 127.0.0.1:1 does not answer. Start it with: ollama serve\n"
    assert done.stderr == ""


def test_make_hands_its_word_on(tmp_path: Path) -> None:
    told = subprocess.run(["make", "-n", "demo", "LIVE=1"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "LIVE=1 .venv/bin/python examples/demo.py" in told.stdout.replace("@", "")
