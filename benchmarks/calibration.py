"""How sure council says it is, against how often it is right, on recorded sittings with the truth.

    python benchmarks/calibration.py                    the tables of docs/evidence.md
    python benchmarks/calibration.py --fit              the numbers of council/consensus/priors.py
    python benchmarks/calibration.py --diagram FILE     the reliability diagram (needs matplotlib)

Every repetition draws clusters at random, labels the first decisions of them, lets ``council.consensus.learn`` learn
from these labels, and judges the confidence on all clusters that no label came from. *Plain agreement* is the share of
heard seats that side with the decision. The expected calibration error has ten bins of equal width (Guo 2017).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import fmean

import recorded
from recorded import Sitting

from council.consensus import PRIOR, learn
from council.consensus.calibration import trust_votes
from council.types.consensus import Decision, Ground
from council.types.labels import Case, Label, LabelWord, TrackRecord, Vote
from council.types.reviews import Verdict

REPETITIONS = 200
LABELS = (0, 10, 20, 50, 100)
SEED = 20261125
WHEN = datetime(2026, 11, 25, tzinfo=UTC)
Draw = Callable[[Random], tuple[Sitting, ...]]
SETS: dict[str, Draw] = {
    "scores, 5 judges": lambda random: recorded.scored("base"),
    "scores, 4 judges": lambda random: recorded.scored("criteria"),
    "predictions, strong": lambda random: recorded.predicted(random, strong=True),
    "predictions, mixed": lambda random: recorded.predicted(random, strong=False),
}


@dataclass(frozen=True)
class Decided:
    """A sitting that came to a decision: seats that side with it, seats heard, whether it was right, its label."""

    cluster: str
    siding: int
    heard: int
    right: bool
    label: Label

    @property
    def share(self) -> float:
        """Plain agreement."""
        return self.siding / self.heard


def decide(sittings: Sequence[Sitting]) -> list[Decided]:
    """Decide each sitting by its majority; ties are no decisions."""
    found = []
    for number, sitting in enumerate(sittings):
        approving, heard = sum(approves for _, approves in sitting.votes), len(sitting.votes)
        if 2 * approving == heard:
            continue
        approved = 2 * approving > heard
        siding = approving if approved else heard - approving
        verdicts = {True: Verdict.APPROVE, False: Verdict.REJECT}
        case = Case(
            decision=Decision.APPROVED if approved else Decision.REJECTED,
            ground=Ground.VOTES,
            siding=siding,
            heard=heard,
            votes=tuple(Vote(model=model, verdict=verdicts[approves]) for model, approves in sitting.votes),
        )
        word = LabelWord.GOOD if sitting.good else LabelWord.BAD
        label = Label(session_id=f"s{number}", word=word, labelled_at=WHEN, case=case)
        found.append(Decided(sitting.cluster, siding, heard, approved == sitting.good, label))
    return found


def calibration_error(told: Sequence[tuple[float, bool]]) -> float:
    """Return the expected calibration error of some confidences with their outcomes."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for chance, right in told:
        bins.setdefault(min(9, int(10 * chance)), []).append((chance, right))
    gaps = [abs(sum(c for c, _ in rows) - sum(r for _, r in rows)) for rows in bins.values()]
    return sum(gaps) / len(told)


def confide(record: TrackRecord, rows: Sequence[Decided]) -> list[tuple[float, bool]]:
    """Return how sure the council is of each decision, with its outcome."""
    known = {key: trust_votes(record, *key) for key in {(row.siding, row.heard) for row in rows}}
    return [(known[row.siding, row.heard], row.right) for row in rows]


