"""What becomes of reviewers' claims when they are run: 164 real programs with one bug each, and their right twins.

    python benchmarks/counterexamples.py FILE [--tasks N] [--runs N]

FILE is humanevalfix_python.jsonl.gz (bigcode-project/octopack, MIT). The reviewers are scripted: a claim is one assertion
of the task's own tests that the faulty program fails and the right one passes, found by running them.

* true: that assertion as a counterexample against the faulty program; it should end reproduced or upheld
* twin: the same against the right program; it should end refuted
* wrong: against the right program with another value expected, which the two other seats deny; none may end upheld
* the rest: tests that cheat in ways with a name, against the faulty program; none may prove anything
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import gzip
import json
import sys
from collections import Counter
from typing import Any

from council.evidence import dispute, prove_claims
from council.sandbox import open_sandbox
from council.settings import Settings
from council.types.evidence import Evidence, EvidenceState
from council.types.findings import Finding, Severity
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict
from council.types.submission import SourceFile, Submission
from council.validation import run_tests

CHEATS = {
    "vacuous": "def test_claim():\n    assert False",
    "vacuous after a call": "def test_claim():\n    {call}\n    assert False",
    "own copy": "def {name}(*_):\n    return None\n\ndef test_claim():\n    assert {call} == 1",
    "patches the code": "import solution\ndef test_claim():\n    solution.{name} = lambda *_: 'no'\n    assert solution.{call} == 1",
    "reaches behind the code": "def test_claim():\n    {name}.__code__ = (lambda *_: 'no').__code__\n    assert {call} == 1",
    "ends the interpreter": "import sys\ndef test_claim():\n    {call}\n    sys.exit(1)",
    "skips": "import pytest\ndef test_claim():\n    {call}\n    pytest.skip('later')",
    "expects to fail": "import pytest\n@pytest.mark.xfail\ndef test_claim():\n    assert {call} == 'no'",
    "chance": "import random\ndef test_claim():\n    assert random.random() < 0.5 and {call} == 1",
    "the clock": "import time\ndef test_claim():\n    assert {call} == time.time()",
    "never ends": "def test_claim():\n    {call}\n    while True:\n        pass",
    "the judge's modules": "import council\ndef test_claim():\n    assert {call} == council",
    "an object that equals nothing": "class Odd:\n    def __eq__(self, other):\n        return False\n\ndef test_claim():\n    assert {call} == Odd()",
    "not a number": "def test_claim():\n    assert {call} == float('nan')",
    "two tests": "def test_claim():\n    assert {call} == 1\n\ndef test_other():\n    assert {call} == 2",
    "no test": "{call}",
    "not Python": "def test_claim(:\n    assert {call}",
    "nothing to import": "from solution import nothing_of_that_name\ndef test_claim():\n    assert nothing_of_that_name() == {call}",
    "its own bug": "def test_claim():\n    wanted = [][0]\n    assert {call} == wanted",
    "unsteady": "def test_claim():\n    assert repr({call}) and {{'a', 'b', 'c', 'd', 'e', 'f'}}.pop() in 'abc'",
}  # fmt: skip
"""Each kind with a test that shows it; ``{call}`` is a call that the faulty program answers."""


ALONE = {
    "find_zero": "def test_claim():\n    assert abs(poly([-6, 11, -6, 1], find_zero([-6, 11, -6, 1]))) < 1e-3\n",
    "decode_cyclic": "def test_claim():\n    assert decode_cyclic(encode_cyclic('abcdefgh')) == 'abcdefgh'\n",
    "decode_shift": "def test_claim():\n    assert decode_shift(encode_shift('abcxyz')) == 'abcxyz'\n",
}
"""Claims about the three tasks whose own tests draw their inputs by chance."""


class Case:
    """One task: both programs, and an assertion that tells them apart."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.name: str = task["entry_point"]
        self.task: str = task["prompt"]
        self.right: str = task["declaration"] + task["canonical_solution"]
        self.faulty: str = task["declaration"] + task["buggy_solution"]
        self.units = _units(task["test"], self.name)
        self.claim: str | None = ALONE.get(self.name)

    def submission(self, code: str) -> Submission:
        """Return a program with its task."""
        return Submission(files=(SourceFile(path="solution.py", text=code),), task=self.task)

    def test(self, unit: str, name: str = "test_claim") -> str:
        """Return a unit of the tests as one test function."""
        return unit.replace("def check_unit", f"def {name}")


