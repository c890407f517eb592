"""Intervals against known values, against scipy, and against chance."""

from __future__ import annotations

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from council.measuring import clustered_interval, mean_interval, pass_at_k, share_interval

COUNTS = st.integers(1, 300).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
GROUPS = st.lists(
    st.integers(1, 10).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), min_size=1, max_size=40
)


@pytest.mark.parametrize(
    ("passed", "of", "low", "high"),
    # Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_the_literature_has_it(passed: int, of: int, low: float, high: float) -> None:
    assert share_interval(passed, of) == pytest.approx((low, high), abs=5e-5)


@given(COUNTS)
def test_wilson_as_scipy_has_it(counts: tuple[int, int]) -> None:
    passed, of = counts
    theirs = binomtest(passed, of).proportion_ci(method="wilson")
    assert share_interval(passed, of) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@given(COUNTS)
def test_a_share_lies_in_its_interval_which_mirrors(counts: tuple[int, int]) -> None:
    passed, of = counts
    low, high = share_interval(passed, of)
    assert 0 <= low <= passed / of <= high <= 1
    assert share_interval(of - passed, of) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(COUNTS)
def test_more_passes_never_lower_an_end(counts: tuple[int, int]) -> None:
    passed, of = counts
    if passed < of:
        (low, high), (more_low, more_high) = share_interval(passed, of), share_interval(passed + 1, of)
        assert more_low > low or passed == 0 and more_low >= low
        assert more_high >= high


def test_of_nothing_everything_is_possible() -> None:
    assert share_interval(0, 0) == clustered_interval([]) == clustered_interval([(0, 0)]) == (0.0, 1.0)


@given(GROUPS, st.randoms(use_true_random=False))
def test_groups_hold_their_share_in_any_order(groups: list[tuple[int, int]], chance: random.Random) -> None:
    passed, of = sum(p for p, _ in groups), sum(n for _, n in groups)
    low, high = clustered_interval(groups)
    assert 0 <= low <= passed / of <= high <= 1
    mixed = groups[:]
    chance.shuffle(mixed)
    assert clustered_interval(mixed) == (low, high)


@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_one_sample_a_task_is_wilsons(passes: list[bool]) -> None:
    assert clustered_interval([(float(p), 1) for p in passes]) == pytest.approx(
        share_interval(sum(passes), len(passes))
    )


@given(st.lists(st.booleans(), min_size=2, max_size=30), st.integers(2, 10))
def test_samples_that_are_all_the_same_count_once(passes: list[bool], copies: int) -> None:
    """Ten copies of one answer are no more evidence than one."""
    once = share_interval(sum(passes), len(passes))
    assert clustered_interval([(p * copies, copies) for p in passes]) == pytest.approx(once)


def test_samples_that_differ_count_more_and_never_more_than_they_are() -> None:
    mixed = clustered_interval([(5, 10)] * 20)
    assert mixed == pytest.approx(share_interval(100, 200))
    assert clustered_interval([(10, 10)] * 10 + [(0, 10)] * 10) == pytest.approx(share_interval(10, 20))


def test_never_is_not_known_for_sure() -> None:
    """A bootstrap would say 0 to 0 here."""
    low, high = clustered_interval([(0, 5)] * 10)
    assert low == 0 and high == pytest.approx(share_interval(0, 10)[1]) and high > 0.25


@pytest.mark.parametrize("shape", [(0.3, 0.7), (1, 1), (20, 20)])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(shape: tuple[float, float]) -> None:
    chance = random.Random(7)
    truth, held, runs = shape[0] / sum(shape), 0, 600
    for _ in range(runs):
        rates = [chance.betavariate(*shape) for _ in range(20)]
        low, high = clustered_interval([(sum(chance.random() < rate for _ in range(5)), 5) for rate in rates])
        held += low <= truth <= high
    assert 0.91 <= held / runs <= 0.985


@given(st.lists(st.floats(0, 1000), min_size=3, max_size=40), st.randoms(use_true_random=False))
def test_a_mean_lies_in_its_interval_in_any_order(values: list[float], chance: random.Random) -> None:
    found = mean_interval(values)
    assert found is not None
    assert min(values) - 1e-9 <= found[0] <= math.fsum(values) / len(values) <= found[1] <= max(values) + 1e-9
    mixed = values[:]
    chance.shuffle(mixed)
    assert mean_interval(mixed) == found


def test_few_values_have_no_interval() -> None:
    assert mean_interval([1.0, 2.0]) is None
    assert mean_interval([2.0, 2.0, 2.0]) == (2.0, 2.0)


def test_a_wider_spread_is_less_sure() -> None:
    narrow, wide = mean_interval([9.0, 10.0, 11.0] * 5), mean_interval([1.0, 10.0, 19.0] * 5)
    assert narrow is not None and wide is not None and wide[1] - wide[0] > 5 * (narrow[1] - narrow[0])


@pytest.mark.parametrize("samples", range(1, 7))
def test_pass_at_k_is_what_counting_gives(samples: int) -> None:
    for passed, k in itertools.product(range(samples + 1), range(1, samples + 1)):
        draws = list(itertools.combinations([True] * passed + [False] * (samples - passed), k))
        assert pass_at_k(samples, passed, k) == pytest.approx(sum(any(draw) for draw in draws) / len(draws))


def test_pass_at_k_as_the_paper_computes_it() -> None:
    """``1 - np.prod(1.0 - k / np.arange(n - c + 1, n + 1))`` of Chen et al. 2021."""
    for samples, passed, k in [(200, 17, 100), (200, 3, 10), (10, 3, 5)]:
        theirs = 1 - math.prod(1 - k / i for i in range(samples - passed + 1, samples + 1))
        assert pass_at_k(samples, passed, k) == pytest.approx(theirs)


@pytest.mark.parametrize(("samples", "passed", "k"), [(5, 6, 1), (5, 2, 6), (5, -1, 1), (5, 2, 0)])
def test_pass_at_k_of_too_few_is_refused(samples: int, passed: int, k: int) -> None:
    with pytest.raises(ValueError, match="pass@"):
        pass_at_k(samples, passed, k)
