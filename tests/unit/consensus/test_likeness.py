"""How alike two findings are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from council.consensus.concerns import count_raising, group_findings
from council.consensus.likeness import FAR_LINES, compare_alone, compare_within, names_in
from council.types.findings import Finding, Location, Severity

WORDS = (
    "`put()` does not move an existing key to the end",
    "Updating an existing key with put() leaves its position unchanged",
    "The capacity check is off by one",
    "get should raise KeyError",
    "",
)


def told(seat: str, words: str, line: int | None = 5, severity: str = "high", number: int = 1) -> Finding:
    place = Location(path="cache.py", line=line)
    return Finding(id=f"{seat}-{number}", source=seat, severity=Severity(severity), message=words, location=place)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("`put()` of LRUCache never calls move_to_end", {"put", "lrucache", "move_to_end"}),
        ("self.cache is read in getValue() before SQL runs", {"self", "cache", "getvalue", "sql"}),
        ("an update leaves the key at its old place", set()),
        ("`" * 5000, set()),
    ],
)
def test_names_of_code_are_told_from_words(text: str, names: set[str]) -> None:
    assert names_in(text) == names


def test_two_alone_are_as_alike_as_they_are_among_others() -> None:
    pair = [told("a", WORDS[0]), told("b", WORDS[1])]
    more = [*pair, told("c", WORDS[2]), told("d", WORDS[3]), told("e", WORDS[0])]
    assert np.allclose(compare_alone(more)[:2, :2], compare_alone(pair))


def test_a_seat_that_says_two_things_means_the_better_match() -> None:
    """Without the first, the second of seat b would be the best that b says about what a found."""
    one, right = told("a", WORDS[0]), told("b", WORDS[0].replace("end", "newest end"))
    near = told("b", "`put()` does not move a new key", number=2)
    alone = compare_within([one, near])[0, 1]
    beside = compare_within([one, right, near])
    assert beside[0, 1] > 0.5 > beside[0, 2] and alone > 2 * beside[0, 2]


def test_a_seat_that_repeats_itself_is_one_concern_and_other_things_of_one_seat_are_not() -> None:
    twice = [told("a", WORDS[0]), told("a", WORDS[0], number=2), told("a", WORDS[2], number=3)]
    assert sorted(len(group) for group in group_findings(twice)) == [1, 2]


def test_words_count_less_where_lines_are_further_apart_and_not_at_all_where_they_are_far() -> None:
    def at(line: int | None) -> float:
        return float(compare_within([told("a", WORDS[0]), told("b", WORDS[1], line)])[0, 1])

    assert at(6) > at(None) > at(5 + FAR_LINES) > at(6 + FAR_LINES) == 0


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_further_or_a_graver_finding_never_makes_fewer_seats_raise(data: st.DataObject) -> None:
    def draw(number: int) -> Finding:
        seat, words = data.draw(st.sampled_from("abcd")), data.draw(st.sampled_from(WORDS))
        line, severity = data.draw(st.sampled_from([1, 4, 9, 30, None])), data.draw(st.sampled_from(list(Severity)))
        return told(seat, words, line, severity.value, number)

    findings = [draw(number) for number in range(data.draw(st.integers(0, 6)))]
    before = count_raising(findings, Severity.HIGH)
    assert count_raising([*findings, draw(99)], Severity.HIGH) >= before
    graver = [f.but(severity=Severity.CRITICAL) if data.draw(st.booleans()) else f for f in findings]
    assert count_raising(graver, Severity.HIGH) >= before
    assert before <= len({f.source for f in findings})


def test_a_seat_that_says_a_second_thing_takes_nothing_from_its_first() -> None:
    """Among all findings b's would be matched with a's second one, which is not grave, and nobody would share the first."""
    shared = [told("a", WORDS[0], severity="critical"), told("b", WORDS[1], severity="low")]
    more = [*shared, told("a", WORDS[1], severity="low", number=2)]
    assert count_raising(shared, Severity.HIGH) == count_raising(more, Severity.HIGH) == 2
