"""Measured numbers as people read them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from council.rendering.figures import duration, figure, p_words, share, short_names, size, winner_words
from council.types.benchmarks import Cell, Row


@pytest.mark.parametrize(
    ("cell", "unit", "text"),
    [
        (Cell(model="m", value=0.41, low=0.28, high=0.554), "share", "41 % (28–55)"),
        (Cell(model="m", value=0.41), "share", "41 %"),
        (Cell(model="m", value=2.91, low=2.5, high=3.4), "seconds", "2.9 s"),
        (Cell(model="m", value=33.4), "tokens_per_second", "33"),
        (Cell(model="m", value=3.44), "tokens_per_second", "3.4"),
        (Cell(model="m", value=600_000_000), "bytes", "0.6 GB"),
        (Cell(model="m", value=3, of=20), "count", "3"),
        (Cell(model="m", value=7.25), "score", "7.2"),
        (Cell(model="m", word="no (CPU)"), "word", "no (CPU)"),
        (Cell(model="m", word="a\x1b[2Jb\nc"), "word", "a\\x1b[2Jb c"),
        (Cell(model="m"), "share", "unknown"),
        (None, "bytes", "unknown"),
    ],
)
def test_a_figure(cell: Cell | None, unit: str, text: str) -> None:
    assert figure(cell, unit) == text


def test_an_interval_is_shown_on_demand() -> None:
    cell = Cell(model="m", value=2.91, low=2.5, high=3.44)
    assert figure(cell, "seconds", interval=True) == "2.9 s (2.5 s to 3.4 s)"
    assert figure(Cell(model="m", value=0.4, low=0.3, high=0.5), "share", interval=False) == "40 %"


@given(st.floats(0, 1))
@example(0.005)
@example(0.995)
def test_almost_is_not_all_and_hardly_is_not_none(value: float) -> None:
    assert (share(value) == "100 %") == (value == 1)
    assert (share(value) == "0 %") == (value == 0)


@given(st.floats(0, 1))
def test_a_shown_p_value_is_on_the_side_it_is_on(value: float) -> None:
    shown = float(p_words(value).split()[-1])
    assert (shown < 0.05) == (value < 0.05) or p_words(value).startswith("p < ")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.00 s"), (0.994, "0.99 s"), (0.996, "1.0 s"), (9.96, "10 s"), (119.4, "119 s"), (119.6, "2 min"),
     (3599, "1 h 0 min"), (None, "unknown")],
)  # fmt: skip
def test_durations(value: float | None, text: str) -> None:
    assert duration(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(12, "12 bytes"), (98_362_432, "0.1 GB"), (44e6, "44 MB"), (1_117_320_768, "1.1 GB"), (19.2e9, "19 GB"),
     (2.5e12, "2.5 TB"), (None, "unknown")],
)  # fmt: skip
def test_sizes(value: float | None, text: str) -> None:
    assert size(value) == text


def test_short_names_are_never_ambiguous() -> None:
    assert short_names(["a:1b", "plain"]) == {"a:1b": "a:1b", "plain": "plain"}
    assert short_names(["a:1b", "b:"]) == {"a:1b": "a:1b", "b:": "b:"}


def test_who_wins_in_words() -> None:
    row = Row(metric="m", title="m", unit="share", better="higher", cells=(), winner="a:1b", p_value=0.0042)
    assert winner_words(row) == "a:1b (p = 0.004)"
    assert winner_words(row.but(winner=None, note="no difference shown", p_value=0.2)) == (
        "no difference shown (p = 0.20)"
    )
    assert winner_words(row.but(winner=None, p_value=None)) == "-"
