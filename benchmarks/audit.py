"""How long an audit takes, and what it finds: 300 files, 60 marked in 12 ways, 40 that only look like it.

    python benchmarks/audit.py [--git] [--rounds N]

The repository is the one of tests/integration/audit/forest.py; validation in the sandbox is part of the time.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from council.audits import audit
from council.policies import ModelRule, load_policy
from council.settings import Settings
from council.store import open_store

FOREST = Path(__file__).parents[1] / "tests" / "integration" / "audit" / "forest.py"


def forest_module() -> Any:
    """Return the program that makes the repository."""
    spec = importlib.util.spec_from_file_location("forest", FOREST)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["forest"] = module
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Print the table; end with 1 when something was missed or a decoy was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--git", action="store_true", help="make the repository with the git program")
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    made = forest_module()
    policy = load_policy("python-team").but(models=(ModelRule(name=made.MODEL, status="banned"),))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        forest = made.Forest(folder / "forest", made.Git if options.git else made.Dulwich).grow()
        forest.keep(folder / "store.db")
        archive = open_store(str(folder / "store.db"), readonly=True)
        wrong = False
        for validate in (False, True) * options.rounds:
            started, burnt = time.perf_counter(), time.process_time()
            result = asyncio.run(
                audit([folder / "forest"], settings=Settings(), archive=archive, policy=policy, validate=validate)
            )
            took, used = time.perf_counter() - started, time.process_time() - burnt
            found = {file.path for file in result.files}
            what = "find and check" if validate else "find"
            print(f"{what:<16}{took:>7.1f} s   {used:>6.1f} s of it in this process   {result.files_seen} files")
            missed, false = sorted(set(forest.marked) - found), sorted(found - set(forest.marked))
            wrong = wrong or bool(missed or false)
            for path in missed:
                print(f"  missed  {forest.marked[path]:<16} {path}")
            for path in false:
                print(f"  false   {forest.decoys.get(path, 'plain'):<16} {path}")
        archive.close()
    ways = Counter(forest.marked[path] for path in found if path in forest.marked)
    print(
        f"\nfound {sum(ways.values())} of {len(forest.marked)} marked in {len(ways)} ways, {len(forest.decoys)} decoys"
    )
    for way, count in ways.items():
        print(f"  {way:<18}{count} of {sum(other == way for other in forest.marked.values())}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
