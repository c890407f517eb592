"""How right the council is when it asks every seat, and when it asks only as many as it needs, on recorded judgements.

    python benchmarks/asking.py

*Picks*: five judges have scored four responses to each of 850 items, one of which is the best (one sample each). Each
score becomes a ballot: a judge approves what it scores highest, requests changes to what lies one point below, and
rejects the rest. The council scores each response by ``consensus.DEFAULT``; the highest score is its pick, and equal
ones share the hit. One call is one judge looking at one item. Asking in turn, the council stops when the policy would
spare the other seats for each of the four responses.

*Reviews*: panels of five models review the predictions of a sixth (479 inputs); see ``recorded.py``.

With labels, seats and weights are learnt from the first labelled decisions of other items than those judged (halves).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from itertools import product
from random import Random
from statistics import fmean

import recorded
from calibration import SEED, decide
from recorded import Item, Sitting

from council.consensus import DEFAULT, PRIOR, learn, order_seats, spare_seats
from council.policies import Asking, Policy, Voting
from council.protocols import Docket
from council.types.consensus import Consensus, Decision
from council.types.findings import Finding, Severity
from council.types.labels import TrackRecord
from council.types.reviews import Ballot, Review, ReviewOutcome, Seat, Verdict

QUORUM = 2
DRAWS = 10
"""Of labels: how often others are drawn."""
SURE = (0.8, 0.9, 0.95, 1.0)
Told = tuple[tuple[str, Verdict], ...]


@cache
def review(model: str, verdict: Verdict) -> Review:
    """Return the review of one seat; a request for changes names one grave finding."""
    finding = Finding(id=f"{model}-1", source=model, severity=Severity.HIGH, message="Another response is better")
    ballot = Ballot(verdict=verdict, findings=(finding,) if verdict is Verdict.REQUEST_CHANGES else ())
    return Review(seat=Seat(name=model, model=model, provider="x"), outcome=ReviewOutcome.ANSWERED, ballot=ballot)


@dataclass
class House:
    """A policy and what was learnt; remembers what it has decided, for ballots repeat."""

    record: TrackRecord = PRIOR
    sure: float | None = None
    """``None``: every seat is asked."""
    _decided: dict[Told, Consensus] = field(default_factory=dict)
    _spared: dict[tuple[Told, int], bool] = field(default_factory=dict)

    @property
    def docket(self) -> Docket:
        """What holds before any seat is asked."""
        asking = Asking(mode="sequential", sure=self.sure or 1.0)
        return Docket(policy=Policy(id="p", title="P", voting=Voting(quorum=QUORUM), asking=asking), record=self.record)

    def order(self, models: Sequence[str]) -> list[str]:
        """Return the models in the order they are asked in; their prices are taken to be equal."""
        return list(order_seats([review(model, Verdict.APPROVE).seat for model in models], self.docket, {}))

    def decide(self, told: Told) -> Consensus:
        """Return what the council makes of some ballots."""
        if told not in self._decided:
            docket = self.docket.model_copy(update={"reviews": tuple(review(*vote) for vote in told)})
            self._decided[told] = DEFAULT.aggregate(docket)
        return self._decided[told]

    def spares(self, told: Told, waiting: int) -> bool:
        """Return whether the seats that wait need not be asked."""
        if self.sure is None or len(told) < QUORUM:
            return False
        key = (tuple(sorted(told)), waiting)
        if key not in self._spared:
            reviews = tuple(review(*vote) for vote in told)
            self._spared[key] = spare_seats(self.docket, reviews, waiting) is not None
        return self._spared[key]


def verdict(scores: Sequence[float], response: int) -> Verdict:
    """Return what a judge says of one response by what it gave all four."""
    gap = max(scores) - scores[response]
    return Verdict.APPROVE if gap == 0 else Verdict.REQUEST_CHANGES if gap <= 1 else Verdict.REJECT


def pick(house: House, item: Item) -> tuple[Fraction, int]:
    """Return how much of a hit the council's pick is, and how many judges it asked."""
    models = house.order(sorted(item.scores))
    told: list[Told] = [(), (), (), ()]
    for number, model in enumerate(models):
        if all(house.spares(votes, len(models) - number) for votes in told):
            models = models[:number]
            break
        told = [(*votes, (model, verdict(item.scores[model], place))) for place, votes in enumerate(told)]
    scores = [house.decide(votes).score or 0.0 for votes in told]
    best = [place for place, score in enumerate(scores) if score == max(scores)]
    return Fraction(item.gold in best, len(best)), len(models)


