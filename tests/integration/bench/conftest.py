"""The command as a process, with a suite of its own and recorded replies: no model is needed."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from council.bench import BenchPlan, run_benchmark
from council.engine import Council
from council.models import RecordingHost, ScriptedClient, ScriptedHost
from council.models.fakes import Model
from council.policies import load_policy
from council.protocols import BenchmarkSummary
from council.sandbox import open_sandbox
from council.settings import Settings
from council.store import open_store
from council.suites import load_suite
from council.types.benchmarks import Benchmark
from council.types.calls import Call, Reply, Usage

from tests.integration.warm import run_council

POLICY = """\
title = "Quick"
[[criteria]]
check = "tests"
"""
NAMES = ("one", "two", "three", "four")
RIGHT = "def add(a, b):\n    return a + b\n"
WRONG = "def add(a, b):\n    return a - b\n"


class Bench:
    """A folder with a suite, a policy, a store of its own, and recorded replies of two models to every task."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            "HOME": str(folder),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "OLLAMA_HOST": "127.0.0.1:1",
            "COLUMNS": "200",
            "COUNCIL_STORE_URL": str(folder / "killed.db"),
        }
        (folder / "quick.toml").write_text(POLICY)
        for name in NAMES:
            task = folder / "adding" / name
            task.mkdir(parents=True)
            (task / "task.md").write_text(
                f"Write a function `add(a, b)` that adds two numbers. This is number {name}.\n"
            )
            (task / "test_plain.py").write_text(
                f"from {name} import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n"
            )
        tasks = "\n".join(f'[[tasks]]\nid = "{name}"\n' for name in NAMES)
        (folder / "adding" / "suite.toml").write_text(f'title = "Adding"\n{tasks}')

    def record(self) -> Benchmark:
        """Run once, undisturbed, in a store of its own, and keep every reply."""
        settings = Settings(policy=str(self.folder / "quick.toml"))
        archive = open_store(str(self.folder / "whole.db"))
        script = {"good:1b": self._good, "bad:1b": self._bad}
        there = tuple(Model(name=name, digest=name * 3, size_bytes=1000, vram_bytes=500) for name in script)
        host = RecordingHost(ScriptedHost(script, models=there, version="0.9"), self.folder / "replies")
        house = Council(settings, client=ScriptedClient(), host=host, sandbox=open_sandbox(settings), store=archive)
        plan = BenchPlan(models=("good:1b", "bad:1b"), policy=load_policy(settings.policy), seed=7)
        suite = load_suite(self.folder / "adding")
        try:
            return asyncio.run(run_benchmark(suite, plan, house=house, archive=archive))
        finally:
            archive.close()

    def words(self, *more: str) -> list[str]:
        """Return what is typed to run the same benchmark from the recorded replies."""
        models = ("--model", "good:1b", "--model", "bad:1b", "--seed", "7")
        return ["bench", "run", "adding", "--replay", "replies", "--policy", "quick.toml", *(more or models)]

    def council(self, *words: str, code: int | None = 0, **env: str) -> subprocess.CompletedProcess[str]:
        """Run it and return what it said; ``code`` is the exit code it must end with."""
        done = run_council(*words, cwd=self.folder, env={**self.env, **env}, timeout=280)
        shown = f"council {' '.join(words)}\n{done.stdout}\n--- stderr\n{done.stderr}"
        assert code is None or done.returncode == code, shown
        assert "Traceback" not in done.stderr and done.returncode != 4, shown
        return done

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start it and return the process; its standard error is a pipe."""
        return subprocess.Popen(
            [sys.executable, "-m", "council", *words],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def summaries(self) -> tuple[BenchmarkSummary, ...]:
        """Return what ``council bench list`` shows, the newest first."""
        store = open_store(self.env["COUNCIL_STORE_URL"], readonly=True)
        try:
            return tuple(store.list_benchmarks())
        finally:
            store.close()

    def shown(self, benchmark_id: str, store: str = "killed.db") -> dict[str, Any]:
        """Return a benchmark as programs read it."""
        words = ("bench", "show", benchmark_id, "--format", "json")
        found: dict[str, Any] = json.loads(self.council(*words, COUNCIL_STORE_URL=str(self.folder / store)).stdout)
        return found

    @staticmethod
    def _good(call: Call) -> Reply:
        return _reply(call, RIGHT)

    @staticmethod
    def _bad(call: Call) -> Reply:
        return _reply(call, RIGHT if "number two" in call.messages[-1].content else WRONG)


def _reply(call: Call, code: str) -> Reply:
    seconds = 1.0 + len(call.model) / 10
    return Reply(
        text=f"```python\n{code}```",
        model=call.model,
        served_model=call.model,
        digest=call.model * 3,
        usage=Usage(prompt_tokens=30, completion_tokens=len(code)),
        duration_s=seconds,
        first_token_s=0.3,
        load_s=0.1,
        cost_usd=0.0,
    )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
