"""How well findings of several reviewers are merged, and how well what many raise tells real defects from the rest.

    python benchmarks/concerns.py FOLDER [--fit] [--rounds N]

FOLDER holds martian_findings_opus45.csv and martian_golden_x_tool_opus45.csv: 1,125 findings of 12 review tools in 30 pull
requests of 3 repositories, with the 81 known defects each may be (withmartian/code-review-benchmark, MIT).

A true pair: findings of two tools about the same known defect. A false pair: two findings of one pull request that are
known to be about different defects; in the wider sense also those where one of the two is about no known defect; by row, as
39 % at 2 % was measured for plain text, a finding that is two known defects is also a false pair with its like. Weights and
the share of seats are chosen on two repositories and judged on the third, each in turn.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from council.consensus import likeness
from council.consensus.concerns import ONE_THING
from council.consensus.grouping import group_alike
from council.types.findings import Finding, Severity

THRESHOLDS = (
    ONE_THING,
    0.3,
    0.4,
    0.6,
)  # the first is council's: more likely one thing than not; the others show how much it matters
SHARES = (2 / 12, 3 / 12, 4 / 12, 5 / 12, 6 / 12)
TOOLS = 12
Groups = Sequence[Sequence[int]]


class Change(NamedTuple):
    """One pull request: what the tools found, what each finding is, and how many defects are known."""

    address: str
    findings: tuple[Finding, ...]
    known: tuple[frozenset[str], ...]
    defects: int
    seats: int

    @property
    def repository(self) -> str:
        return self.address.split("/")[4]


def read_changes(folder: Path) -> list[Change]:
    """Return the pull requests in the order of the file."""
    defects: dict[str, set[str]] = defaultdict(set)
    with (folder / "martian_golden_x_tool_opus45.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            defects[row["pr"]].add(row["golden"])
    told: dict[str, dict[tuple[str, str], set[str]]] = defaultdict(dict)
    with (folder / "martian_findings_opus45.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            told[row["pr"]].setdefault((row["tool"], row["text"]), set()).update({row["matched_golden"]} - {""})
    return [
        Change(
            address=pr,
            findings=tuple(
                Finding(id=f"{tool}-{n}", source=tool, severity=Severity.MEDIUM, message=text)
                for n, (tool, text) in enumerate(found)
            ),
            known=tuple(frozenset(known) for known in found.values()),
            defects=len(defects[pr]),
            seats=TOOLS,
        )
        for pr, found in told.items()
    ]


def drawn(change: Change, seats: int, most: int, rng: random.Random) -> Change:
    """Return at most so many findings of some of the tools."""
    tools = sorted({finding.source for finding in change.findings})
    kept: list[int] = []
    for tool in rng.sample(tools, min(seats, len(tools))):
        own = [n for n, finding in enumerate(change.findings) if finding.source == tool]
        kept += rng.sample(own, min(most, len(own)))
    kept.sort()
    return change._replace(
        findings=tuple(change.findings[n] for n in kept), known=tuple(change.known[n] for n in kept), seats=seats
    )


# pairs


def kinds_of_pairs(change: Change) -> np.ndarray:
    """Return for each pair of two tools: 1 the same defect, 2 different ones, 3 one of none, 4 both; else 0."""
    size = len(change.findings)
    kinds = np.zeros((size, size), dtype=int)
    for other in range(size):
        for one in range(other):
            if change.findings[one].source != change.findings[other].source:
                left, right = change.known[one], change.known[other]
                kinds[one, other] = 1 if left & right else 2 if left and right else 3 if left or right else 4
    return kinds


class Rates(NamedTuple):
    """The share of true pairs found, and of false pairs merged, in the three senses of false."""

    found: float
    false: float
    wider: float
    by_row: float
    """Where one finding stands in two rows, as two known defects, it is a false pair with itself in the other row."""


def pair_rates(changes: Iterable[Change], grouped: Iterable[Groups]) -> Rates:
    """Return what is found and what is falsely merged."""
    merged, whole = Counter[int](), Counter[int]()
    for change, groups in zip(changes, grouped, strict=True):
        owner = {item: number for number, group in enumerate(groups) for item in group}
        for (one, other), kind in np.ndenumerate(kinds_of_pairs(change)):
            left, right = change.known[one], change.known[other]
            crossed = len(left) * len(right) - len(left & right) if kind else 0
            for key, weight in ((kind, 1), (9, crossed)):
                whole[key] += weight
                merged[key] += weight * (owner[one] == owner[other])
    share = {key: merged[key] / max(1, whole[key]) for key in (1, 2, 9)}
    return Rates(share[1], share[2], (merged[2] + merged[3]) / max(1, whole[2] + whole[3]), share[9])


def pair_curve(changes: Sequence[Change], scores: Sequence[np.ndarray], false: float, *, by_row: bool) -> float:
    """Return the share of true pairs above the score that this share of false pairs exceeds: the measure of plain text."""
    right: list[float] = []
    wrong: list[float] = []
    for change, score in zip(changes, scores, strict=True):
        for (one, other), kind in np.ndenumerate(kinds_of_pairs(change)):
            left, shared = change.known[one], len(change.known[one] & change.known[other]) if kind else 0
            right += [score[one, other]] * (shared if by_row else int(kind == 1))
            crossed = len(left) * len(change.known[other]) - shared
            wrong += [score[one, other]] * ((crossed if kind else 0) if by_row else int(kind == 2))
    return float((np.array(right) > np.quantile(wrong, 1 - false)).mean())


# defects


class Tally(NamedTuple):
    """Concerns kept, those that are a known defect, defects found, defects known."""

    kept: int = 0
    true: int = 0
    found: int = 0
    known: int = 0

    @property
    def f1(self) -> float:
        precision, recall = self.true / max(1, self.kept), self.found / max(1, self.known)
        return 2 * precision * recall / (precision + recall) if self.true else 0.0


def add(tallies: Iterable[Tally]) -> Tally:
    """Return the sum."""
    return Tally(*(sum(column) for column in zip(*tallies, strict=True)))


def tally(change: Change, groups: Groups, share: float, *, strict: bool) -> Tally:
    """Count the concerns that at least a share of the seats raise.

    A concern is true when a member is about a known defect. ``strict``: it stands for one defect only, that of most of its
    members, and a second concern about the same one is a false alarm.
    """
    kept = true = 0
    found: set[str] = set()
    for group in groups:
        if len({change.findings[n].source for n in group}) < share * change.seats - 1e-9:
            continue
        kept += 1
        about = Counter(defect for n in group for defect in change.known[n])
        if not about:
            continue
        if strict:
            chief = min(about, key=lambda defect: (-about[defect], defect))
            true += chief not in found
            found.add(chief)
        else:
            true += 1
            found |= set(about)
    return Tally(kept, true, len(found), change.defects)


def interval(tallies: Sequence[Tally], rounds: int) -> tuple[float, float]:
    """Return the 95 % interval of F1 over pull requests drawn anew."""
    rng = random.Random(20261125)
    drawn_anew = sorted(add(rng.choices(tallies, k=len(tallies))).f1 for _ in range(rounds))
    return drawn_anew[int(0.025 * rounds)], drawn_anew[int(0.975 * rounds)]


# what is compared


def fit_within(changes: Sequence[Change]) -> likeness.Within:
    """Return the weights of a logistic regression over the pairs whose truth is known."""
    return likeness.Within(*_regress(changes, likeness.measure_within, ("similarity", "names", "margin")))


def fit_alone(changes: Sequence[Change]) -> likeness.Alone:
    """Return the same for two findings alone."""
    return likeness.Alone(*_regress(changes, likeness.measure_alone, ("similarity", "names")))


_MEASURED: dict[tuple[str, str, int], likeness.Features] = {}


def _measured(change: Change, measure: Callable[[Sequence[Finding]], likeness.Features]) -> likeness.Features:
    key = (change.address, measure.__name__, hash(change.findings))
    if key not in _MEASURED:
        _MEASURED[key] = measure(change.findings)
    return _MEASURED[key]


def _regress(
    changes: Sequence[Change], measure: Callable[[Sequence[Finding]], likeness.Features], names: tuple[str, ...]
) -> list[float]:
    rows, truth = [], []
    for change in changes:
        kinds, features = kinds_of_pairs(change), _measured(change, measure)
        known = (kinds > 0) & (kinds < 4)
        rows.append(np.stack([getattr(features, name)[known] for name in names], axis=-1))
        truth.append(kinds[known] == 1)
    fitted = LogisticRegression(max_iter=2000).fit(np.concatenate(rows), np.concatenate(truth))
    return [*map(float, fitted.coef_[0]), float(fitted.intercept_[0])]


def plain_scores(changes: Sequence[Change]) -> list[np.ndarray]:
    """Return the likeness of plain text: character 3- to 5-grams weighted within the change."""
    vectors = [
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(
            [finding.message for finding in change.findings]
        )
        for change in changes
    ]
    return [(found @ found.T).toarray() for found in vectors]


def word_groups(change: Change) -> Groups:
    """Return the groups of the best rule known before: word 1-2-grams, complete linkage at 0.10."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    texts = [finding.message for finding in change.findings]
    vectors = TfidfVectorizer(ngram_range=(1, 2)).fit_transform(texts)
    apart = np.clip(1 - (vectors @ vectors.T).toarray(), 0, None)
    np.fill_diagonal(apart, 0)
    owners = fcluster(linkage(squareform(apart, checks=False), "complete"), 0.90, "distance")
    return [list(np.flatnonzero(owners == owner)) for owner in sorted(set(owners))]


