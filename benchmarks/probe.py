"""Which small changes plain tests do not notice and edge-case tests do, on the right solutions of a suite.

    python benchmarks/probe.py [--suite core] [--budget S] [--task NAME]…

For each task the right solution is measured as ``council review --probe`` does it, by its plain tests. Each change that they
let pass is then run against plain and edge-case tests together.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from council import probing, validation
from council.protocols import Sandbox
from council.sandbox import open_sandbox
from council.settings import Settings
from council.suites import load_suite
from council.types.benchmarks import Task
from council.types.checks import CheckOutcome, ValidationReport
from council.types.probe import Mutant, Probe
from council.types.submission import SourceFile, Submission


async def measure(task: Task, sandbox: Sandbox, settings: Settings) -> tuple[Probe, list[Mutant]]:
    """Return the probe of a task's right solution by plain tests, and the survivors that edge-case tests notice."""
    solution = SourceFile(path=task.path, text=task.reference or "")
    submission = Submission(files=(solution,), tests=task.tests, task=task.text)
    nothing = ValidationReport(checks=(), sandbox=sandbox.info, policy="none")
    tools = probing.Tools(sandbox, validation.run_tests, validation.measure_reach)
    probe = await probing.probe_submission(submission, nothing, tools, settings)
    noticed = []
    for mutant in probe.survived:
        lines, count = solution.text.splitlines(), len(mutant.before.splitlines())
        lines[mutant.line - 1 : mutant.line - 1 + count] = mutant.after.splitlines()
        changed = Submission(
            files=(solution.but(text="\n".join(lines) + "\n"),), tests=(*task.tests, *task.edge_tests), task=task.text
        )
        result = await validation.run_tests(changed, sandbox, settings=settings)
        if result.outcome in (CheckOutcome.FAILED, CheckOutcome.TIMED_OUT):
            noticed.append(mutant)
    return probe, noticed


async def measure_all(names: list[str], suite: str, budget_s: float) -> int:
    """Print a line a task, and the sums."""
    settings = Settings(store=False, probe_budget_s=budget_s, test_timeout_s=5.0)
    sandbox = open_sandbox(settings)
    tasks = [task for task in load_suite(suite).tasks if task.reference and (not names or task.id in names)]
    print(f"{'task':20}{'lines':>7}{'branches':>10}{'possible':>10}{'tried':>7}{'survive':>9}{'edge tests notice':>19}")
    sums = [0, 0, 0, 0]
    left: list[str] = []
    for task in tasks:
        probe, noticed = await measure(task, sandbox, settings)
        row = [probe.found, probe.tried, len(probe.survived), len(noticed)]
        sums = [total + more for total, more in zip(sums, row, strict=True)]
        shares = ["-" if share is None else f"{share:.0%}" for share in (probe.line_share, probe.branch_share)]
        counts = f"{row[0]:>10}{row[1]:>7}{row[2]:>9}{row[3]:>19}"
        print(f"{task.id:20}{shares[0]:>7}{shares[1]:>10}{counts}  {probe.reason or ''}", flush=True)
        left += [
            f"  {m.path}:{m.line}  {m.before.strip()}  ->  {m.after.strip()}"
            for m in probe.survived
            if m not in noticed
        ]
    print(f"{'all':37}{sums[0]:>10}{sums[1]:>7}{sums[2]:>9}{sums[3]:>19}")
    print("not noticed by edge-case tests either:", *left, sep="\n")
    return 0


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--suite", default="core")
    parser.add_argument("--budget", type=float, default=60.0, metavar="S", help="seconds a task (default: 60)")
    parser.add_argument("--task", action="append", default=[], metavar="NAME")
    options = parser.parse_args()
    return asyncio.run(measure_all(options.task, options.suite, options.budget))


if __name__ == "__main__":
    sys.exit(main())
