"""What independent programs for one task are worth: which of them is picked, and which faulty program they convict.

    python benchmarks/versions.py DATA [--cache FOLDER] [--accused]

DATA is a folder with samples/ and programs/ (HumanEval tasks, HumanEval+ tests, replies of Qwen2.5-Coder 0.5B and 1.5B,
outputs of CodeLlama-34b-Instruct, gpt-4-1106-preview and StarCoder). The first run takes a quarter of an hour on two
cores; later ones read the cache. Nothing is fitted on the task it is measured on.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from versions_data import REFERENCE, Ground, Program, Records

from council.types.versions import Testimony
from council.versions import Table, Terms, comparable, counting, examples_passed, hear_witnesses, pick, witnesses

ROOT = Path(__file__).parents[1]
MODELS = ("qwen2.5-coder:0.5b", "qwen2.5-coder:1.5b")
OTHERS = ("CodeLlama-34b-Instruct", "gpt-4-1106-preview", "starcoder")
GRID = [Terms(agreeing=agreeing, share=share) for agreeing in (3, 4, 5, 6) for share in (0.7, 0.8, 0.85, 0.95)]
WITNESSES = {"0.5B": MODELS[:1], "1.5B": MODELS[1:], "both": MODELS}
_DRAWS = 4000


# ---- generation --------------------------------------------------------------------------------------------------


def picks_of(ground: Ground, model: str) -> dict[str, Any] | None:
    """Return what each way of choosing gives for one task: whether the chosen program is right."""
    mine = [program for program in ground.programs if program.model == model]
    if not mine:
        return None
    right = {program.id: program.right for program in mine}
    found = pick(ground.table, [program.version() for program in mine], ground.examples, ground.beliefs)
    whole = next((cluster for cluster in found.clusters if found.chosen in cluster.members), None)
    asked = comparable(ground.table, ground.examples)
    good = [p for p in mine if ground.table.behaviours[p.id or ""].failure is None
            and examples_passed(ground.table, p.id or "", asked) == len(asked)]  # fmt: skip
    first = min(good or mine, key=lambda program: program.seed)
    return {
        "task": ground.task,
        "model": model,
        "one sample": sum(program.right for program in mine) / 8,
        "temperature 0": float(any(program.right for program in mine if program.seed == 0)),
        "first that passes the examples": float(first.right),
        "the pick": float(right.get(found.chosen, False)),
        "any of eight": float(any(right.values())),
        "agreement": 0.0 if whole is None else whole.written / 8,
        "proved": float(found.examples > 0 and found.examples_passed == found.examples),
        "printed": found.probability or 0.0,
    }


def generation_table(rows: list[dict[str, Any]]) -> None:
    """Print the share of tasks that are right, with intervals over tasks, and the gain over temperature 0."""
    ways = ("one sample", "temperature 0", "first that passes the examples", "the pick", "any of eight")
    for model in MODELS:
        mine = [row for row in rows if row["model"] == model]
        print(f"\n{model}, {len(mine)} tasks, right by the strong tests")
        for way in ways:
            values = np.array([row[way] for row in mine])
            low, high = interval(values)
            gain = values - np.array([row["temperature 0"] for row in mine])
            told = "" if way == "temperature 0" else f"   {gain.mean():+.3f} ({_words(interval(gain))})"
            print(f"  {way:34}{values.mean():.3f} ({low:.2f} to {high:.2f}){told}")
    print("  in brackets 95 % by bootstrap over tasks; last column: paired difference to temperature 0")


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the ends of 95 % by bootstrap over tasks."""
    draws = np.random.default_rng(7).choice(values, (_DRAWS, len(values))).mean(axis=1)
    return float(np.quantile(draws, 0.025)), float(np.quantile(draws, 0.975))


def _words(ends: tuple[float, float]) -> str:
    return f"{ends[0]:+.2f} to {ends[1]:+.2f}"


# ---- calibration -------------------------------------------------------------------------------------------------


