"""``council policy`` as people type it: from a benchmark in the store to a ban that holds."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from council.store import open_store
from council.types.benchmarks import BenchedModel, Benchmark, Sample, SampleOutcome, TaskSummary

Run = Callable[..., subprocess.CompletedProcess[str]]
DAY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def measured(tmp_path: Path) -> str:
    """A store with a benchmark over 20 tasks: poor:1b passes one of them, fine:1b all."""
    path = str(tmp_path / "s.db")
    tasks = tuple(TaskSummary(id=f"t{n}", text="x", digest="d", tests=1, edge_tests=1) for n in range(20))
    models = (BenchedModel(name="poor:1b", digest="12" * 32), BenchedModel(name="fine:1b", digest="cd" * 32))
    store = open_store(path)
    store.open_benchmark(
        Benchmark(
            benchmark_id="b1111111",
            created_at=DAY,
            council_version="0",
            suite="s",
            suite_digest="d",
            tasks=tasks,
            models=models,
            policy="team",
        )
    )
    for model in models:
        for number, task in enumerate(tasks):
            good = model.name == "fine:1b" or number == 0
            outcome = SampleOutcome.PASSED if good else SampleOutcome.FAILED
            store.add_sample(
                Sample(
                    benchmark_id="b1111111",
                    model=model.name,
                    task=task.id,
                    number=1,
                    outcome=outcome,
                    edge_passed=good,
                    finished_at=DAY,
                )
            )
    store.close()
    return path


def test_list_show_and_diff(run: Run) -> None:
    listed = run("policy", "list", "--format", "json")
    assert [policy["id"] for policy in json.loads(listed.stdout)] == ["base", "checks-only", "python-team"]
    assert "extends base · 4 rules · 0 models banned" in run("policy", "list").stdout
    shown = run("policy", "show").stdout
    for part in (
        "files: team.toml → base.toml",
        "codellama:34b  banned  team.toml",
        "quorum         1         team.toml",
    ):
        assert part in shown
    told = json.loads(run("policy", "show", "--format", "json").stdout)
    assert told["origins"]["voting.quorum"] == ["base.toml", "team.toml"] and told["policy"]["id"] == "team"
    diff = run("policy", "diff", "base", "team.toml")
    assert diff.returncode == 0 and "weaker    voting.quorum         3 → 1" in diff.stdout
    changes = json.loads(run("policy", "diff", "team.toml", "base", "--format", "json").stdout)
    assert {"field": "voting.quorum", "before": "1", "after": "3", "direction": "stricter"} in changes


def test_lint(run: Run, tmp_path: Path) -> None:
    noted = run("policy", "lint")
    assert noted.returncode == 0 and "voting.quorum [weaker]" in noted.stdout
    assert run("policy", "lint", "--strict").returncode == 1
    (tmp_path / "odd.toml").write_text('title = "Odd"\n[[models]]\nname = "m:1b"\nstatus = "banned"\nreason = "r"\n')
    odd = run("policy", "lint", "odd.toml", "--format", "json")
    assert odd.returncode == 1 and [remark["code"] for remark in json.loads(odd.stdout)] == ["no-advisory"]
    (tmp_path / "broken.toml").write_text('title = "Broken"\nquorm = 3\n')
    broken = run("policy", "lint", "broken.toml")
    assert broken.returncode == 2 and "unknown field 'quorm'" in broken.stderr


def test_from_a_benchmark_to_a_ban_that_holds(run: Run, ollama: Any, measured: str, tmp_path: Path) -> None:
    ollama.digests |= {"poor:1b": "12" * 32, "copy:latest": "12" * 32}
    store = ("--set", f"store_url={measured}")
    assert run("generate", "one()", "--model", "copy", "--no-store").returncode != 2
    before = (tmp_path / "team.toml").read_text()
    done = run("policy", "propose", "-o", "bans.patch", *store)
    assert done.returncode == 0 and done.stdout == ""
    assert "ban poor:1b: 5 % of its programs pass plain and edge-case tests" in done.stderr
    assert "the policy is unchanged" in done.stderr and (tmp_path / "team.toml").read_text() == before
    assert "benchmark:b1111111#table/both_passed/poor:1b" in (tmp_path / "bans.patch").read_text()
    git = shutil.which("git")
    assert git is not None
    subprocess.run([git, "apply", "bans.patch"], cwd=tmp_path, check=True)
    for name in ("poor:1b", "copy"):
        refused = run("generate", "one()", "--model", name, "--no-store")
        assert refused.returncode == 2 and "Advisory: poor-1b" in refused.stderr
        assert refused.stderr.strip().endswith("Use: --model fine:1b")
    again = run("policy", "propose", *store)
    assert (again.returncode, again.stdout) == (0, "") and "does not say already" in again.stderr
    assert run("policy", "lint").returncode == 0


def test_an_empty_store_proposes_nothing_and_makes_no_file(run: Run, tmp_path: Path) -> None:
    done = run("policy", "propose", "--set", f"store_url={tmp_path / 'none.db'}")
    assert (done.returncode, done.stdout) == (0, "") and not (tmp_path / "none.db").exists()


def test_schema(run: Run, tmp_path: Path) -> None:
    assert run("policy", "schema", "-o", "policy.schema.json").returncode == 0
    assert json.loads((tmp_path / "policy.schema.json").read_text())["title"] == "A policy of council"
    assert "fallback" in run("policy", "schema", "--panel").stdout
