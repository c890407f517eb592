"""Recorded judgements with the truth, read as sittings of a council. Used by the other programs here.

``../shared/data/votes`` (see its README):

* scores: composo-ai/llm-judge-criteria-ensembling, MIT. 4 or 5 judges score four responses to an item from 1 to 10; one
  response is the best. Read as reviews, a judge approves the responses that it scores highest and rejects the others.
* output predictions: minimario/cruxeval-lcb, MIT. 47 model configurations predict what a program prints for 479 inputs
  of 92 questions. Read as reviews, the prediction of one is the submission, and five others approve it where they
  would have answered the same.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

VOTES = Path(os.environ.get("COUNCIL_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / "votes"


@dataclass(frozen=True)
class Sitting:
    """One recorded sitting: who said what of one submission, and whether it was good."""

    cluster: str
    """Items of one cluster are not independent: what is drawn at random is clusters."""
    votes: tuple[tuple[str, bool], ...]
    """Model, and whether it approves."""
    good: bool


@dataclass(frozen=True)
class Item:
    """Four responses, what each judge gave them, and which one is the best."""

    name: str
    scores: dict[str, tuple[float, float, float, float]]
    gold: int


@cache
def items(prompt: str, sample: int = 0) -> tuple[Item, ...]:
    """Return the items that every judge has scored whole. ``sample``: which of the eight scores is taken."""
    scores: dict[str, dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
    gold: dict[str, int] = {}
    judges = set()
    for row in _rows("rb2_scores.csv"):
        if row["prompt"] != prompt:
            continue
        judges.add(row["judge"])
        given = row["scores"].split()
        if given:
            scores[row["item_id"]][row["judge"]][int(row["response"])] = float(given[min(sample, len(given) - 1)])
        if row["gold"] == "1":
            gold[row["item_id"]] = int(row["response"])
    whole = []
    for name, by_judge in sorted(scores.items()):
        if set(by_judge) == judges and all(len(given) == 4 for given in by_judge.values()):
            table = {judge: (given[0], given[1], given[2], given[3]) for judge, given in sorted(by_judge.items())}
            whole.append(Item(name=name, scores=table, gold=gold[name]))
    return tuple(whole)


def scored(prompt: str) -> tuple[Sitting, ...]:
    """Return a sitting for each response of each item."""
    return tuple(
        Sitting(
            cluster=item.name,
            votes=tuple((judge, given[response] == max(given)) for judge, given in item.scores.items()),
            good=response == item.gold,
        )
        for item in items(prompt)
        for response in range(4)
    )


@cache
def _predictions() -> dict[str, dict[str, tuple[str, bool, str]]]:
    found: dict[str, dict[str, tuple[str, bool, str]]] = defaultdict(dict)
    for row in _rows("lcb_exec_votes.csv"):
        found[row["item_id"]][row["judge"]] = (row["vote"], row["correct"] == "1", row["question_id"])
    return dict(found)


@cache
def models(strong: bool) -> tuple[str, ...]:
    """Return the configurations that may sit: chain of thought and right in more than 42 %, or any above 30 %."""
    right: dict[str, list[bool]] = defaultdict(list)
    for answers in _predictions().values():
        for model, (_, correct, _) in answers.items():
            right[model].append(correct)
    share = {model: sum(told) / len(told) for model, told in right.items()}
    if strong:
        return tuple(sorted(model for model in share if share[model] > 0.42 and model.endswith("+cot")))
    return tuple(sorted(model for model in share if share[model] > 0.3))


def predicted(random: Random, *, strong: bool, seats: int = 5) -> tuple[Sitting, ...]:
    """Return the sittings of one random panel over the predictions of one random author."""
    author, *panel = random.sample(models(strong), seats + 1)
    return tuple(
        Sitting(
            cluster=answers[author][2],
            votes=tuple((seat, answers[seat][0] == answers[author][0]) for seat in panel),
            good=answers[author][1],
        )
        for _, answers in sorted(_predictions().items())
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (VOTES / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
