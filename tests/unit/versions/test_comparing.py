"""Outcomes are the same where a careful test would say so, whatever their order."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.versions.comparing import is_limit, is_opaque, labels_of, same
from council.versions.inside.encoding import Encoder, raised


def told(value: Any) -> dict[str, Any]:
    return {"r": Encoder().encode(value)}


class Node:
    def __init__(self, value: object, hidden: object = None) -> None:
        self.value = value
        self._hidden = hidden


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.1 + 0.2, 0.3),
        (1, 1.0),
        (True, 1),
        (float("nan"), float("nan")),
        ([1.0, float("inf")], [1, float("inf")]),
        ({3, 1, 2}, {1, 2, 3}),
        ({1}, frozenset({1})),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (2**90, 2**90),
        (Node(1, "here"), Node(1, "there")),
        (iter([1, 2]), iter((1, 2))),
        (-0.0, 0),
    ],
)
def test_the_same(one: object, other: object) -> None:
    assert same(told(one), told(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.1, 0.1001),
        ([1], (1,)),
        (None, 0),
        ("1", 1),
        ([1, 2], [2, 1]),
        ([1, [2]], [[1], 2]),
        ({"a": 1}, {"a": 2}),
        (2**90, 2**90 + 1),
        (10**20, 10**20 + 1),
        (Node(1), Node(2)),
        ("#", 1),
        (["f", "inf"], [float("inf")]),
        (["f", "1.0"], ["f", "2.0"]),
        (["#"], 1),
        (float("nan"), float("inf")),
        ("", None),
        (b"a", "a"),
        ([], {}),
    ],
)
def test_not_the_same(one: object, other: object) -> None:
    assert not same(told(one), told(other))


def test_exceptions_by_class_and_effects_where_they_count() -> None:
    assert same({"x": raised(KeyError("a"))}, {"x": raised(KeyError("b"))})
    assert not same({"x": raised(KeyError())}, {"x": raised(IndexError())})
    printed = {"r": None, "p": "a"}
    assert same(printed, {"r": None}) and not same(printed, {"r": None}, effects=True)
    assert not same({"r": None, "m": {"l": [1]}}, {"r": None}, effects=True)


def test_what_cannot_be_told_is_known_as_such() -> None:
    assert is_opaque(told([lambda: 1])) and is_opaque(told(object()))
    assert is_limit(told(["x" * 100_000])) and is_limit({"stop": "time"}) and not is_limit(told([1]))


def test_what_contains_itself_has_an_end() -> None:
    loop: list[object] = [1]
    loop.append(loop)
    assert is_limit(told(loop))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3)
    | st.tuples(inner)
    | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.lists(_VALUES, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_no_order_changes_who_is_with_whom(values: list[object], draw: random.Random) -> None:
    outcomes = [told(value) for value in values]
    shuffled = list(range(len(values)))
    draw.shuffle(shuffled)
    straight, other = labels_of(outcomes), labels_of([outcomes[place] for place in shuffled])
    back = [other[shuffled.index(place)] for place in range(len(values))]
    alike = {(a, b) for a in range(len(values)) for b in range(len(values)) if straight[a] == straight[b]}
    assert alike == {(a, b) for a in range(len(values)) for b in range(len(values)) if back[a] == back[b]}
    assert all((place, place) in alike for place in range(len(values)))


@settings(deadline=None)
@given(_VALUES)
def test_a_value_is_told_twice_in_the_same_way(value: object) -> None:
    assert told(value) == told(value) and same(told(value), told(value))


def test_closeness_is_followed_through() -> None:
    near = [1.0, 1.0 + 0.9e-6, 1.0 + 1.8e-6, 2.0]
    assert labels_of([told(value) for value in near]) == (0, 0, 0, 1)
    assert labels_of([told(near[0]), None, told(near[2])]) == (0, -1, 1)
