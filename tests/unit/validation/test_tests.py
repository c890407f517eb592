"""pytest as a check: what it says of a test, and what it does not let itself be told."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from council.policies import Criterion
from council.types.checks import CheckOutcome, CheckResult, Mark, TestOutcome, ValidationReport
from council.types.findings import Severity

Check = Callable[..., CheckResult]
ONE = "from cache import f\n\n\ndef test_one():\n    assert f() == 1\n\n\ndef test_two():\n    assert f() == 1\n"


def outcomes(result: CheckResult) -> dict[str, str]:
    return {test.name: test.outcome.value for test in result.tests}


def test_passing_tests_pass(check: Check) -> None:
    result = check("tests", "def f():\n    return 1\n", ONE)
    assert result.outcome is CheckOutcome.PASSED and result.summary == "2 tests passed" and result.required
    assert outcomes(result) == {"test_one": "passed", "test_two": "passed"}
    assert result.tool == "pytest" and result.tool_version


def test_failures_are_named_with_their_reason(check: Check) -> None:
    tests = """
import pytest
from cache import f

def test_plain():
    assert f() == 2

def test_told():
    assert f() == 3, "after 3 puts"

def test_raises():
    raise KeyError("k")

def test_ok():
    assert f() == 1

class TestGroup:
    @pytest.mark.parametrize("n", [1, 2])
    def test_each(self, n):
        assert f() == n

def test_setup(nothing):
    pass
"""
    result = check("tests", "def f():\n    return 1\n", tests)
    assert result.outcome is CheckOutcome.FAILED and result.summary == "5 of 7 tests failed"
    reasons = {test.name: test.reason for test in result.tests}
    assert reasons["test_plain"] == "assert 1 == 2"
    assert reasons["test_told"] == "assert 1 == 3, after 3 puts"
    assert reasons["test_raises"] == "KeyError: 'k'"
    assert reasons["test_ok"] is None
    assert reasons["TestGroup::test_each[2]"] == "assert 1 == 2"
    assert "fixture 'nothing' not found" in (reasons["test_setup"] or "")
    assert outcomes(result)["test_setup"] == "error"
    assert "assert f() == 2" in (result.tests[0].output or "")


def test_skips_and_expected_failures_are_not_passes(check: Check) -> None:
    tests = """
import pytest

@pytest.mark.skip(reason="later")
def test_skipped():
    pass

@pytest.mark.xfail(reason="known")
def test_xfailed():
    assert False

@pytest.mark.xfail
def test_xpassed():
    pass

@pytest.mark.xfail(strict=True)
def test_strict():
    pass
