"""``council models`` beside a real Ollama."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pytest

from council.store import open_store
from council.types.benchmarks import BenchedModel, Benchmark, Sample, SampleOutcome, TaskSummary
from council.types.session import SessionState

AT = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


class Desk(Protocol):
    """What conftest.py gives: the command in a home of its own."""

    home: Path

    def council(self, *words: str, code: int | None = None, **env: str) -> Any: ...

    def write(self, name: str, text: str) -> Path: ...


@pytest.mark.ollama
def test_what_is_here_and_how_it_did(desk: Desk, small_model: str) -> None:
    """The digest is the server's, the policy's word and the last benchmark stand beside it."""
    first = json.loads(desk.council("models", "--format", "json", code=0).stdout)
    model = next(entry for entry in first["models"] if entry["name"] == small_model)
    assert model["family"] == "llama" and model["fits"] is True and model["small"] is True
    assert model["benchmark"] is None and (model["status"], model["listed"]) == ("allowed", False)
    _benchmark(desk, small_model, model["digest"])
    desk.write(
        "team.toml",
        f'extends = "python-team"\ntitle = "Team"\n[[models]]\nname = "{small_model}"\nstatus = "banned"\n'
        'reason = "fails its tests"\nreplacement = "qwen2.5-coder:1.5b"\nadvisory = "smollm2"\n',
    )
    again = json.loads(desk.council("models", "--policy", "team.toml", "--format", "json", code=0).stdout)
    model = next(entry for entry in again["models"] if entry["name"] == small_model)
    assert (model["status"], model["replacement"]) == ("banned", "qwen2.5-coder:1.5b")
    assert model["benchmark"]["benchmark_id"] == "b7k2m9qx" and model["benchmark"]["same_weights"] is True
    assert model["benchmark"]["rate"]["value"] == 0.25
    text = desk.council("models", "--policy", "team.toml", code=0).stdout
    assert "banned: fails its tests; use qwen2.5-coder:1.5b; see smollm2" in text
    assert "benchmark b7k2m9qx, 2026-11-23, core: 25 % (5–70) pass all tests" in text
    assert "council bench show b7k2m9qx" in text
    assert f"--model {small_model}" not in text  # nobody is told to measure what is banned


@pytest.mark.ollama
def test_without_a_store_the_rest_is_there(desk: Desk, small_model: str) -> None:
    shown = desk.council("models", "--set", "store=false", "-o", "models.txt", code=0)
    assert shown.stdout == "" and "wrote models.txt" in shown.stderr
    assert not list(desk.home.rglob("council.db"))


def _benchmark(desk: Desk, model: str, digest: str) -> None:
    store = open_store(str(desk.home / ".local" / "share" / "council" / "council.db"))
    tasks = tuple(TaskSummary(id=f"t{n}", text="t", digest=f"{n}", tests=1) for n in range(4))
    store.open_benchmark(
        Benchmark(
            benchmark_id="b7k2m9qx",
            state=SessionState.FINISHED,
            created_at=AT,
            council_version="0",
            suite="core",
            suite_digest="d",
            tasks=tasks,
            models=(BenchedModel(name=model, digest=digest),),
            policy="python-team",
        )
    )
    for at, task in enumerate(tasks):
        outcome = SampleOutcome.PASSED if at == 0 else SampleOutcome.FAILED
        store.add_sample(
            Sample(benchmark_id="b7k2m9qx", model=model, task=task.id, number=1, outcome=outcome, finished_at=AT)
        )
    store.close()
