"""What a task does not say: inputs on which versions split into camps of like standing."""

from __future__ import annotations

from collections.abc import Sequence

from council.types.versions import Ambiguity, Answer
from council.versions.agreeing import Table
from council.versions.convicting import size_of_input

MOST = 5
_SMALLEST_CAMP = 2
"""One program alone that differs is a slip, and no reading of the task."""


def ambiguities(table: Table, names: Sequence[str], *, most: int = MOST) -> tuple[Ambiguity, ...]:
    """Return the smallest input for each way in which programs split into camps of like standing.

    The second camp has at least two distinct programs and half the size of the first. Inputs at the border count here,
    and so does turning one away: that is what a task forgets to speak of.
    """
    ordered = tuple(sorted(set(names)))
    found: dict[tuple[tuple[str, ...], ...], Ambiguity] = {}
    for number, one in sorted(enumerate(table.inputs), key=lambda pair: size_of_input(pair[1])):
        for step in range(len(one.steps)):
            answers = _answers(table, number, ordered, step)
            if not _alike(answers):
                continue
            split = tuple(sorted(answer.members for answer in answers))
            found.setdefault(split, Ambiguity(input=one.but(steps=one.steps[: step + 1]), step=step, answers=answers))
            break
    return tuple(sorted(found.values(), key=lambda split: (-_second(split), size_of_input(split.input))))[:most]


def _second(split: Ambiguity) -> int:
    return len(split.answers[1].members)


def _alike(answers: tuple[Answer, ...]) -> bool:
    sizes = [len(answer.members) for answer in answers]
    return len(sizes) > 1 and sizes[1] >= _SMALLEST_CAMP and 2 * sizes[1] >= sizes[0]


def _answers(table: Table, number: int, names: tuple[str, ...], step: int) -> tuple[Answer, ...]:
    """Return what the programs gave on a step, by camp, the largest first; those that parted earlier are left out."""
    trace = table.trace(number, names)
    if step >= len(trace):
        return ()
    together = [0] * len(names) if step == 0 else trace[step - 1]
    start = max(set(together), key=lambda label: (label >= 0, together.count(label), -label), default=-1)
    camps: dict[int, list[str]] = {}
    for place, name in enumerate(names):
        if together[place] == start and trace[step][place] >= 0:
            camps.setdefault(trace[step][place], []).append(name)
    answers = []
    for members in camps.values():
        row = table.row(members[0], number)
        if row is not None:
            answers.append(Answer(outcome=row[step], members=tuple(sorted(members))))
    return tuple(sorted(answers, key=lambda answer: (-len(answer.members), answer.members)))