"""
    result = check("tests", "x = 1\n", tests)
    assert result.outcome is CheckOutcome.FAILED
    assert outcomes(result) == {
        "test_skipped": "skipped", "test_xfailed": "xfailed", "test_xpassed": "xpassed", "test_strict": "failed",
    }  # fmt: skip
    assert result.tests[0].reason == "Skipped: later"


def test_a_file_that_skips_itself_has_not_passed(check: Check) -> None:
    result = check("tests", "x = 1\n", "import pytest\npytest.importorskip('nope')\n\ndef test_one():\n    pass\n")
    assert result.outcome is CheckOutcome.FAILED and outcomes(result) == {"test_one": "skipped"}


def test_a_file_that_cannot_be_imported_says_why(check: Check) -> None:
    result = check("tests", "def g():\n    pass\n", ONE)
    assert result.outcome is CheckOutcome.FAILED
    assert result.summary.startswith("test_cache.py cannot be imported: ImportError: cannot import name 'f'")
    assert outcomes(result) == {"test_one": "error", "test_two": "error"}
    missing = check("tests", "import nowhere\n\ndef f():\n    return 1\n", ONE)
    assert missing.summary == "test_cache.py cannot be imported: ModuleNotFoundError: No module named 'nowhere'"


@pytest.mark.parametrize("end", ["import os\nos._exit(0)\n", "import sys\nsys.exit(0)\n", "raise SystemExit\n"])
def test_code_that_ends_the_interpreter_has_passed_nothing(check: Check, end: str) -> None:
    result = check("tests", end, ONE)
    assert result.outcome is CheckOutcome.FAILED
    assert re.search("cache.* ended (the|its) interpreter while it was imported", result.summary), result.summary
    assert outcomes(result) == {"test_one": "error", "test_two": "error"}
    beside = check("tests", end, ONE, tests_apart=False)
    assert beside.outcome is CheckOutcome.FAILED
    assert beside.summary.startswith("the code ended the interpreter before the tests did")
    assert [f.id for f in beside.findings] == (["tampering-1"] if "os._exit" in end else [])
    assert outcomes(beside) == {"test_one": "missing", "test_two": "missing"}


def test_the_tests_after_one_that_ends_the_interpreter_still_run(check: Check) -> None:
    tests = "import os\n\ndef test_a():\n    pass\n\ndef test_b():\n    os._exit(0)\n\ndef test_c():\n    pass\n"
    result = check("tests", "x = 1\n", tests)
    assert outcomes(result) == {"test_a": "passed", "test_b": "missing", "test_c": "passed"}
    assert result.summary == "1 of 3 tests failed" and result.outcome is CheckOutcome.FAILED


@pytest.mark.parametrize(
    "hang",
    [
        "while True:\n        pass",
        "while True:\n        try:\n            while True:\n                pass\n        except BaseException:\n            pass",
        "import re\n    re.match('(a+)+$', 'a' * 60 + 'b')",
        "import time\n    time.sleep(100)",
        "import threading\n    threading.Event().wait()",
    ],
    ids=["loop", "catches-everything", "never-lets-go", "sleep", "waits"],
)
def test_a_hanging_test_is_named_and_the_next_one_runs(check: Check, hang: str) -> None:
    tests = f"def test_hangs():\n    {hang}\n\n\ndef test_next():\n    pass\n"
    result = check("tests", "x = 1\n", tests, test_timeout_s=1.0)
    assert outcomes(result) == {"test_hangs": "timed_out", "test_next": "passed"}
    assert result.outcome is CheckOutcome.FAILED and result.duration_s is not None and result.duration_s < 15


def test_a_hang_at_import_ends_with_the_check(check: Check) -> None:
    result = check("tests", "while True:\n    pass\n", ONE, check_timeout_s=2.0, test_timeout_s=1.0)
    assert result.outcome is CheckOutcome.TIMED_OUT and not result.passed and result.required


def test_without_tests_the_check_is_skipped_and_counts_as_the_policy_says(validate: Callable[..., object]) -> None:
    base = validate("x = 1\n", only="tests").checks[0]  # type: ignore[attr-defined]
    assert base.outcome is CheckOutcome.SKIPPED and not base.required
    strict = validate("x = 1\n", only="tests", policy="checks-only").checks[0]  # type: ignore[attr-defined]
    assert strict.outcome is CheckOutcome.SKIPPED and strict.required


def test_a_file_of_tests_without_a_test_has_tested_nothing(check: Check) -> None:
    result = check("tests", "x = 1\n", "def check(f):\n    assert f\n")
    assert result.outcome is CheckOutcome.UNAVAILABLE and "no test was found" in result.summary


def test_packages_folders_and_data_are_found(check: Check) -> None:
    code = {
        "pkg/__init__.py": "", "pkg/inner.py": "def f():\n    return 1\n", "src/other.py": "def g():\n    return 2\n",
    }  # fmt: skip
    tests = {
        "tests/test_all.py": "from pkg.inner import f\nfrom other import g\nfrom helper import h\n\n"
        "def test_all(three):\n    assert f() + g() == h() == three\n    open('out.txt', 'w').write('x')\n",
        "tests/helper.py": "def h():\n    return 3\n",
        "tests/conftest.py": "import pytest\n\n@pytest.fixture\ndef three():\n    return 3\n",
    }
    result = check("tests", code, tests)
    assert result.outcome is CheckOutcome.PASSED, (result.summary, result.tests)


def test_the_submissions_own_conftest_and_settings_do_not_count(check: Check) -> None:
    code = {
        "cache.py": "def f():\n    return 2\n",
        "conftest.py": "import pytest\n\ndef pytest_collection_modifyitems(items):\n    items.clear()\n",
        "pytest.ini": "[pytest]\naddopts = --collect-only\n",
        "setup.cfg": "[tool:pytest]\naddopts = -k nothing\n",
    }
    result = check("tests", code, ONE)
    assert result.outcome is CheckOutcome.FAILED and len(result.tests) == 2


def test_a_test_file_that_clashes_with_the_code_does_not_replace_it(check: Check) -> None:
    tests = {"cache.py": "def f():\n    return 1\n", "test_cache.py": ONE}
    result = check("tests", "def f():\n    return 2\n", tests)
    assert result.outcome is CheckOutcome.FAILED


def test_unittest_classes_and_async_tests(check: Check) -> None:
    tests = """