def calibration_table(rows: list[dict[str, Any]]) -> None:
    """Print how far the printed probability is off, each task predicted by the others alone."""
    tasks = np.array([row["task"] for row in rows])
    models = np.array([row["model"] for row in rows])
    facts = np.array([[1.0, row["agreement"] - 0.5, row["proved"]] for row in rows])
    right = np.array([row["the pick"] for row in rows])
    told = np.zeros(len(rows))
    for task in set(tasks):
        told[tasks == task] = _logistic(facts[tasks == task] @ _fit(facts[tasks != task], right[tasks != task]))
    print("\nprobability that the pick is right, leave one task out")
    for model in MODELS:
        p, y = told[models == model], right[models == model]
        draws = np.random.default_rng(7).random((400, len(p))) < p
        chance = {bins: np.mean([_error(p, draw.astype(float), bins) for draw in draws]) for bins in (5, 10)}
        print(
            f"  {model:22}calibration error {_error(p, y, 5):.3f} in 5 bins (a perfect one: {chance[5]:.3f}), "
            f"{_error(p, y, 10):.3f} in 10 ({chance[10]:.3f}); Brier {np.mean((p - y) ** 2):.3f}, "
            f"always the mean {y.var():.3f}"
        )
        for low, high in ((0, 0.3), (0.3, 0.6), (0.6, 0.9), (0.9, 1.01)):
            inside = (p >= low) & (p < high)
            if inside.any():
                print(f"    said {p[inside].mean():.2f}, right {y[inside].mean():.2f} of {inside.sum()}")
    print(f"  fitted on all: {np.round(_fit(facts, right), 2)} (1, agreement - 0.5, passes every example)")


def _fit(facts: np.ndarray, right: np.ndarray) -> np.ndarray:
    def loss(weights: np.ndarray) -> float:
        return float(np.log1p(np.exp(-(2 * right - 1) * (facts @ weights))).sum() + 0.1 * (weights[1:] ** 2).sum())

    return np.asarray(minimize(loss, np.zeros(facts.shape[1]), method="BFGS").x)


def _logistic(values: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-values)))


def _error(p: np.ndarray, y: np.ndarray, bins: int) -> float:
    """Return the expected calibration error over bins of equal width."""
    places = np.minimum((p * bins).astype(int), bins - 1)
    parts = [(places == b) for b in range(bins) if (places == b).any()]
    return float(sum(part.mean() * abs(p[part].mean() - y[part].mean()) for part in parts))


# ---- conviction --------------------------------------------------------------------------------------------------


class Trial:
    """One recorded program of another model before the versions of its task."""

    def __init__(self, ground: Ground, program: Program, names: tuple[str, ...], models: dict[str, str]) -> None:
        self.ground, self.program, self.names, self.models = ground, program, names, models
        self.told = {
            _name(terms): hear_witnesses(ground.table, program.id or "", names, models=models, terms=terms)
            for terms in GRID
        }

    def under(self, terms: Terms) -> Testimony:
        """Return what the versions say under some terms."""
        return self.told[_name(terms)]

    def justly(self, terms: Terms) -> bool:
        """Whether the published solution gives what the versions say on the input that convicts."""
        told = self.under(terms).difference
        known = next((p.id for p in self.ground.programs if p.model == REFERENCE), None)
        if told is None or known is None:
            return False
        number = next(n for n, one in enumerate(self.ground.table.inputs) if one.steps == told.input.steps)
        camp = self.ground.table.camp(number, self.names)
        assert camp is not None
        first, second = self.ground.table.trace(number, (known, camp.members[0]))[-1]
        return first == second

    def why_missed(self, terms: Terms) -> str:
        """Return why a faulty program is not convicted."""
        table, name = self.ground.table, self.program.id or ""
        if len(self.names) < terms.agreeing:
            return f"only {len(self.names)} distinct versions pass the examples"
        bordering = [number for number, one in enumerate(table.inputs) if not one.plain]
        if _differs(table, name, self.names, bordering, terms):
            return "the task does not say: it differs at the border only"
        if _differs(table, name, self.names, counting(table, self.names), Terms(agreeing=1, share=0.0)):
            return "the versions disagree where it differs"
        right = {p.id for p in self.ground.programs if p.right}
        return "no input reached it" if right & set(self.names) else "all versions share the error"


