"""What `council --help` costs, as a multiple of a bare interpreter start, measured side by side in one run.

    python benchmarks/help_cost.py [--rounds N]
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path


def timed(command: list[str]) -> float:
    """Return the seconds a command takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    rows = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "council --help": [str(Path(sys.executable).with_name("council")), "--help"],
        "council review --help": [str(Path(sys.executable).with_name("council")), "review", "--help"],
    }
    times: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, command in rows.items():
            times[name].append(timed(command))
    bare = statistics.median(times["python -c pass"])
    print(f"{'command':<26}{'median':>10}{'ratio':>8}")
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"{name:<26}{1000 * middle:>7.1f} ms{middle / bare:>8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
