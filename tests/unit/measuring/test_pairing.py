"""Paired tests against known values, and how rarely chance wins."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from council.measuring import exact_mcnemar, paired_test
from council.measuring.pairing import contest


@pytest.mark.parametrize(
    ("only_one", "only_other", "p_value"),
    # By hand: twice the sum of the binomial coefficients of the smaller tail over 2 to the number of discordant pairs.
    [(0, 0, 1.0), (3, 3, 1.0), (0, 5, 0.0625), (0, 6, 0.03125), (1, 9, 0.021484375), (2, 12, 0.012939453125)],
)
def test_exact_mcnemar(only_one: int, only_other: int, p_value: float) -> None:
    assert exact_mcnemar(only_one, only_other) == pytest.approx(p_value)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_twice_the_smaller_tail_and_blind_to_the_side(only_one: int, only_other: int) -> None:
    p_value = exact_mcnemar(only_one, only_other)
    tail = 2 * binom.cdf(min(only_one, only_other), only_one + only_other, 0.5)
    assert p_value == pytest.approx(min(1.0, tail)) and 0 < p_value <= 1
    assert p_value == exact_mcnemar(only_other, only_one)


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=10))
@settings(max_examples=40, deadline=None)
def test_the_permutation_test_is_what_counting_gives(differences: list[int]) -> None:
    total = abs(sum(differences))
    patterns = list(itertools.product((-1, 1), repeat=len(differences)))
    as_far = sum(abs(sum(s * d for s, d in zip(signs, differences, strict=True))) >= total for signs in patterns)
    assert paired_test([float(d) for d in differences]) == pytest.approx(as_far / len(patterns))


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=30), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_permutation_test_is_blind_to_order_and_side(values: list[float], chance: random.Random) -> None:
    p_value = paired_test(values)
    mixed = values[:]
    chance.shuffle(mixed)
    assert 0 < p_value <= 1 and paired_test(mixed) == p_value
    assert paired_test([-value for value in values]) == pytest.approx(p_value)


def test_no_difference_is_no_difference() -> None:
    assert paired_test([]) == paired_test([0.0] * 20) == 1.0


def observed(*marks: str) -> dict[str, dict[str, tuple[float, ...]]]:
    """``observed("++-", "+--")``: models a, b … with one sample a task."""
    return {
        name: {f"t{at}": (float(mark == "+"),) for at, mark in enumerate(line)}
        for name, line in zip("abcdef", marks, strict=False)
    }


def rates(found: dict[str, dict[str, tuple[float, ...]]]) -> dict[str, float]:
    return {name: math.fsum(n[0] for n in tasks.values()) / len(tasks) for name, tasks in found.items()}


def test_the_best_must_beat_every_other_one() -> None:
    clear = observed("+" * 12 + "-" * 3, "+" * 2 + "-" * 13)
    two = contest(rates(clear), clear, higher=True, binary=True)
    assert two.winner == "a" and two.p_value == pytest.approx(exact_mcnemar(10, 0)) and two.method == "exact McNemar"
    close = clear | {"c": observed("+" * 11 + "-" * 4)["a"]}
    three = contest(rates(close), close, higher=True, binary=True)
    assert three.winner is None and three.note == "no difference shown" and three.p_value == 1.0


def test_several_comparisons_are_corrected_after_holm() -> None:
    found = observed("+" * 7 + "-" * 8, "-" * 15, "-" * 15)
    pair = {name: found[name] for name in "ab"}
    assert contest(rates(pair), pair, higher=True, binary=True).p_value == pytest.approx(2 / 2**7)
    three = contest(rates(found), found, higher=True, binary=True)
    assert three.p_value == pytest.approx(4 / 2**7) and three.method == "exact McNemar, Holm"
    six = observed("+" * 7 + "-" * 8, *["-" * 15] * 5)
    assert contest(rates(six), six, higher=True, binary=True).winner is None


def test_less_can_be_better() -> None:
    found = {"a": {f"t{n}": (2.0 + n,) for n in range(10)}, "b": {f"t{n}": (3.0 + n,) for n in range(10)}}
    values = {name: 0.0 + math.fsum(n[0] for n in tasks.values()) for name, tasks in found.items()}
    assert contest(values, found, higher=False, binary=False).winner == "a"
    assert contest(values, found, higher=True, binary=False).winner == "b"


def test_without_a_second_one_there_is_nothing_to_win() -> None:
    found = observed("+++")
    assert contest(rates(found), found, higher=True, binary=True).note == "nothing to compare"
    assert contest({}, {}, higher=True, binary=True).note == "not measured"


def test_without_a_common_task_nothing_is_compared() -> None:
    found = {"a": {"t1": (1.0,)}, "b": {"t2": (0.0,)}}
    assert contest(rates(found), found, higher=True, binary=True).note == "no task in common"


@pytest.mark.parametrize("samples", [1, 4])
def test_chance_wins_rarely(samples: int) -> None:
    """Three models with the same rates on tasks of different difficulty: at most 5 %, and some for the simulation."""
    chance = random.Random(11)
    wins, runs = 0, 250
    for _ in range(runs):
        hard = [chance.random() for _ in range(20)]
        found = {
            name: {f"t{at}": tuple(float(chance.random() < q) for _ in range(samples)) for at, q in enumerate(hard)}
            for name in "abc"
        }
        values = {n: math.fsum(math.fsum(x) for x in tasks.values()) / 20 / samples for n, tasks in found.items()}
        wins += contest(values, found, higher=True, binary=True).winner is not None
    assert wins / runs <= 0.06


def test_a_real_difference_is_found() -> None:
    chance = random.Random(12)
    wins, runs = 0, 60
    for _ in range(runs):
        found = {
            name: {f"t{at}": tuple(float(chance.random() < q) for _ in range(5)) for at in range(20)}
            for name, q in (("a", 0.2), ("b", 0.6))
        }
        values = {n: math.fsum(math.fsum(x) for x in tasks.values()) / 100 for n, tasks in found.items()}
        wins += contest(values, found, higher=True, binary=True).winner == "b"
    assert wins / runs >= 0.95


def test_who_is_worse_over_the_common_tasks_does_not_win() -> None:
    """The better rate may come from tasks that the other one was never judged on."""
    found = observed("-" * 10, "+" * 10)
    result = contest({"a": 0.9, "b": 0.5}, found, higher=True, binary=True)
    assert result.winner is None and result.note == "no difference shown"