def _differs(table: Table, name: str, names: tuple[str, ...], numbers: Iterable[int], terms: Terms) -> bool:
    for number in numbers:
        camp = table.camp(number, names)
        if camp is None or len(camp.members) < terms.agreeing or len(camp.members) < terms.share * camp.voters:
            continue
        mine, theirs = table.trace(number, (name, camp.members[0]))[-1]
        if theirs >= 0 and mine >= 0 and mine != theirs:
            return True
    return False


def _name(terms: Terms) -> str:
    return f"{terms.agreeing} {terms.share}"


def trials_of(grounds: Sequence[Ground], models: tuple[str, ...]) -> list[Trial]:
    """Return the programs of the other models that pass the examples of their task, and all right ones."""
    found = []
    for ground in grounds:
        wrote = {p.id or "": p.model for p in ground.programs if p.model in models}
        names = witnesses(ground.table, wrote, ground.examples)
        asked = comparable(ground.table, ground.examples)
        for program in ground.programs:
            if program.model not in OTHERS:
                continue
            runs = ground.table.behaviours[program.id or ""].failure is None
            passes = runs and examples_passed(ground.table, program.id or "", asked) == len(asked)
            if program.right or passes:
                found.append(Trial(ground, program, names, wrote))
    return found


def conviction_tables(grounds: Sequence[Ground], accused: bool) -> None:
    """Print convictions against wrong accusations for each rule, then every missed one and every wrong one."""
    for label, models in WITNESSES.items():
        trials = trials_of(grounds, models)
        faulty, right = [t for t in trials if not t.program.right], [t for t in trials if t.program.right]
        print(f"\nwitnesses {label}: {len(faulty)} faulty programs that pass the examples, {len(right)} right ones")
        print(f"  {'distinct':>10}{'share':>8}{'convicted':>12}{'at an input where versions err':>32}{'right accused':>16}")
        for terms in GRID:
            counts = [sum(trial.under(terms).difference is not None for trial in some) for some in (faulty, right)]
            unjust = counts[0] - sum(trial.justly(terms) for trial in faulty)
            print(f"  {terms.agreeing:>10}{terms.share:>8}{counts[0]:>12}{unjust:>32}{counts[1]:>16}")
        print(f"  rule chosen on the other tasks at no more than 1 wrong in 100: {_left_out(trials)}")
        print(f"  council's rule is {_name(Terms())}")
        _name_each(faulty, right, accused)


def _left_out(trials: list[Trial]) -> str:
    """Return convictions and wrong accusations when the rule for each task is chosen without it."""
    counts: Counter[str] = Counter()
    for task in sorted({trial.ground.task for trial in trials}):
        others = [trial for trial in trials if trial.ground.task != task]
        terms = max(GRID, key=lambda rule: _worth(others, rule))
        for trial in trials:
            if trial.ground.task == task and trial.under(terms).difference is not None:
                counts["wrong" if trial.program.right else "convicted"] += 1
    return f"{counts['convicted']} convicted, {counts['wrong']} wrongly"


def _worth(trials: list[Trial], terms: Terms) -> tuple[bool, int, int, float]:
    right = [trial for trial in trials if trial.program.right]
    wrong = sum(trial.under(terms).difference is not None for trial in right)
    found = sum(trial.under(terms).difference is not None for trial in trials if not trial.program.right)
    return (100 * wrong <= len(right), found, terms.agreeing, terms.share)


