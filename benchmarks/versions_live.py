"""Which of several samples is right, with models that run here: a suite of tasks, written, picked and judged.

    python benchmarks/versions_live.py --model qwen2.5-coder:0.5b [--model M]… [--samples N] [--suite core] [--store FILE]

Needs an Ollama (OLLAMA_HOST) with the models. Samples see the task and no test, as in ``council generate --samples``;
all of them are then judged by plain and edge-case tests together. What was written is kept in the store, so that a
table that was cut off goes on where it stood. Intervals are bootstrapped over tasks.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

import numpy as np
from versions import interval

from council.bench.judging import bench_policy, judge_code, strict_house
from council.engine import Council
from council.errors import CouncilError
from council.policies import Policy
from council.protocols import Archive
from council.settings import load_settings
from council.suites import load_suite
from council.types.benchmarks import SampleOutcome, Task

BLANK = Policy(id="blank", title="No check chooses")
JUDGED_BY = bench_policy(BLANK)
WAYS = ("one sample", "temperature 0", "the pick", "any of them")


async def judged(house: Council, task: Task) -> dict[str, float] | None:
    """Return for each way of choosing whether the program is right; ``None`` where no sample held code."""
    session = await house.generate(task.text, path=task.path, policy=BLANK)
    written, samples = session.generation, house.settings.samples
    if written is None or written.chosen is None or not isinstance(house.store, Archive):
        return None
    made = [one for one in house.store.programs_of(task.text) if one.model == house.settings.model]
    strict, right = strict_house(house), {}
    for version in made:
        if version.code not in right:
            verdict = await judge_code(version.code, task, JUDGED_BY, house=strict)
            right[version.code] = verdict.outcome is SampleOutcome.PASSED and verdict.edge_passed is not False
    pick = written.pick
    return {
        "one sample": sum(right[version.code] for version in made) / samples,
        "temperature 0": float(any(right[version.code] for version in made if version.seed == 0)),
        "the pick": float(right[written.attempts[written.chosen - 1].code or ""]),
        "any of them": float(any(right.values())),
        "printed": float(pick.probability) if pick and pick.probability is not None else np.nan,
        "written_s": sum(version.duration_s or 0.0 for version in made),
    }


def show(model: str, rows: dict[str, dict[str, float]], samples: int, without: list[str]) -> None:
    """Print the table of one model."""
    print(f"\n{model}, {len(rows)} tasks, {samples} samples each, right by plain and edge-case tests")
    for way in WAYS:
        values = np.array([row[way] for row in rows.values()])
        low, high = interval(values)
        print(f"  {way:16}{values.mean():.3f} ({low:.2f} to {high:.2f})")
    gain = np.array([row["the pick"] - row["temperature 0"] for row in rows.values()])
    low, high = interval(gain)
    print(f"  the pick against temperature 0, paired: {gain.mean():+.3f} ({low:+.2f} to {high:+.2f})")
    said = np.array([row["printed"] for row in rows.values()])
    print(f"  the pick was printed to be right with {np.nanmean(said):.2f} on average")
    print(f"  seconds to write a task's samples: median {np.median([row['written_s'] for row in rows.values()]):.0f}")
    lost = [name for name, row in rows.items() if row["the pick"] < row["any of them"]]
    print(f"  one was right and another picked: {', '.join(lost) or 'never'}")
    if without:
        print(f"  no sample held code: {', '.join(without)}")


async def measure(options: argparse.Namespace) -> int:
    """Write, judge and print, one model after the other."""
    suite = load_suite(options.suite)
    for model in options.models:
        settings = load_settings().settings.but(model=model, samples=options.samples, store_url=str(options.store))
        rows: dict[str, dict[str, float]] = {}
        without: list[str] = []
        for number, task in enumerate(suite.tasks, 1):
            began = time.monotonic()
            async with Council.from_settings(settings) as house:
                row = await judged(house, task)
            if row is None:
                without.append(task.id)
            else:
                rows[task.id] = row
            print(f"{model}: {number} of {len(suite.tasks)}, {task.id}: {time.monotonic() - began:.0f} s, "
                  f"{'no code' if row is None else 'right' if row['the pick'] else 'wrong'}", file=sys.stderr)  # fmt: skip
        if rows:
            show(model, rows, options.samples, without)
    return 0


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", dest="models", required=True, metavar="M")
    parser.add_argument("--samples", type=int, default=8, metavar="N")
    parser.add_argument("--suite", default="core")
    parser.add_argument("--store", type=Path, default=Path(".versions-live.db"), metavar="FILE")
    try:
        return asyncio.run(measure(parser.parse_args()))
    except CouncilError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
