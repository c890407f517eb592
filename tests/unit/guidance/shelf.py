"""A small store's worth of evidence: two benchmarks over three models, an advisory, and a policy that names them."""

from __future__ import annotations

from datetime import UTC, datetime

from council.policies import ModelRule, Policy, load_policy
from council.protocols import Archive
from council.types.benchmarks import BenchedModel, Benchmark, Machine, Memory, Sample, SampleOutcome, TaskSummary
from council.types.facts import Source
from council.types.knowledge import DocumentVersion
from council.types.session import SessionState

STRONG, QUICK, WEAK = "qwen2.5-coder:1.5b", "smollm2:135m", "codellama:7b-instruct"
TASKS = tuple(
    TaskSummary(id=f"task_{n}", title=f"Task {n}", text=f"Write task {n}.", digest=f"{n:064d}", tests=3, edge_tests=2)
    for n in range(1, 13)
)
_PASSES = {STRONG: 9, QUICK: 3, WEAK: 2}
_SECONDS = {STRONG: 8.0, QUICK: 1.5, WEAK: 31.0}
_BYTES = {STRONG: 1_900_000_000, QUICK: 400_000_000, WEAK: 5_200_000_000}


def policy() -> Policy:
    """python-team with models of every status, one of them by family."""
    base: Policy = load_policy("python-team")
    return base.but(
        id="payments",
        title="Payments",
        models=(
            ModelRule(name=STRONG, status="recommended", reason="Passes most of our tasks.", memory_gb=4),
            ModelRule(name=QUICK, status="recommended", uses=("drafts",), reason="Answers in seconds."),
            ModelRule(name="qwen2.5:32b", status="allowed", memory_gb=22),
            ModelRule(
                family="codellama",
                status="banned",
                reason="Its code looks right and fails.",
                advisory="codellama-7b",
                replacement=STRONG,
            ),
            ModelRule(name="phi3:mini", status="discouraged", reason="Nobody measured it.", advisory="phi3-mini"),
        ),
    )


def benchmark(number: int = 1, passes: dict[str, int] | None = None) -> tuple[Benchmark, tuple[Sample, ...]]:
    """A finished benchmark of the three models; ``passes`` says how many of twelve tasks each passed."""
    when = datetime(2026, 11, 20 + number, 12, tzinfo=UTC)
    counts = {**_PASSES, **(passes or {})}
    bench = Benchmark(
        benchmark_id=f"b{number:07d}",
        state=SessionState.FINISHED,
        created_at=when,
        finished_at=when,
        council_version="0.4.0",
        suite="edges",
        suite_title="Edge cases",
        suite_digest="e" * 64,
        tasks=TASKS,
        models=tuple(
            BenchedModel(
                name=name,
                digest=f"{name.encode().hex():0<64}"[:64],
                size_bytes=_BYTES[name] * 8 // 10,
                memory=Memory(fit="cpu", size_bytes=_BYTES[name], known_by="ollama /api/ps after loading"),
                released_on="2023-08" if name == WEAK else None,
            )
            for name in counts
        ),
        policy="payments",
        machine=Machine(cpu="a processor", memory_bytes=16_000_000_000, server="Ollama 0.32.15"),
    )
    samples = tuple(
        _sample(bench, name, at, at < count) for name, count in counts.items() for at in range(len(TASKS))
    )  # fmt: skip
    return bench, samples


def _sample(bench: Benchmark, model: str, at: int, passed: bool) -> Sample:
    return Sample(
        benchmark_id=bench.benchmark_id,
        model=model,
        task=TASKS[at].id,
        number=1,
        outcome=SampleOutcome.PASSED if passed else SampleOutcome.FAILED,
        edge_passed=passed and at % 3 != 0,
        code="def f():\n    return 1\n",
        duration_s=_SECONDS[model] + at / 10,
        completion_tokens=120,
        finished_at=bench.created_at,
    )


def advisory(number: int = 1, status: str = "not recommended for production") -> DocumentVersion:
    """A version of an advisory, with facts as the advisory room names them."""
    source = (Source(kind="benchmark", id="b0000001", pointer=f"table/tests_passed/{WEAK}"),)
    facts = {"model": WEAK, "status": status, "severity": "high", "alternatives/primary/model": STRONG}
    return DocumentVersion(
        name="advisory/codellama-7b",
        number=number,
        created_at=datetime(2026, 11, 22, tzinfo=UTC),
        facts=facts,
        sources={key: source for key in facts},
        changes=("first version",) if number == 1 else (f"status is {status} (benchmark b0000001)",),
    )


def fill(archive: Archive, *, passes: dict[str, int] | None = None, number: int = 1) -> None:
    """Put a benchmark into a store; the first one brings the advisory with it."""
    bench, samples = benchmark(number, passes)
    archive.open_benchmark(bench)
    for sample in samples:
        archive.add_sample(sample)
    if number == 1:
        archive.add_version(advisory())


POLICY_FILE = f"""\
extends = "python-team"
title = "Payments"

[[models]]
name = "{STRONG}"
status = "recommended"
reason = "Passes most of our tasks."

[[models]]
name = "{QUICK}"
status = "recommended"
uses = ["drafts"]

[[models]]
family = "codellama"
status = "banned"
reason = "Its code looks right and fails."
advisory = "codellama-7b"
replacement = "{STRONG}"
"""