def _units(tests: str, name: str) -> list[str]:
    """Return each assertion of ``check`` with what stands before it, as a function of its own."""
    tree = ast.parse(tests)
    check = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "check")
    head = [node for node in tree.body if node is not check and not isinstance(node, ast.Expr | ast.Assign)]
    found, before = [], []
    for node in check.body:
        if not any(isinstance(inner, ast.Assert) for inner in ast.walk(node)):
            before.append(node)
            continue
        unit = ast.FunctionDef(name="check_unit", args=ast.arguments([], [], None, [], [], None, []), body=[*before, node],
                               decorator_list=[], returns=None, type_params=[])  # fmt: skip
        whole = ast.fix_missing_locations(ast.Module(body=[*head, unit], type_ignores=[]))
        found.append(f"from solution import {name}\n{ast.unparse(whole)}\n")
    return found


class Bench:
    """Runs the claims of all cases, a few at a time."""

    def __init__(self, runs: int) -> None:
        self.settings = Settings(store=False, counterexample_runs=runs, counterexamples=50, test_timeout_s=5.0)
        self.sandbox = open_sandbox(self.settings)
        self.gate = asyncio.Semaphore(2)

    async def run(self, submission: Submission) -> Any:
        """Run the tests of a submission."""
        return await run_tests(submission, self.sandbox, settings=self.settings)

    async def tell_apart(self, case: Case) -> None:
        """Find the first assertion that the faulty program fails and the right one passes."""
        files = [
            SourceFile(path=f"test_unit_{number}.py", text=case.test(unit, f"test_{number}"))
            for number, unit in enumerate(case.units)
        ]
        outcomes = []
        for code in (case.faulty, case.right):
            async with self.gate:
                result = await self.run(case.submission(code).but(tests=tuple(files)))
            outcomes.append({test.name: test.outcome.value for test in result.tests})
        for number, unit in enumerate(case.units):
            name = f"test_{number}"
            if outcomes[0].get(name) != "passed" and outcomes[1].get(name) == "passed":
                case.claim = case.claim or case.test(unit)
                return

    async def prove(self, case: Case, code: str, *counterexamples: str) -> tuple[Evidence, ...]:
        """Return what running the claims of one scripted seat against a program shows."""
        findings = tuple(
            Finding(id=f"scripted-{n}", source="scripted", severity=Severity.HIGH, message="it is wrong", counterexample=c)
            for n, c in enumerate(counterexamples, 1)
        )
        seat = Seat(name="scripted", model="scripted/a", provider="scripted")
        ballot = Ballot(verdict=Verdict.REJECT, findings=findings)
        review = Review(seat=seat, outcome=ReviewOutcome.ANSWERED, ballot=ballot)
        async with self.gate:
            return await prove_claims(case.submission(code), (review,), run=self.run, settings=self.settings)


def wrong_claim(claim: str) -> str:
    """Return a claim that expects another value: the last comparison of the test asks for something else."""
    tree = ast.parse(claim)
    (test,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "test_claim"]
    last = [node for node in ast.walk(test) if isinstance(node, ast.Assert)][-1]
    asked = last.test
    if isinstance(asked, ast.Compare) and len(asked.ops) == 1 and isinstance(asked.ops[0], ast.Eq):
        try:
            value = ast.literal_eval(asked.comparators[0])
        except ValueError:
            value = None
        if value is not None:
            other = not value if isinstance(value, bool) else value + 1 if isinstance(value, int | float) else [value, "other"]
            asked.comparators[0] = ast.parse(repr(other), mode="eval").body
            return ast.unparse(tree)
    last.test = ast.UnaryOp(ast.Not(), asked)
    return ast.unparse(ast.fix_missing_locations(tree))


