"""How many faulty programs the examples in the task's own text convict, and how many right ones, by whose fault.

    python benchmarks/examples.py TASKS [--evidence FILE] [--list]

TASKS is a file of HumanEval (a JSON object a line with task_id, prompt and entry_point). The programs and the truth, plain
and strong tests, are those of examples/advisory-codellama-34b: 492 programs of three real models.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import gzip
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO, cast

from council.examples import Example, example_tests, extract_examples
from council.policies import Criterion
from council.protocols import Sandbox
from council.sandbox import open_sandbox
from council.settings import Settings
from council.store import import_store, open_store
from council.types.benchmarks import Sample
from council.types.checks import CheckOutcome
from council.types.submission import SourceFile, Submission
from council.validation.examples import ExamplesCheck
from council.validation.pytest import TestsCheck

EVIDENCE = Path(__file__).parents[1] / "examples" / "advisory-codellama-34b" / "evidence.jsonl.gz"
SETTINGS = Settings(store=False, test_timeout_s=10.0)


def read_tasks(path: str) -> dict[str, dict[str, Any]]:
    """Return the tasks of a file by their id."""
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return {task["task_id"].replace("Python/", "HumanEval/"): task for task in map(json.loads, lines)}


def read_samples(path: Path) -> list[Sample]:
    """Return the samples of the one benchmark in an export."""
    with tempfile.TemporaryDirectory() as folder:
        archive = open_store(f"{folder}/council.db")
        with gzip.open(path) as file:
            import_store(archive, cast(BinaryIO, file))
        (summary,) = archive.list_benchmarks(limit=2)
        samples = list(archive.read_samples(summary.benchmark_id))
        archive.close()
    return samples


def functions_of(code: str, only: str) -> dict[str, tuple[str, ...]]:
    """Return the function that was asked for with its parameters, where the code has it."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return {}
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == only]
    return {node.name: tuple(arg.arg for arg in node.args.args) for node in found}


async def checked(code: str, task: str, sandbox: Sandbox) -> list[Example] | None:
    """Return what the check of a sitting convicts a program by; ``None`` where it read no example."""
    submission = Submission(files=(SourceFile(path="solution.py", text=code),), task=task)
    result = await ExamplesCheck(SETTINGS).run(submission, Criterion(check="examples", required="if_given"), sandbox)
    if result.outcome is CheckOutcome.SKIPPED:
        return None
    failed = [test for test in result.tests if test.outcome.value != "passed"]
    if result.outcome is CheckOutcome.PASSED:
        return []
    quotes = [f"{test.name} {test.reason}" for test in failed] or [result.summary]
    return [Example(call="", expected="", line=1, quote=quote) for quote in quotes]


async def convicted(code: str, examples: tuple[Example, ...], sandbox: Sandbox) -> list[Example] | None:
    """Return the examples that a program does not fulfil; ``None`` where it could not be run."""
    submission = Submission(
        files=(SourceFile(path="solution.py", text=code),),
        tests=(SourceFile(path="test_examples.py", text=example_tests(examples, "solution")),),
    )
    result = await TestsCheck(SETTINGS).run(submission, Criterion(check="tests"), sandbox)
    if result.outcome is CheckOutcome.PASSED:
        return []
    if len(result.tests) != len(examples):
        return list(examples)
    return [example for example, test in zip(examples, result.tests, strict=True) if test.outcome.value != "passed"]


async def judge(samples: list[Sample], tasks: dict[str, dict[str, Any]], show: bool, check: bool) -> int:
    """Run the examples of every program and print the table."""
    sandbox, gate = open_sandbox(SETTINGS), asyncio.Semaphore(2)
    counts: Counter[str] = Counter()
    false: list[str] = []

    async def one(sample: Sample) -> None:
        task = tasks[sample.task]
        right = sample.outcome.value == "passed" and sample.edge_passed is not False
        counts["right" if right else "faulty"] += 1
        if check:
            async with gate:
                failed = await checked(sample.code or "", task["prompt"], sandbox)
        else:
            known = functions_of(sample.code or "", task["entry_point"])
            examples = extract_examples(task["prompt"], known) if known else ()
            async with gate:
                failed = await convicted(sample.code or "", examples, sandbox) if examples else None
        if failed is None:
            return
        counts["right with examples" if right else "faulty with examples"] += 1
        if failed:
            counts["right convicted" if right else "faulty convicted"] += 1
        if failed and right:
            false.append(f"{sample.task} {sample.model}: {failed[0].quote} -> {failed[0].expected}")
        elif show and failed:
            print(f"{sample.task} {sample.model}: {failed[0].quote}")

    await asyncio.gather(*(one(sample) for sample in samples))
    print(f"{'':24}{'programs':>10}{'examples':>10}{'convicted':>11}")
    for kind in ("faulty", "right"):
        print(f"{kind:24}{counts[kind]:>10}{counts[f'{kind} with examples']:>10}{counts[f'{kind} convicted']:>11}")
    print(*sorted(false), sep="\n")
    return 0


def main() -> int:
    """Read the arguments and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", metavar="TASKS")
    parser.add_argument("--evidence", type=Path, default=EVIDENCE)
    parser.add_argument(
        "--list", action="store_true", help="name each faulty program with the example that convicts it"
    )
    parser.add_argument("--check", action="store_true", help="judge by the whole check of a sitting, docstrings included")
    options = parser.parse_args()
    samples, tasks = read_samples(options.evidence), read_tasks(options.tasks)
    return asyncio.run(judge(samples, tasks, options.list, options.check))


if __name__ == "__main__":
    sys.exit(main())