class Choice(NamedTuple):
    """What was chosen on all repositories but one."""

    weights: likeness.Within
    threshold: float
    share: float


def choose(changes: Sequence[Change], threshold: float) -> Choice:
    """Return the weights, and the share of seats with the best strict F1."""
    weights = fit_within(changes)
    grouped = groups_of(changes, weights, threshold)

    def strict(share: float) -> float:
        return add(
            tally(change, groups, share, strict=True) for change, groups in zip(changes, grouped, strict=True)
        ).f1

    return Choice(weights, threshold, max(SHARES, key=strict))


def groups_of(changes: Sequence[Change], weights: likeness.Within, threshold: float) -> list[Groups]:
    """Return the groups of each change as council makes them."""
    return [group_alike(likeness.compare_within(change.findings, weights), threshold) for change in changes]


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--fit", action="store_true", help="print what is fitted on everything, as it is shipped")
    parser.add_argument("--rounds", type=int, default=2000, help="rounds of the bootstrap")
    options = parser.parse_args()
    changes = read_changes(options.folder)
    if options.fit:
        print(fit_within(changes), fit_alone(changes), choose(changes, ONE_THING).share, sep="\n")
        return 0
    chosen = {
        "council" if threshold == ONE_THING else f"council at {threshold}": {
            name: choose([change for change in changes if change.repository != name], threshold)
            for name in sorted({change.repository for change in changes})
        }
        for threshold in THRESHOLDS
    }
    show_pairs(changes, chosen)
    show_defects(changes, chosen, options.rounds)
    for title, choices in chosen.items():
        for name, choice in choices.items() if title == "council" else ():
            weights = ", ".join(f"{key} {value:.2f}" for key, value in choice.weights._asdict().items())
            print(f"without {name}: {choice.share * TOOLS:.0f} of 12 seats; {weights}")
    return 0