def _name_each(faulty: list[Trial], right: list[Trial], accused: bool) -> None:
    terms = Terms()
    for trial in faulty:
        told = trial.under(terms).difference
        if told is None:
            print(f"  missed        {trial.ground.task:15}{trial.program.model:24}{trial.why_missed(terms)}")
        else:
            how = "convicted" if trial.justly(terms) else "versions err"
            print(f"  {how:14}{trial.ground.task:15}{trial.program.model:24}{_spoken(told)}")
    rule = GRID[0] if accused else terms
    print(f"  accusations of right programs under the rule {_name(rule)}:")
    for trial in right:
        told = trial.under(rule).difference
        if told is not None:
            print(f"    {trial.ground.task:15}{trial.program.model:24}{_spoken(told)}")


def _spoken(told: Any) -> str:
    return f"{str(told.input)[:90]} gave {told.given}, {told.agreeing} of {told.of} say {told.expected}"[:230]


# ---- agreement with a submission -------------------------------------------------------------------------------------

STANDINGS = ("convicted", "differs, too few agree", "too few witnesses", "enough do the same")


def standing(told: Testimony, terms: Terms) -> str:
    """Return in a word what the versions say of a program."""
    if told.difference is not None:
        return STANDINGS[0]
    if told.agreeing >= terms.agreeing:
        return STANDINGS[3]
    return STANDINGS[2] if told.witnesses < terms.agreeing else STANDINGS[1]


def agreement_table(grounds: Sequence[Ground]) -> None:
    """Print what it says of a program that passes the examples of its task how the versions stand to it.

    The factor is how much more often right programs stand so than faulty ones: what the odds of an approval are
    multiplied by, if versions and whoever approved err independently. Half a program is added to every count.
    """
    terms = Terms()
    for label, models in WITNESSES.items():
        trials = [trial for trial in trials_of(grounds, models) if trial.names]
        tasks = sorted({trial.ground.task for trial in trials})
        by_task = {task: [t for t in trials if t.ground.task == task] for task in tasks}
        counts = np.array([
            [[sum(standing(t.under(terms), terms) == one and t.program.right is right for t in by_task[task])
              for one in STANDINGS] for right in (True, False)]
            for task in tasks
        ])  # fmt: skip
        draws = np.random.default_rng(7).integers(0, len(tasks), (_DRAWS, len(tasks)))
        spread = np.array([_factors(counts[draw].sum(axis=0)) for draw in draws])
        whole = counts.sum(axis=0)
        print(f"\nwitnesses {label}: how versions stand to programs that pass the examples ({whole[0].sum()} right)")
        print(f"  {'':26}{'right':>8}{'faulty':>8}{'factor':>9}")
        for place, one in enumerate(STANDINGS):
            low, high = np.quantile(spread[:, place], (0.025, 0.975))
            told = f"{_factors(whole)[place]:>9.2f} ({low:.2f} to {high:.2f})"
            print(f"  {one:26}{whole[0][place]:>8}{whole[1][place]:>8}{told}")


def _factors(counts: np.ndarray) -> np.ndarray:
    right, faulty = counts[0] + 0.5, counts[1] + 0.5
    return np.asarray(right / right.sum() / (faulty / faulty.sum()))


# ---- how versions err together -------------------------------------------------------------------------------------


def together_table(grounds: Sequence[Ground]) -> None:
    """Print how often two programs are wrong together, against what chance would give, and wrong in the same way."""
    print("\nhow versions err together (pairs of recorded programs for the same task)")
    print(f"  {'':28}{'pairs':>7}{'wrong':>8}{'both':>8}{'by chance':>11}{'same wrong way':>16}")
    kinds = {"0.5B with 0.5B": MODELS[:1] * 2, "1.5B with 1.5B": MODELS[1:] * 2, "0.5B with 1.5B": MODELS}
    for label, (one, other) in kinds.items():
        pairs = [pair for ground in grounds for pair in _pairs(ground, one, other)]
        wrong = np.array([[not a.right, not b.right] for _, a, b in pairs])
        both = [(ground, a, b) for ground, a, b in pairs if not a.right and not b.right]
        alike = sum(_alike(ground, a, b) for ground, a, b in both)
        chance = wrong[:, 0].mean() * wrong[:, 1].mean()
        print(
            f"  {label:28}{len(pairs):>7}{wrong.mean():>8.3f}{wrong.all(axis=1).mean():>8.3f}{chance:>11.3f}"
            f"{alike / max(1, len(both)):>16.3f}"
        )