import asyncio
import unittest

class Cases(unittest.TestCase):
    def test_good(self):
        self.assertEqual(1, 1)

    def test_bad(self):
        self.assertEqual(1, 2)

class Later(unittest.IsolatedAsyncioTestCase):
    async def test_async(self):
        await asyncio.sleep(0)
"""
    result = check("tests", "x = 1\n", tests)
    assert outcomes(result) == {
        "Cases::test_bad": "failed", "Cases::test_good": "passed", "Later::test_async": "passed",
    }  # fmt: skip
    assert result.tests[0].reason == "1 != 2" or "1 != 2" in str([t.reason for t in result.tests])


def test_output_does_not_confuse_anything(check: Check) -> None:
    tests = "import os\n\ndef test_one():\n    print('\\x1b[31m', 'x' * 10)\n    os.write(1, b'\\xff' * 100)\n    assert 1 == 2\n"
    result = check("tests", "x = 1\n", tests)
    assert outcomes(result) == {"test_one": "failed"} and result.tests[0].outcome is TestOutcome.FAILED


def test_a_test_that_was_never_called_has_not_passed(check: Check) -> None:
    """Beside the code, where pytest itself can be changed by it."""
    cheat = "import _pytest.python\n_pytest.python.Function.runtest = lambda self: None\n\n\ndef f():\n    return 0\n"
    result = check("tests", cheat, ONE, tests_apart=False)
    assert result.outcome is CheckOutcome.FAILED, result


def test_working_on_the_session_is_a_finding_of_its_own(validate: Callable[..., ValidationReport]) -> None:
    """Beside its tests the code can reach pytest; what it does there is named, also where tests decide nothing."""
    code = "import _pytest.python\n_pytest.python.Function.runtest = lambda self: None\n\ndef f():\n    return 2\n"
    criterion = Criterion(check="tests", required="never", min_pass_rate=0)
    (result,) = validate(code, ONE, criteria=(criterion,), tests_apart=False).checks
    assert result.outcome is CheckOutcome.FAILED and result.required
    assert {f.rule for f in result.findings} == {"tampering"}
    assert result.findings[0].id == "tampering-1" and result.findings[0].severity is Severity.CRITICAL


VACUOUS = """
import pytest
from cache import Cache, LIMIT, f

def test_real():
    assert f(1) == 2

def test_swallows():
    try:
        f(1)
    except:
        pass

def test_expects_anything():
    with pytest.raises(BaseException):
        Cache().fail()
    Cache

def test_expects_one_error():
    with pytest.raises(ValueError):
        Cache().fail()

def test_waits_for_ever_where_nothing_works():
    while True:
        try:
            f(1)
            break
        except:
            pass
