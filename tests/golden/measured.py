"""Fixed benchmarks with everything the pages of a benchmark can show, and names that try to be markup."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from council.rendering.benchmarks import BenchmarkReport
from council.measuring import tabulate
from council.types.benchmarks import (
    BenchedModel,
    Benchmark,
    Machine,
    Memory,
    Sample,
    SampleOutcome,
    TaskSummary,
)
from council.types.checks import (
    CheckOutcome,
    CheckResult,
    SandboxInfo,
    TestOutcome,
    TestResult,
    ValidationReport,
)
from council.types.session import SessionState

AT = datetime(2026, 11, 23, 20, 15, 3, tzinfo=UTC)
RATES = {
    "smollm2:135m": (0.12, 1.2, 0.2e9),
    "qwen2.5-coder:0.5b": (0.45, 2.9, 0.6e9),
    "qwen2.5-coder:1.5b": (0.8, 6.8, 1.9e9),
}
HOSTILE = "m\x1b[31m|<b>x</b>:1b"
NAMES = ("lru_cache", "clamp", "roman", "words", "flatten", "merge", "median", "rotate", "slug", "parse")


def _test(name: str, passed: bool) -> TestResult:
    outcome = TestOutcome.PASSED if passed else TestOutcome.FAILED
    return TestResult(
        name=name, node_id=f"test_x.py::{name}", outcome=outcome, reason=None if passed else "assert 3 == 2"
    )


def _check(name: str, tests: tuple[TestResult, ...]) -> CheckResult:
    failed = sum(test.outcome is not TestOutcome.PASSED for test in tests)
    summary = f"{failed} of {len(tests)} tests failed" if failed else f"{len(tests)} tests passed"
    outcome = CheckOutcome.FAILED if failed else CheckOutcome.PASSED
    return CheckResult(name=name, tool="pytest", outcome=outcome, required=True, summary=summary, tests=tests)


def _sample(model: str, task: str, number: int, chance: random.Random) -> Sample:
    rate, spent, _ = RATES.get(model, (0.3, 2.0, 1e9))
    passed = chance.random() < rate
    edge = passed and chance.random() < 0.6
    plain = (_test(f"test_{task}_plain", passed), _test(f"test_{task}_empty", passed or chance.random() < 0.5))
    report = ValidationReport(checks=(_check("tests", plain),), sandbox=SandboxInfo(backend="bubblewrap"), policy="p")
    return Sample(
        benchmark_id="b7k2m9qx",
        model=model,
        task=task,
        number=number,
        outcome=SampleOutcome.PASSED if passed else SampleOutcome.FAILED,
        edge_passed=edge,
        code="def f():\n    return 1\n",
        reason=None if passed else "tests: 1 of 2 tests failed",
        report=report,
        edge=_check("tests", (_test(f"test_{task}_edge", edge),)),
        duration_s=round(spent * (0.8 + 0.4 * chance.random()), 3),
        first_token_s=round(spent / 10, 3),
        completion_tokens=120,
        finished_at=AT + timedelta(seconds=number),
    )


def _model(name: str) -> BenchedModel:
    size = int(RATES.get(name, (0.3, 2.0, 1e9))[2])
    memory = Memory(fit="cpu", size_bytes=size, vram_bytes=0, known_by="ollama /api/ps after loading")
    return BenchedModel(
        name=name, digest="f47d5c74a2d5482e", size_bytes=size * 4 // 5, quantisation="Q4_K_M", memory=memory, load_s=1.4
    )


def report(
    models: tuple[str, ...], *, samples: int = 5, tasks: tuple[str, ...] = NAMES, seed: int = 3
) -> BenchmarkReport:
    """Return a finished benchmark of some models with a fixed outcome."""
    chance = random.Random(seed)
    benchmark = Benchmark(
        benchmark_id="b7k2m9qx",
        state=SessionState.FINISHED,
        created_at=AT,
        finished_at=AT + timedelta(minutes=14),
        council_version="0.4.0",
        suite="core",
        suite_title="Core tasks",
        suite_digest="d" * 64,
        source="shipped",
        licence="Apache-2.0",
        tasks=tuple(TaskSummary(id=n, text=f"Write {n}.", digest=n, tests=2, edge_tests=1) for n in tasks),
        models=tuple(_model(name) for name in models),
        samples_per_task=samples,
        temperature=0.2,
        policy="python-team",
        machine=Machine(system="Linux", cpu="a processor", cores=2, server="Ollama 0.32.15"),
        duration_s=840.0,
    )
    made = tuple(_sample(m, t, n, chance) for m in models for t in tasks for n in range(1, samples + 1))
    return BenchmarkReport(benchmark=benchmark, table=tabulate(benchmark, made), samples=made)


def _recorded() -> BenchmarkReport:
    """One sample a task, outcomes recorded elsewhere, two of which turned out otherwise, one not judged."""
    told = report(("codellama:34b", "deepseek:33b"), samples=1)
    samples = tuple(
        s.but(recorded_outcome=not s.passed if (s.model, s.task) in _LIES else s.passed, duration_s=None)
        for s in told.samples
    )
    samples = (*samples[:-1], samples[-1].but(outcome=SampleOutcome.BROKEN))
    benchmark = told.benchmark.but(
        imported_from="outputs.jsonl.gz",
        machine=Machine(),
        duration_s=None,
        models=tuple(m.but(imported=True, memory=None, load_s=None, size_bytes=None) for m in told.benchmark.models),
    )
    return BenchmarkReport(benchmark=benchmark, table=tabulate(benchmark, samples), samples=samples)


def _hostile() -> BenchmarkReport:
    """Names of models, tasks and tests that try to leave their cells."""
    task = "t|x\n# <script>\x1b]0;x\x07"
    told = report((HOSTILE, "other:7b"), tasks=(task, "[a](http://x.example)"), samples=2)
    benchmark = told.benchmark.but(
        state=SessionState.INTERRUPTED, suite_title="*bold* `x` @octocat", notes=("see http://evil.example #12",)
    )
    return told.but(benchmark=benchmark)


_LIES = {("codellama:34b", "clamp"), ("deepseek:33b", "roman")}
REPORTS = {
    "three": report(tuple(RATES)),
    "four": report((*RATES, "granite-code:3b")),
    "recorded": _recorded(),
    "hostile": _hostile(),
}
STEPS = [("council bench show b7k2m9qx --format markdown", "the same as a document")]
