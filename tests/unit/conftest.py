"""What the unit tests of every room share."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

Growth = Callable[[Callable[[str], object], Callable[[int], str]], float]


@pytest.fixture
def growth() -> Growth:
    """Measure how many times as much work a text eight times as long is: 8 when linear, 64 when quadratic.

    Both are measured side by side, each at its best of three, so that a slow or busy machine changes neither.
    """

    def work(function: Callable[[str], object], text: str) -> float:
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            function(text)
            best = min(best, time.process_time() - started)
        return best

    def measure(function: Callable[[str], object], text: Callable[[int], str]) -> float:
        return work(function, text(8)) / max(work(function, text(1)), 0.001)

    return measure
