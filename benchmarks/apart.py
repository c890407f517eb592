"""Tests and code in two processes against tests beside the code: the same verdicts, and what it costs.

    python benchmarks/apart.py OUTPUTS.jsonl.gz [STRONG.jsonl.gz] [--every N]

Runs each recorded program both ways over its tests and prints the verdicts that differ and the ratio of the times.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from pathlib import Path

from council.policies import Criterion
from council.sandbox import open_sandbox
from council.settings import Settings
from council.suites import load_suite, read_outputs, suite_of_outputs, with_edge_tests
from council.types.submission import SourceFile, Submission
from council.validation.pytest import TestsCheck


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outputs", type=Path)
    parser.add_argument("strong", type=Path, nargs="?")
    parser.add_argument("--every", type=int, default=1, help="only each Nth program")
    options = parser.parse_args()
    outputs = read_outputs(options.outputs)
    suite = suite_of_outputs(outputs)
    if options.strong is not None:
        suite = with_edge_tests(suite, load_suite(options.strong))
    tasks = {task.id: task for task in suite.tasks}
    settings = Settings(store=False)
    sandbox = open_sandbox(settings)
    ways = {"beside": TestsCheck(settings), "apart": TestsCheck(settings.but(tests_apart=True))}
    spent, verdicts, recorded, not_apart = Counter[str](), Counter[str](), Counter[str](), 0
    for output in outputs.outputs[:: options.every]:
        task = tasks[output.task_id]
        for kind, tests in (("plain", task.tests), ("strong", task.edge_tests)):
            if not tests:
                continue
            submission = Submission(files=(SourceFile(path=task.path, text=output.code),), tests=tests)
            said = {}
            for way, check in ways.items():
                started = time.monotonic()
                result = await check.run(submission, Criterion(check="tests"), sandbox)
                spent[way] += round(1000 * (time.monotonic() - started))
                said[way] = result.outcome.value
                not_apart += way == "apart" and result.apart is False
            verdicts[f"{kind}: beside {said['beside']}, apart {said['apart']}"] += 1
            if said["beside"] != said["apart"]:
                print(f"differs  {output.model}  {output.task_id}  {kind}: {said}  {result.summary}")
            if kind == "plain" and output.passed is not None:
                recorded[f"recorded {output.passed}, apart {said['apart']}"] += 1
    for line, count in sorted((verdicts + recorded).items()):
        print(f"{count:5}  {line}")
    print(f"{not_apart:5}  could not run apart")
    print(
        f"beside {spent['beside'] / 1000:.1f} s, apart {spent['apart'] / 1000:.1f} s: {spent['apart'] / spent['beside']:.2f} times"
    )


if __name__ == "__main__":
    asyncio.run(main())