def judge(house: House, sitting: Sitting) -> tuple[float, int]:
    """Return how right the council's decision is (a tie is half right), and how many seats it asked."""
    said = dict(sitting.votes)
    models = house.order(sorted(said))
    told: Told = ()
    for number, model in enumerate(models):
        if house.spares(told, len(models) - number):
            models = models[:number]
            break
        told = (*told, (model, Verdict.APPROVE if said[model] else Verdict.REJECT))
    decision = house.decide(told).decision
    right = 0.5 if decision is Decision.TIED else float((decision is Decision.APPROVED) == sitting.good)
    return right, len(models)


def picks(labels: int, sure: float | None, samples: Sequence[int], prompt: str) -> tuple[float, float, int]:
    """Return accuracy of the picks, share of the calls, and items, over both halves, some samples and some labels."""
    hits, calls, judges, count = [], 0, 0, 0
    for sample, draw in product(samples, range(DRAWS if labels else 1)):
        items = recorded.items(prompt, sample)
        names = sorted({item.name for item in items})
        Random(f"{SEED} {draw}").shuffle(names)
        halves = set(names[::2]), set(names[1::2])
        for taught, judged in (halves, halves[::-1]):
            house = House(record=_taught(labels, taught, prompt, draw), sure=sure)
            for item in items:
                if item.name in judged:
                    hit, asked = pick(house, item)
                    hits.append(float(hit))
                    calls, judges = calls + asked, judges + len(item.scores)
        count = len(items)
    return fmean(hits), calls / judges, count


def reviews(labels: int, sure: float | None, panels: int, *, strong: bool) -> tuple[float, float]:
    """Return how often decisions are right, and the share of the calls."""
    random, right, calls, seats = Random(SEED), [], 0, 0
    for _ in range(panels):
        sittings = recorded.predicted(random, strong=strong)
        clusters = sorted({sitting.cluster for sitting in sittings})
        random.shuffle(clusters)
        halves = set(clusters[::2]), set(clusters[1::2])
        for taught, judged in (halves, halves[::-1]):
            rows = [row.label for row in decide([s for s in sittings if s.cluster in taught])]
            house = House(record=learn(rows[:labels]), sure=sure)
            for sitting in sittings:
                if sitting.cluster in judged:
                    good, asked = judge(house, sitting)
                    right.append(good)
                    calls, seats = calls + asked, seats + len(sitting.votes)
    return fmean(right), calls / seats


def _taught(labels: int, names: set[str], prompt: str, draw: int) -> TrackRecord:
    rows = decide([s for s in recorded.scored(prompt) if s.cluster in names])
    Random(f"{SEED} {draw}").shuffle(rows)
    return learn([row.label for row in rows[:labels]])


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--samples", type=int, default=1, help="how many of the eight samples a judge gave are averaged"
    )
    parser.add_argument("--panels", type=int, default=10, help="panels of the reviews")
    options = parser.parse_args()
    print("| picks of | labels | asked | right | calls |\n|---|---|---|---|---|")
    for prompt, judges in (("base", 5), ("criteria", 4)):
        for labels in (0, 100):
            for sure in (None, *SURE):
                right, calls, items = picks(labels, sure, range(options.samples), prompt)
                how = "every judge" if sure is None else f"in turn, sure {sure:.2f}"
                print(f"| {judges} judges, {items} items | {labels} | {how} | {right:.4f} | {calls:.1%} |", flush=True)
    print("\n| reviews by | labels | asked | right | calls |\n|---|---|---|---|---|")
    for strong, name in ((True, "strong"), (False, "mixed")):
        for labels in (0, 100):
            for sure in (None, *SURE):
                right, calls = reviews(labels, sure, options.panels, strong=strong)
                how = "every seat" if sure is None else f"in turn, sure {sure:.2f}"
                print(f"| 5 {name} models | {labels} | {how} | {right:.4f} | {calls:.1%} |", flush=True)


if __name__ == "__main__":
    main()
