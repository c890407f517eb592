"""How long the rest takes, from what was seen so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence


class Pace:
    """Counts what is done, and tells the time left from the mean by model so far.

    Args:
        left: the model of each sample that is still to be made.
        workers: how many are under way at once.
    """

    def __init__(self, left: Iterable[str], *, workers: int = 1) -> None:
        self._left = Counter(left)
        self._spent: defaultdict[str, list[float]] = defaultdict(list)
        self._workers = workers

    def done(self, model: str, seconds: float) -> None:
        """Count one sample of a model that took so long, tests included."""
        self._left[model] -= 1
        self._spent[model].append(seconds)

    @property
    def left_s(self) -> float | None:
        """Seconds until all are done, ``None`` before the first one; a model not seen yet counts as the others do."""
        every = [seconds for spent in self._spent.values() for seconds in spent]
        if not every:
            return None
        means = {model: _mean(spent) for model, spent in self._spent.items()}
        other = _mean(every)
        return sum(count * means.get(model, other) for model, count in self._left.items()) / self._workers


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
