"""Failed programs are put together by what their tests show."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.advising import CLASSES, classify
from council.advising.reading import read_failure
from council.types.benchmarks import SampleOutcome
from council.types.checks import TestOutcome, TestResult

CODE = "def f(a, b=0):\n    return a + b\n"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("assert 3 == 2", "off-by-one"),
        ("assert 3 == 9", "wrong-number"),
        ("assert 3 == -3", "wrong-sign"),
        ("assert 2.5 == 3", "wrong-number"),
        ("assert True == False", "wrong-yes"),
        ("assert False is True", "wrong-no"),
        ("assert 'YES' == 'NO'", "wrong-yes"),
        ("assert [3, 1] == [1, 3]", "wrong-order"),
        ("assert [1] == [1, 3]", "elements-missing"),
        ("assert [1, 1, 3] == [1, 3]", "elements-too-many"),
        ("assert [1, 4] == [1, 3]", "wrong-elements"),
        ("assert (1, 3) == [1, 3]", "wrong-type"),
        ("assert 2.3 == '2,3'", "wrong-type"),
        ("assert None == 3", "returns-nothing"),
        ("assert 3 == None", "should-be-nothing"),
        ("assert 'Ab' == 'aB'", "wrong-case"),
        ("assert 'a  b' == 'a b'", "wrong-spacing"),
        ("assert 'b a' == 'a b'", "wrong-order"),
        ("assert 'ab' == 'abc'", "cut-short"),
        ("assert 'abd' == 'abc'", "wrong-text"),
        ("assert {'a': 1, 'b': 2} == {'a': 1}", "elements-too-many"),
        ("assert [1, 2] == [2, 1], after 3 calls, really", "wrong-order"),
        ("IndexError: list index out of range", "index-error"),
        ("KeyError: 'a'", "key-error"),
        ("TypeError: no", "type-error"),
        ("NameError: name 'math' is not defined", "undefined-name"),
        ("RecursionError: maximum recursion depth exceeded", "recursion"),
        ("ZeroDivisionError: division by zero", "zero-division"),
        ("OSError: no", "other-error"),
        ("DID NOT RAISE <class 'ValueError'>", "does-not-raise"),
        ("something else", "wrong-result"),
    ],
)
def test_a_reason_has_its_class(records: ModuleType, reason: str, expected: str) -> None:
    assert classify(records.sample("m", "task_01", CODE, plain=(records.test("test_a", reason),))) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("f([1.0, 2.0], 1.0) returned True, not False", "wrong-yes"),
        ("f([3, 2]) returned [3, 2], not [2, 3]", "wrong-order"),
        ("f('x returned 1, not 2') returned 4, not 5", "off-by-one"),
        ("f('a') returned 'b, not c', not 'd'", "wrong-text"),
        ("f(1) raised IndexError: no", "index-error"),
        ("f([]) raised IndexError: no", "index-error"),
        ("f([]) returned 4, not 9", "empty-input"),
        ("f([1 … (300 characters)) returned 4, not 9", "wrong-number"),
    ],
)
def test_the_first_of_many_inputs_has_its_class(records: ModuleType, told: str, expected: str) -> None:
    output = f"E   AssertionError: 3 of 41 inputs failed; the first: {told}\nE   assert not 3"
    failed = records.test("test_f[0]", "assert not 3", output)
    assert classify(records.sample("m", "task_01", CODE, edge=(failed,))) == expected


def test_shortened_values_are_read_from_the_line_and_from_what_pytest_counts(records: ModuleType) -> None:
    reason = "assert ['()', ...] == ['(()())', ...]"
    for more, expected in (
        ("E     Left contains 8 more items, first extra item: '(())'", "elements-too-many"),
        ("E     Right contains one more item: '(())'", "elements-missing"),
        ("E     At index 2 diff: 1 != 2", "wrong-elements"),
    ):
        failed = records.test("test_a", reason, f"    assert f('x') == g('y')\n{more}")
        assert classify(records.sample("m", "task_01", CODE, plain=(failed,))) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(a:\n", "not-python"),
        ('def f(a):\n    """Add."""\n', "unfinished"),
        ("def f(a):\n    pass\n", "unfinished"),
        ("def f(a):\n    pass\n\n\ndef f(a):\n    return 1\n", "ignores-argument"),
        ("def f(a):\n    return 1\n", "ignores-argument"),
        ("def f(a):\n    return a\n", "wrong-number"),
        ("  ", "no-code"),
    ],
)
def test_the_code_itself_says_more(records: ModuleType, code: str, expected: str) -> None:
    failed = records.test("test_a", "assert 3 == 9")
    assert classify(records.sample("m", "task_01", code, plain=(failed,))) == expected


def test_outcomes_come_before_tests(records: ModuleType) -> None:
    failed = (records.test("test_a", "assert 3 == 9"),)
    made = records.sample("m", "task_01", CODE, plain=failed)
    assert classify(made.but(outcome=SampleOutcome.TAMPERED)) == "tampering"
    assert classify(made.but(outcome=SampleOutcome.NO_CODE, code=None)) == "no-code"
    assert classify(made.but(outcome=SampleOutcome.BROKEN)) is None
    assert classify(records.sample("m", "task_01", CODE)) is None


def test_plain_tests_say_it_before_edge_cases_do(records: ModuleType) -> None:
    late = records.test("test_b", "no end in 10.1 s", outcome="timed_out")
    both = records.sample("m", "task_01", CODE, plain=(records.test("test_a", "assert 3 == 9"),), edge=(late, late))
    assert classify(both) == "wrong-number"
    assert classify(records.sample("m", "task_01", CODE, edge=(late,))) == "never-ends"


def test_most_tests_decide_and_only_empty_input_is_a_class(records: ModuleType) -> None:
    def line(call: str, reason: str) -> TestResult:
        made: TestResult = records.test(f"test_{call}", reason, f"    assert f({call}) == 9\nE   {reason}")
        return made

    empty = line("[]", "assert 1 == 9")
    full = line("[4]", "assert 1 == 9")
    assert classify(records.sample("m", "task_01", CODE, plain=(empty,))) == "empty-input"
    assert classify(records.sample("m", "task_01", CODE, plain=(empty, full))) == "wrong-number"
    near = records.test("test_c", "assert 8 == 9")
    assert classify(records.sample("m", "task_01", CODE, plain=(near, near, full))) == "off-by-one"


texts = st.text(max_size=120) | st.sampled_from(
    ["assert [", "assert 1 == ", "assert ... == [...]", "E   assert x", "\0"]
)


@given(reason=texts, output=texts, outcome=st.sampled_from([o for o in TestOutcome if o is not TestOutcome.PASSED]))
def test_no_text_of_a_test_breaks_the_reading(reason: str, output: str, outcome: TestOutcome) -> None:
    read_failure(TestResult(name="t", node_id="t", outcome=outcome, reason=reason, output=output))


def test_every_class_says_what_it_means() -> None:
    for entry in CLASSES.values():
        assert (
            entry.title
            and entry.impact.endswith(".")
            and not any(char.isdigit() for char in entry.title + entry.impact)
        )
