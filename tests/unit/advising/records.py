"""A small benchmark: three models on twelve tasks, one of which writes bugs of several kinds."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta

from council.advising import Evidence, Measured, Words
from council.measuring import tabulate
from council.policies import Policy, load_policy
from council.rendering import figures
from council.rendering.marks import mark_lines
from council.types.benchmarks import (
    BenchedModel,
    Benchmark,
    Machine,
    Memory,
    Sample,
    SampleOutcome,
    TaskSummary,
)
from council.types.checks import CheckOutcome, CheckResult, SandboxInfo, TestOutcome, TestResult, ValidationReport
from council.types.session import SessionState

SUBJECT, BEST, FAST = "codewriter:7b", "plain:7b", "plain:0.5b"
WHEN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ID = "b0advise"

RIGHT = '''\
def last_items(items, count):
    """Return the last items."""
    if count == 0:
        return []
    return items[-count:]
'''
FAULTY = '''\
def last_items(items, count):
    """Return the last items."""
    return items[-count:]
'''
REVERSED = """\
def ordered(items):
    return sorted(items, reverse=True)
"""
ORDERED = """\
def ordered(items):
    return sorted(items)
"""
ROOT = """\
def root(value):
    return math.sqrt(value)
"""
ROOTED = """\
import math


def root(value):
    return math.sqrt(value)
"""
TASKS = tuple(
    TaskSummary(
        id=f"task_{number:02}", title=f"Task {number:02}", text=f"Write task {number:02}.", digest=f"{number:064d}",
        tests=2, edge_tests=1, reference=RIGHT,
    )
    for number in range(1, 13)
)  # fmt: skip


def test(name: str, reason: str | None = None, output: str | None = None, outcome: str = "failed") -> TestResult:
    """A failed test; a passed one without a reason."""
    how = TestOutcome.PASSED if reason is None else TestOutcome(outcome)
    return TestResult(name=name, node_id=f"test_plain.py::{name}", outcome=how, reason=reason, output=output)


test.__test__ = False  # type: ignore[attr-defined]


def check(name: str, tests: tuple[TestResult, ...] = (), *, tool: str = "pytest") -> CheckResult:
    failed = [t for t in tests if t.outcome is not TestOutcome.PASSED]
    outcome = CheckOutcome.FAILED if failed else CheckOutcome.PASSED
    said = f"{len(failed)} of {len(tests)} tests failed" if failed else f"{len(tests)} tests passed"
    return CheckResult(
        name=name, tool=tool, outcome=outcome, required=True, summary=said if tests else "clean", tests=tests
    )


def sample(
    model: str,
    task: str,
    code: str = RIGHT,
    *,
    plain: tuple[TestResult, ...] = (),
    edge: tuple[TestResult, ...] = (),
    **more: object,
) -> Sample:
    """A program and what its tests said; passed tests are added."""
    plain_check = check("tests", (*plain, test("test_ordinary")))
    edge_check = check("tests", (*edge, test("test_border")))
    report = ValidationReport(
        checks=(
            check("syntax", tool="python"),
            plain_check,
            check("security", tool="bandit"),
            check("lint", tool="flake8"),
        ),
        sandbox=SandboxInfo(backend="bubblewrap", version="0.11.0"),
        policy="python-team",
    )
    fields: dict[str, object] = {
        "benchmark_id": ID,
        "model": model,
        "task": task,
        "number": 1,
        "outcome": SampleOutcome.FAILED if plain else SampleOutcome.PASSED,
        "edge_passed": not edge,
        "code": code,
        "report": report,
        "edge": edge_check,
        "finished_at": WHEN + timedelta(minutes=5),
        **more,
    }
    return Sample.model_validate(fields)


EDGE = test(
    "test_count_zero",
    "assert [1, 2, 3] == []",
    "test_edge.py:9: in test_count_zero\n    assert last_items([1, 2, 3], 0) == []\nE   assert [1, 2, 3] == []",
)
ORDER = test(
    "test_order",
    "assert [3, 2, 1] == [1, 2, 3]",
    "test_plain.py:5: in test_order\n    assert ordered([2, 3, 1]) == [1, 2, 3]\nE   assert [3, 2, 1] == [1, 2, 3]",
)
NAME = test(
    "test_root",
    "NameError: name 'math' is not defined",
    "test_plain.py:5: in test_root\n    assert root(4) == 2\nE   NameError: name 'math' is not defined",
)


def samples() -> tuple[Sample, ...]:
    """The subject fails 8 of 12: 4 only on an edge case, 3 in the order, 1 by a missing import."""
    found = []
    for number, task in enumerate(TASKS, 1):
        times = {"load_s": 1.0, "first_token_s": 0.2, "completion_tokens": 100}
        found.append(sample(BEST, task.id, ORDERED if 4 < number < 8 else RIGHT, duration_s=6.0, **times))
        fast = {"plain": (ORDER,), "code": REVERSED} if number > 6 else {}
        found.append(sample(FAST, task.id, duration_s=1.5, **fast, **times))  # type: ignore[arg-type]
        if number <= 4:
            found.append(sample(SUBJECT, task.id, FAULTY, edge=(EDGE,), duration_s=8.0, **times))
        elif number <= 7:
            found.append(sample(SUBJECT, task.id, REVERSED, plain=(ORDER,), duration_s=8.0, **times))
        elif number == 8:
            found.append(sample(SUBJECT, task.id, ROOT, plain=(NAME,), duration_s=8.0, **times))
        else:
            found.append(sample(SUBJECT, task.id, duration_s=8.0, **times))
    return tuple(found)


def benchmark(**more: object) -> Benchmark:
    memory = Memory(fit="fits", vram_bytes=5_000_000_000, known_by="ollama /api/ps after loading")
    fields: dict[str, object] = {
        "benchmark_id": ID,
        "state": SessionState.FINISHED,
        "created_at": WHEN,
        "finished_at": WHEN + timedelta(minutes=6),
        "council_version": "0.3.0",
        "suite": "core",
        "suite_title": "Core",
        "suite_digest": "c" * 64,
        "tasks": TASKS,
        "models": (
            BenchedModel(
                name=SUBJECT, digest="sha256:" + "a" * 64, size_bytes=4_700_000_000,
                memory=memory.but(size_bytes=5_200_000_000), released_on="2023-08",
            ),
            BenchedModel(
                name=BEST, digest="sha256:" + "b" * 64, size_bytes=4_600_000_000,
                memory=memory.but(size_bytes=5_000_000_000), released_on="2024-09",
            ),
            BenchedModel(name=FAST, size_bytes=400_000_000, memory=memory.but(size_bytes=600_000_000)),
        ),
        "policy": "python-team",
        "machine": Machine(system="Linux", cpu="a CPU", gpu="RTX 4090", server="Ollama 0.32.15"),
        **more,
    }  # fmt: skip
    return Benchmark.model_validate(fields)


@functools.cache
def _usual() -> Measured:
    return Measured(benchmark=benchmark(), samples=samples(), table=tabulate(benchmark(), samples()))


def measured(programs: tuple[Sample, ...] | None = None, **more: object) -> Measured:
    if programs is None and not more:
        return _usual()
    bench = benchmark(**more)
    mine = samples() if programs is None else programs
    return Measured(benchmark=bench, samples=mine, table=tabulate(bench, mine))


def evidence(programs: tuple[Sample, ...] | None = None, policy: Policy | None = None, **more: object) -> Evidence:
    return Evidence(
        policy=policy or load_policy("python-team"),
        words=Words(figures=figures, marks=mark_lines),
        measured=(measured(programs),),
        **more,  # type: ignore[arg-type]
    )