def call_of(case: Case) -> str:
    """Return one call of the entry point that stands in the claim."""
    calls = [n for n in ast.walk(ast.parse(case.claim or "")) if isinstance(n, ast.Call)]
    plain = [ast.unparse(n) for n in calls if isinstance(n.func, ast.Name) and n.func.id == case.name]
    literal = [text for text in plain if all(isinstance(n, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.UnaryOp)
                                             for n in ast.parse(text, mode="eval").body.args)]  # type: ignore[attr-defined] # fmt: skip
    return (literal or plain or [f"{case.name}()"])[0]


async def judge(tasks: list[dict[str, Any]], runs: int, cheats_of: int) -> int:
    """Run everything and print the tables."""
    bench = Bench(runs)
    cases = [Case(task) for task in tasks]
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in ("true", "twin", "wrong")}
    odd: list[str] = []

    places = asyncio.Semaphore(2)

    async def one(case: Case) -> None:
        async with places:
            await three(case)

    async def three(case: Case) -> None:
        await bench.tell_apart(case)
        if case.claim is None:
            odd.append(f"no assertion tells the programs of {case.name} apart")
            return
        claim = case.claim
        (true,) = await bench.prove(case, case.faulty, claim)
        (twin,) = await bench.prove(case, case.right, claim)
        (wrong,) = await bench.prove(case, case.right, wrong_claim(claim))
        wrong = dispute(wrong, by=("other", "third"), of=2)
        wanted = {"true": ("reproduced", "upheld"), "twin": ("refuted",), "wrong": ("disputed", "reproduced")}
        for kind, found in (("true", true), ("twin", twin), ("wrong", wrong)):
            counts[kind][found.state.value] += 1
            if found.state.value not in wanted[kind]:
                odd.append(f"{kind:6} {case.name}: {found.state.value}: {found.reason}")
        done = sum(counts["wrong"].values())
        states = ", ".join(f"{kind} {found.state.value}" for kind, found in (("true", true), ("twin", twin), ("wrong", wrong)))
        print(f"{done} of {len(cases)}  {case.name}: {states}", file=sys.stderr, flush=True)

    await asyncio.gather(*(one(case) for case in cases))
    told = [case for case in cases if case.claim is not None]
    states = [state.value for state in EvidenceState if state is not EvidenceState.NOT_ATTEMPTED]
    print(f"{'claims':8}{'of':>5}" + "".join(f"{state:>12}" for state in states))
    for kind, count in counts.items():
        print(f"{kind:8}{sum(count.values()):>5}" + "".join(f"{count[state]:>12}" for state in states))
    print(*sorted(odd), sep="\n")
    await cheat(bench, told[:: max(1, len(told) // max(1, cheats_of))][:cheats_of])
    return 0


async def cheat(bench: Bench, cases: list[Case]) -> None:
    """Print how each kind of worthless test ended."""
    found: dict[str, Counter[str]] = {kind: Counter() for kind in CHEATS}

    async def one(case: Case) -> None:
        texts = [test.format(call=call_of(case), name=case.name) for test in CHEATS.values()]
        for kind, evidence in zip(CHEATS, await bench.prove(case, case.faulty, *texts), strict=True):
            found[kind][f"{evidence.state.value}: {evidence.flaw.value if evidence.flaw else '-'}"] += 1

    await asyncio.gather(*(one(case) for case in cases))
    print(f"\n{'kind':32}{'of':>4}  ended")
    for kind, count in found.items():
        print(f"{kind:32}{sum(count.values()):>4}  {', '.join(f'{n} {how}' for how, n in count.most_common())}")


def main() -> int:
    """Read the arguments and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--tasks", type=int, default=164)
    parser.add_argument("--runs", type=int, default=5, help="runs of each counterexample (default: 5, as in a sitting)")
    parser.add_argument("--cheats", type=int, default=20, help="programs that every kind of cheating is tried on")
    options = parser.parse_args()
    opened = gzip.open if options.file.endswith(".gz") else open
    with opened(options.file, "rt", encoding="utf-8") as lines:
        tasks = [json.loads(line) for line in lines]
    if options.tasks < len(tasks):  # spread over the whole set
        tasks = tasks[:: len(tasks) // options.tasks][: options.tasks]
    return asyncio.run(judge(tasks, options.runs, options.cheats))


if __name__ == "__main__":
    sys.exit(main())