def repeat(draw: Draw, labels: int, random: Random) -> tuple[float, float, float, float]:
    """Return calibration error and Brier score of the council and of plain agreement for one draw."""
    rows = decide(draw(random))
    clusters = sorted({row.cluster for row in rows})
    random.shuffle(clusters)
    place = {cluster: number for number, cluster in enumerate(clusters)}
    order = sorted(rows, key=lambda row: (place[row.cluster], random.random()))
    taught, used = order[:labels], {row.cluster for row in order[:labels]}
    by_cluster: dict[str, list[Decided]] = {}
    for row in rows:
        if row.cluster not in used:
            by_cluster.setdefault(row.cluster, []).append(row)
    names = sorted(by_cluster)
    test = [row for name in random.choices(names, k=len(names)) for row in by_cluster[name]]
    ours = confide(learn([row.label for row in taught]), test)
    plain = [(row.share, row.right) for row in test]
    return calibration_error(ours), calibration_error(plain), brier(ours), brier(plain)


def brier(told: Sequence[tuple[float, bool]]) -> float:
    """Return the mean squared error of some confidences."""
    return fmean((chance - right) ** 2 for chance, right in told)


def table(repetitions: int) -> None:
    """Print how well the confidence is calibrated, by recorded set and labels."""
    print(f"{repetitions} repetitions, clusters drawn at random, seed {SEED}; ECE: expected calibration error\n")
    print("| recorded set | labels | council ECE | plain ECE | difference (95 %) | council Brier | plain Brier |")
    print("|---|---|---|---|---|---|---|")
    for name, draw in SETS.items():
        for labels in LABELS:
            random = Random(f"{SEED} {name} {labels}")
            told = [repeat(draw, labels, random) for _ in range(repetitions)]
            ours, plain, our_brier, plain_brier = (fmean(column) for column in zip(*told, strict=True))
            apart = sorted(row[0] - row[1] for row in told)
            low, high = apart[int(0.025 * len(apart))], apart[int(0.975 * len(apart))]
            print(
                f"| {name} | {labels} | {ours:.3f} | {plain:.3f} | {ours - plain:+.3f} ({low:+.3f} to {high:+.3f})"
                f" | {our_brier:.3f} | {plain_brier:.3f} |",
                flush=True,
            )


def fit() -> None:
    """Print the numbers of ``council/consensus/priors.py``, and how each was chosen."""
    random = Random(SEED)
    panels = {name: [decide(draw(random)) for _ in range(1 if "scores" in name else 8)] for name, draw in SETS.items()}
    sets = [(name, rows) for name, many in panels.items() for rows in many]
    tallies = [(name, Counter((r.siding, r.heard, r.right) for r in rows)) for name, rows in sets]
    grid = [(a / 20, b / 20) for a in range(-6, 7, 2) for b in range(20, 37, 2)]
    gaps = {pair: _by_set(pair, tallies) for pair in grid}
    # Nowhere worse than plain agreement, and of those pairs the one that is best where it is worst.
    best = min(grid, key=lambda pair: (max(gaps[pair].values()), pair))
    print(f"INTERCEPT, SLOPE: the largest gap to plain agreement is least at {best[0]:+.2f}, {best[1]:.2f}:")
    for pair in (best, (PRIOR.intercept, PRIOR.slope)):
        by_set = _by_set(pair, tallies)
        print(f"  {pair[0]:+.2f} {pair[1]:.2f}  " + ", ".join(f"{name} {gap:+.3f}" for name, gap in by_set.items()))
    for name, draw in SETS.items():
        many = [draw(random) for _ in range(1 if "scores" in name else 20)]
        errors = [[[a != s.good for _, a in s.votes] for s in sittings] for sittings in many]
        votes = [[[a for _, a in s.votes] for s in sittings] for sittings in many]
        right = 1 - fmean(e for sittings in errors for row in sittings for e in row)
        print(
            f"{name}: ERROR_CORRELATION {fmean(map(_correlation, errors)):.2f},"
            f" VERDICT_CORRELATION {fmean(map(_correlation, votes)):.2f}, RELIABILITY {right:.2f}"
        )


def _by_set(
    pair: tuple[float, float], tallies: Sequence[tuple[str, Counter[tuple[int, int, bool]]]]
) -> dict[str, float]:
    """Return how much worse a curve is than plain agreement in each recorded set, on average over its panels."""
    return {name: fmean(_regret(pair, tally) for told, tally in tallies if told == name) for name in SETS}