def show_pairs(changes: list[Change], chosen: dict[str, dict[str, Choice]]) -> None:
    """Print how many pairs are found and falsely merged."""
    print(f"{'pairs':48}{'true found':>12}{'false: known':>14}{'wider':>8}{'by row':>8}")
    plain, alone = plain_scores(changes), alone_scores(changes)
    for title, scores in (("plain text, character n-grams", plain), ("council, two findings alone", alone)):
        for false in (0.02, 0.05, 0.07):
            print(f"{title:48}{pair_curve(changes, scores, false, by_row=False):>12.1%}{false:>14.1%}")
            print(f"{title:48}{pair_curve(changes, scores, false, by_row=True):>12.1%}{false:>30.1%}")
    rng = random.Random(20261125)
    few = [drawn(change, 4, 99, rng) for _ in range(10) for change in changes]
    fewer = [drawn(change, 4, 2, rng) for _ in range(40) for change in changes]
    rows: list[tuple[str, list[Change], list[Groups]]] = [
        ("word 1-2-grams, complete linkage at 0.10", changes, [word_groups(change) for change in changes])
    ]
    for title, choices in chosen.items():
        for seats, cases in (("", changes), (", 4 seats", few), (", 4 × 2 findings", fewer)):
            grouped = [groups_of([case], *choices[case.repository][:2])[0] for case in cases]
            rows.append((title + seats, cases, grouped))
    for title, cases, grouped in rows:
        found, false, wider, by_row = pair_rates(cases, grouped)
        print(f"{title:48}{found:>12.1%}{false:>14.1%}{wider:>8.1%}{by_row:>8.1%}")
    print()