def _pairs(ground: Ground, one: str, other: str) -> list[tuple[Ground, Program, Program]]:
    first = [p for p in ground.programs if p.model == one]
    if one == other:
        return [(ground, a, b) for a, b in itertools.combinations(first, 2)]
    return [(ground, a, b) for a in first for b in ground.programs if b.model == other]


def _alike(ground: Ground, one: Program, other: Program) -> bool:
    """Whether two programs run and do the same on every plain input."""
    table, names = ground.table, tuple(sorted({one.id or "", other.id or ""}))
    if any(table.behaviours[name].failure is not None for name in names):
        return False
    plain = [number for number, each in enumerate(table.inputs) if each.plain]
    return all(len(set(table.trace(number, names)[-1])) == 1 for number in plain if table.trace(number, names))


# ---- the cache of the story ----------------------------------------------------------------------------------------


async def cache_table(records: Records) -> None:
    """Print what the recorded caches say of the four caches of the story."""
    folder = ROOT / "examples" / "lru_cache"
    task = (folder / "task.md").read_text(encoding="utf-8")
    right = (folder / "right" / "lru_cache.py").read_text(encoding="utf-8")
    moved = "        if key in self._items:\n            self._items.move_to_end(key)\n        elif len"
    before = "        elif len(self._items) >= self.capacity:\n            self._items.popitem(last=False)\n"
    after = "        if len(self._items) >= self.capacity:\n            self._items.popitem(last=False)\n"
    caches = {
        "faulty cache": (folder / "faulty" / "lru_cache.py").read_text(encoding="utf-8"),
        "update does not move the key": right.replace(moved, "        if key not in self._items and len"),
        ">= after inserting": right.replace(before, "") + after,
        "right cache": right,
    }
    assert len(set(caches.values())) == 4
    table, versions = await records.cache_table(task, caches)
    print("\nthe cache of the story, from the task alone, no tests: 8 versions of each model")
    for model in MODELS:
        wrote = {version.id or "": model for version in versions if version.model == model}
        names = witnesses(table, wrote, ())
        for label in caches:
            told = hear_witnesses(table, label, names, models=wrote)
            found = told.difference
            calls = "" if found is None else f"{len(found.input.steps) - 1} calls: {_spoken(found)}"
            print(f"  {model:20}{label:30}{calls or told.reason}")


async def measure(data: Path, cache: Path, accused: bool) -> int:
    """Read, run what is not in the cache, and print the tables."""
    records = Records(data, cache)
    programs = await records.judged(records.programs())
    tasks = sorted({program.task for program in programs}, key=lambda name: int(name.rpartition("/")[2]))
    grounds = []
    for number, task in enumerate(tasks, 1):
        grounds.append(await records.ground(task, programs))
        print(f"\r{number} of {len(tasks)} tasks", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    rows = [row for ground in grounds for model in MODELS if (row := picks_of(ground, model)) is not None]
    generation_table(rows)
    calibration_table(rows)
    conviction_tables(grounds, accused)
    agreement_table(grounds)
    together_table(grounds)
    await cache_table(records)
    return 0


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", metavar="DATA", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(".versions-cache"), help="where runs are kept")
    parser.add_argument("--accused", action="store_true", help="list wrong accusations under the loosest rule")
    options = parser.parse_args()
    return asyncio.run(measure(options.data, options.cache, options.accused))


if __name__ == "__main__":
    sys.exit(main())