def _regret(pair: tuple[float, float], tally: Counter[tuple[int, int, bool]]) -> float:
    """Return how much worse a curve is than plain agreement, in calibration error."""
    record = PRIOR.but(intercept=pair[0], slope=pair[1])
    ours = [(trust_votes(record, k, n), right) for (k, n, right), count in tally.items() for _ in range(count)]
    plain = [(k / n, right) for (k, n, right), count in tally.items() for _ in range(count)]
    return calibration_error(ours) - calibration_error(plain)


def _correlation(rows: Sequence[Sequence[bool]]) -> float:
    """Return the mean correlation of two columns."""
    columns = list(zip(*rows, strict=True))
    found = []
    for one, other in combinations(columns, 2):
        a, b, both = fmean(one), fmean(other), fmean(x and y for x, y in zip(one, other, strict=True))
        spread = (a * (1 - a) * b * (1 - b)) ** 0.5
        if spread:
            found.append((both - a * b) / spread)
    return fmean(found)


def diagram(target: Path) -> None:
    """Draw how often decisions were right against how sure the council was: before any label, and after 100."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams.update({"svg.hashsalt": "council", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure, frames = pyplot.subplots(1, 2, figsize=(9, 4.6), sharey=True)
    marks = {"scores, 5 judges": "o", "scores, 4 judges": "s", "predictions, strong": "^", "predictions, mixed": "v"}
    for frame, labels, title in ((frames[0], 0, "no label: the shipped prior"), (frames[1], 100, "after 100 labels")):
        frame.plot([0.3, 1], [0.3, 1], color="0.7", linewidth=1, zorder=1)
        for name, draw in SETS.items():
            points = _points(draw, labels, Random(f"{SEED} diagram {name}"))
            sizes = [12 + 220 * weight for _, _, weight in points]
            frame.scatter(
                [x for x, _, _ in points],
                [y for _, y, _ in points],
                s=sizes,
                marker=marks[name],
                alpha=0.75,
                label=name,
            )
        frame.set(title=title, xlabel="council says: sure by", xlim=(0.45, 1.02), ylim=(0.45, 1.02))
        ticks = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
        frame.set_xticks(ticks, [f"{100 * tick:.0f} %" for tick in ticks])
        frame.set_yticks(ticks, [f"{100 * tick:.0f} %" for tick in ticks])
        frame.grid(color="0.93")
        frame.set_axisbelow(True)
    frames[0].set_ylabel("decisions that were right")
    legend = frames[0].legend(loc="upper left", fontsize=8, frameon=False)
    for handle in legend.legend_handles:
        handle.set_sizes([40])
    figure.tight_layout()
    figure.savefig(target, metadata={"Date": None, "Creator": None})
    text = target.read_text(encoding="utf-8")
    target.write_text("\n".join(line.rstrip() for line in text.splitlines()) + "\n", encoding="utf-8")


def _points(draw: Draw, labels: int, random: Random, repetitions: int = 60) -> list[tuple[float, float, float]]:
    """Return for each share of seats how sure the council was, how often it was right, and how common that is."""
    found: dict[tuple[int, int], list[tuple[float, bool]]] = {}
    for _ in range(repetitions):
        rows = decide(draw(random))
        clusters = sorted({row.cluster for row in rows})
        random.shuffle(clusters)
        place = {cluster: number for number, cluster in enumerate(clusters)}
        order = sorted(rows, key=lambda row: (place[row.cluster], random.random()))
        used = {row.cluster for row in order[:labels]}
        record = learn([row.label for row in order[:labels]])
        for row in rows:
            if row.cluster not in used:
                told = (trust_votes(record, row.siding, row.heard), row.right)
                found.setdefault((row.siding, row.heard), []).append(told)
    total = sum(map(len, found.values()))
    return [(fmean(c for c, _ in rows), fmean(r for _, r in rows), len(rows) / total) for rows in found.values()]


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=REPETITIONS)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--diagram", type=Path, metavar="FILE")
    options = parser.parse_args()
    if options.fit:
        fit()
    elif options.diagram is not None:
        diagram(options.diagram)
    else:
        table(options.repetitions)


if __name__ == "__main__":
    main()
