"""Excerpts hold the lines that matter, as they stand, and say which they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.advising.lines import MOST_LINES, cut, named_in, place, spans_of

FAULTY = 'import os\n\n\ndef f(a):\n    """Say.\n\n    >>> f(1)\n    """\n\n    x = a\n\n    return x - 1\n'
RIGHT = "def f(a):\n    return a + 1\n"


def test_a_short_function_is_shown_without_its_docstring() -> None:
    assert spans_of(FAULTY, RIGHT) == ((4, 4), (10, 12))
    assert place(FAULTY, "4-4,10-12").text == "lines 4 and 10–12"
    assert cut(FAULTY, "10-12").text == "    x = a\n\n    return x - 1"
    assert place(FAULTY, "4-4").text == "line 4"
    assert place(FAULTY, "1-1,4-4,10-12").text == "lines 1, 4 and 10–12"


def test_of_several_functions_the_one_that_differs_is_shown() -> None:
    both = "def g():\n    return 1\n\n\ndef f(a):\n    return a\n"
    assert spans_of(both, "def g():\n    return 1\n\n\ndef f(a):\n    return a + 1\n") == ((5, 6),)
    assert spans_of("def helper():\n    return 2\n\n\n" + RIGHT, FAULTY) == ((5, 6),)


def test_a_long_function_is_shown_around_the_first_difference() -> None:
    same = [f"    x{n} = {n}" for n in range(40)]
    code = "\n".join(["def f():", *same[:20], "    wrong()", *same[20:]])
    other = "\n".join(["def f():", *same])
    assert spans_of(code, other) == ((1, 1), (20, 34))


def test_where_the_error_arose_is_shown_wherever_it_stands() -> None:
    code = RIGHT + "\n\nif True:\n    print(f())\n"
    assert spans_of(code, RIGHT, also=(6,)) == ((1, 2), (6, 6))
    assert spans_of(code, RIGHT, also=(1, 3, 99)) == ((1, 2),)


def test_places_are_read_below_their_heading_only() -> None:
    trace = "test_plain.py:7: in test\nE   TypeError\n------- In the code -------\na.py:2: in f\n    g()\na.py:9: in g\n"
    assert named_in(trace) == (9, 2)
    assert named_in("test_plain.py:7: in test\nE   TypeError") == ()
    assert named_in(None) == ()
    deep = "In the code:\n" + "".join(f"a.py:{n}: in f\n" for n in (1, 2, 3, 4, 4, 4))
    assert named_in(deep) == (4, 3, 2)


@pytest.mark.parametrize("span", ["0-1", "3-2", "1-99", "x-1", "1", ""])
def test_lines_that_are_not_there_are_an_error(span: str) -> None:
    with pytest.raises(LookupError):
        cut("a\nb\n", span)


@given(st.text(alphabet="def f():\n    return'\"x#", max_size=200), st.text(max_size=80))
def test_spans_lie_in_the_code_in_order(code: str, other: str) -> None:
    spans = spans_of(code, other)
    lines = code.splitlines()
    assert all(1 <= first <= last <= len(lines) for first, last in spans)
    assert all(one[1] < two[0] for one, two in zip(spans, spans[1:], strict=False))
    assert sum(1 for first, last in spans for n in range(first, last + 1) if lines[n - 1].strip()) <= MOST_LINES
    for first, last in spans:
        assert cut(code, f"{first}-{last}").text == "\n".join(lines[first - 1 : last])