def alone_scores(changes: Sequence[Change]) -> list[np.ndarray]:
    """Return the likeness of each two findings alone, with the weights of the other repositories."""
    fitted = {
        name: fit_alone([change for change in changes if change.repository != name])
        for name in {change.repository for change in changes}
    }
    return [likeness.compare_alone(change.findings, fitted[change.repository]) for change in changes]


def show_defects(changes: list[Change], chosen: dict[str, dict[str, Choice]], rounds: int) -> None:
    """Print how well each rule tells defects from the rest."""
    print(f"{'defects':48}{'concerns':>10}{'F1':>8}{'95 %':>14}{'strict F1':>11}{'95 %':>14}")
    nothing = [0.0] * len(changes)
    words = [word_groups(change) for change in changes]
    rows: list[tuple[str, list[Groups], list[float]]] = [
        (*best_tool(changes), nothing),
        ("every finding of every tool", [[[n] for n in range(len(c.findings))] for c in changes], nothing),
        *((f"word 1-2-grams, {count} tools or more", words, [count / TOOLS] * len(changes)) for count in (2, 3, 4)),
    ]
    for title, choices in chosen.items():
        grouped = [groups_of([change], *choices[change.repository][:2])[0] for change in changes]
        rows.append((title, grouped, [choices[change.repository].share for change in changes]))
    for title, grouped, kept in rows:
        cells = ""
        for strict in (False, True):
            triples = zip(changes, grouped, kept, strict=True)
            tallies = [tally(change, groups, share, strict=strict) for change, groups, share in triples]
            (low, high), total = interval(tallies, rounds), add(tallies)
            cells += f"{total.f1:>11.3f}" if strict else f"{total.kept:>10}{total.f1:>8.3f}"
            cells += f"{f'{low:.2f} to {high:.2f}':>14}"
        print(f"{title:48}{cells}")
    print()


def best_tool(changes: list[Change]) -> tuple[str, list[Groups]]:
    """Return the tool with the best F1, chosen with hindsight."""
    found = {
        tool: [[[n] for n, finding in enumerate(c.findings) if finding.source == tool] for c in changes]
        for tool in sorted({finding.source for change in changes for finding in change.findings})
    }

    def strict(tool: str) -> float:
        return add(tally(c, groups, 0, strict=True) for c, groups in zip(changes, found[tool], strict=True)).f1

    best = max(found, key=strict)
    return f"the best tool alone ({best})", [list(groups) for groups in found[best]]


if __name__ == "__main__":
    sys.exit(main())