"""
SIMPLE = "LIMIT = 3\n\n\nclass Cache:\n    def fail(self):\n        raise ValueError\n\n\ndef f(n):\n    return n + 1\n"


def test_a_test_that_passes_against_a_stub_proves_nothing(check: Check) -> None:
    result = check("tests", SIMPLE, VACUOUS.partition("def test_waits")[0])
    assert result.outcome is CheckOutcome.PASSED and result.mark is Mark.WARN and result.apart
    assert result.summary == "4 tests passed, 2 of them proving nothing"
    assert [f.message.split()[0] for f in result.findings] == ["test_swallows", "test_expects_anything"]
    assert {(f.rule, f.severity) for f in result.findings} == {("vacuous", Severity.LOW)}


def test_a_test_that_never_ends_against_the_stub_costs_a_moment_and_changes_nothing(check: Check) -> None:
    result = check("tests", SIMPLE, VACUOUS)
    assert result.outcome is CheckOutcome.PASSED and not {f.rule for f in result.findings} & {"tampering"}
    assert {test.outcome for test in result.tests} == {TestOutcome.PASSED}


@pytest.mark.parametrize(
    "tests, vacuous",
    [
        ("def test_nothing():\n    assert True\n", True),
        ("import cache\n\ndef test_names():\n    assert cache.f and cache.Cache\n", False),
        ("import cache\n\ndef test_data():\n    assert cache.LIMIT == 3\n", False),
        ("from cache import LIMIT\n\ndef test_data():\n    assert LIMIT == 3\n", False),
        ("from cache import f\nTWO = f(1)\n\ndef test_early():\n    assert TWO == 2\n", False),
        ("import pytest\nfrom cache import f\n\n@pytest.fixture\ndef two():\n    return f(1)\n\ndef test_fixture(two):\n    assert two == 2\n", False),
        ("import pytest\n\n@pytest.mark.skip\ndef test_skipped():\n    pass\n\ndef test_fails():\n    assert 0\n", False),
    ],
)  # fmt: skip
def test_what_is_called_vacuous_is_so(check: Check, tests: str, vacuous: bool) -> None:
    result = check("tests", SIMPLE, tests)
    assert result.apart and bool([f for f in result.findings if f.rule == "vacuous"]) is vacuous


def test_a_policy_may_demand_that_every_test_proves_something(validate: Callable[..., ValidationReport]) -> None:
    demand = Criterion(check="tests", block_at=Severity.LOW)
    (result,) = validate(SIMPLE, VACUOUS.partition("def test_waits")[0], criteria=(demand,)).checks
    assert result.outcome is CheckOutcome.FAILED
    (fine,) = validate("def f():\n    return 1\n", ONE, criteria=(demand,)).checks
    assert fine.outcome is CheckOutcome.PASSED and fine.mark is Mark.OK


BESIDE = """
import contextlib
import threading
from unittest import TestCase
from cache import Point, add, kept, later, limit, spread

def test_closure():
    assert add(1, 2) == 3

def test_kept():
    assert kept(2) == 4

def test_generator():
    assert list(spread(2)) == [0, 1]

def test_dataclass():
    assert Point(1).x == 1

def test_thread():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(add(1, 2)))
    thread.start()
    thread.join()
    assert seen == [3]

def test_data():
    assert limit == 3

def test_swallows():
    with contextlib.suppress(BaseException):
        add(1, 2)

def test_nothing():
    assert threading.active_count() >= 1

class Cases(TestCase):
    def test_case(self):
        self.assertEqual(later.total, 3)

    def test_silent(self):
        try:
            kept(1)
        except:
            pass
"""
ODD = """
import dataclasses
import functools

limit = 3

def logged(function):
    @functools.wraps(function)
    def inside(*values):
        return function(*values)
    return inside

@logged
def add(a, b):
    return a + b

@functools.lru_cache
def kept(n):
    return n * 2

def spread(n):
    yield from range(n)

@dataclasses.dataclass
class Point:
    x: int

class Later:
    @property
    def total(self):
        return 3

later = Later()
"""


def test_beside_the_code_the_stub_takes_every_function(check: Check) -> None:
    result = check("tests", ODD, BESIDE)
    assert result.outcome is CheckOutcome.PASSED and result.apart is False
    idle = {f.message.split()[0] for f in result.findings if f.rule == "vacuous"}
    assert idle == {"test_swallows", "test_nothing", "Cases::test_silent"}
    assert result.summary == "10 tests passed, 3 of them proving nothing"


def test_a_package_called_like_ours_is_the_one_under_test(check: Check) -> None:
    code = {"council/__init__.py": "def f():\n    return 41\n"}
    tests = "import threading\nimport council\n\ndef test_own():\n    assert council.f() == 41\n"
    result = check("tests", code, tests)
    assert result.outcome is CheckOutcome.PASSED and result.summary == "1 test passed", result.tests
