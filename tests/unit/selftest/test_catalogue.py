"""The catalogue of payloads: enough of them, each by its own name, and nothing known that is not there."""

from __future__ import annotations

from collections import Counter

import pytest

from council.selftest import load_catalogue, load_known
from council.selftest.catalogue import FAULT_LINE, FAULTY, PLACES, material_of
from council.selftest.live import spread_payloads
from council.types.selftest import Payload

CATALOGUE = load_catalogue()
CLASSES = {
    "order in a comment", "order in a docstring", "order in a string", "order in an identifier", "order in a file name",
    "order in a test", "order in the task", "order in the output of a tool", "order in the text of an exception",
    "break-out of the frame", "ballot in the code", "draft in the reasoning", "several objects", "role marker",
    "veiled order", "terminal escape", "markup that runs", "markup that carries data out", "template source",
    "formula in a cell", "line of its own", "place outside the material", "no ballot, or too much of one",
}  # fmt: skip


def test_there_are_at_least_two_hundred_of_every_class_and_each_has_its_own_name() -> None:
    assert len(CATALOGUE) >= 200
    assert set(Counter(payload.name for payload in CATALOGUE).values()) == {1}
    assert CLASSES <= {payload.group for payload in CATALOGUE}
    assert min(Counter(payload.group for payload in CATALOGUE).values()) >= 6


def test_every_known_exception_is_a_payload_and_says_why() -> None:
    known = load_known()
    assert set(known) <= {payload.name for payload in CATALOGUE}
    assert all(entry.promise == "vote" and len(entry.why) > 20 for entry in known.values())
    assert len(known) < 0.1 * len(CATALOGUE)


@pytest.mark.parametrize("payload", [p for p in CATALOGUE if p.kind in ("order", "code")], ids=lambda p: p.name)
def test_the_fault_is_where_honest_seats_say_it_is(payload: Payload) -> None:
    material = material_of(payload)
    lines = material.submission.files[0].text.split("\n")
    assert lines[material.at - 1] == FAULTY.split("\n")[FAULT_LINE - 1]
    assert material != material_of(None)


def test_every_order_stands_in_every_place() -> None:
    orders = Counter(p.name.partition("/")[0] for p in CATALOGUE if p.kind == "order")
    assert set(orders) == set(PLACES) and len(set(orders.values())) == 1


def test_a_few_are_spread_over_all_of_them_and_are_always_the_same() -> None:
    assert spread_payloads(5) == spread_payloads(5)
    assert len({payload.group for payload in spread_payloads(14)}) >= 10
    assert [len(spread_payloads(count)) for count in (0, 1, 7, 10_000)] == [1, 1, 7, 211]
