"""Tests and code in two processes: honest code passes as it does beside its tests, and cheats that need them fail."""

from __future__ import annotations

import asyncio
import textwrap

import pytest

from council.sandbox import open_sandbox
from council.policies import Criterion
from council.protocols import Sandbox
from council.settings import Settings
from council.types.checks import CheckOutcome, CheckResult, TestOutcome
from council.types.submission import SourceFile, Submission
from council.validation.pytest import TestsCheck

APART = Settings(store=False, tests_apart=True)


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return open_sandbox(APART)


def judge(
    sandbox: Sandbox, code: str, tests: str, settings: Settings = APART, path: str = "solution.py"
) -> CheckResult:
    submission = Submission(
        files=(SourceFile(path=path, text=textwrap.dedent(code)),),
        tests=(SourceFile(path="test_solution.py", text=textwrap.dedent(tests)),),
    )
    return asyncio.run(TestsCheck(settings).run(submission, Criterion(check="tests"), sandbox))


HONEST = {
    "values of every plain kind": (
        """
        import collections, datetime, decimal, fractions, re
        Point = collections.namedtuple("Point", "x y")
        def same(value): return value
        def made(): return [1, 2.5, "é", b"x", None, True, (1, (2,)), {3}, frozenset({4}), {"a": [5]}, 1 << 80, 1j]
        def dated(): return datetime.date(2026, 1, 8), datetime.timedelta(hours=2), decimal.Decimal("1.10")
        def point(): return Point(1, 2)
        def counted(text): return collections.Counter(text)
        def found(text): return re.match("a+", text)
        def spread(n): return range(n)
        """,
        """
        import datetime, decimal, math
        from solution import counted, dated, found, made, point, same, spread
        def test_made():
            assert made() == [1, 2.5, "é", b"x", None, True, (1, (2,)), {3}, frozenset({4}), {"a": [5]}, 1 << 80, 1j]
        def test_dated():
            assert dated() == (datetime.date(2026, 1, 8), datetime.timedelta(hours=2), decimal.Decimal("1.10"))
        def test_point():
            assert point() == (1, 2) and point().y == 2
        def test_counted():
            assert counted("aab") == {"a": 2, "b": 1} and counted("aab").most_common(1) == [("a", 2)]
        def test_match():
            assert found("aab") and found("aab").group() == "aa" and found("b") is None
        def test_special_floats():
            assert math.isnan(same(float("nan"))) and same(float("inf")) == float("inf")
        def test_range():
            assert list(spread(3)) == [0, 1, 2] and isinstance(spread(3), range)
        def test_deep():
            nested = []
            for _ in range(50):
                nested = [nested]
            assert same(nested) == nested
        """,
    ),
    "arguments that are changed, kept and copied": (
        """
        def sort_in_place(items): items.sort()
        def first(items): return items
        class Keeps:
            def __init__(self, items): self.items = items
            def get(self): return self.items
        class Copies:
            def __init__(self, items): self._items = list(items)
            def get(self): return list(self._items)
        """,
        """
        from solution import Copies, Keeps, first, sort_in_place
        def test_changes_its_argument():
            items = [3, 1, 2]
            assert sort_in_place(items) is None
            assert items == [1, 2, 3]
        def test_identity():
            items = [1]
            assert first(items) is items
        def test_keeping_is_seen():
            items = [1]
            kept = Keeps(items)
            items.append(2)
            assert kept.get() == [1, 2]
            kept.get().append(3)
            assert items == [1, 2, 3]
        def test_copying_is_seen():
            items = [1]
            copied = Copies(items)
            items.append(2)
            copied.get().append(3)
            assert copied.get() == [1]
        def test_attribute():
            assert Keeps([5]).items == [5]
        """,
    ),
    "classes, operators, errors": (
        """
        class Empty(Exception):
            def __init__(self, what): super().__init__(f"{what} is empty"); self.what = what
        class Stack:
            '''A stack.'''
            limit = 3
            def __init__(self, *items, name="s"): self._items = list(items); self.name = name
            def push(self, item):
                if len(self) >= self.limit: raise OverflowError("full")
                self._items.append(item); return self
            def pop(self):
                if not self._items: raise Empty(self.name)
                return self._items.pop()
            def __len__(self): return len(self._items)
            def __iter__(self): return iter(self._items)
            def __contains__(self, item): return item in self._items
            def __getitem__(self, at): return self._items[at]
            def __eq__(self, other): return isinstance(other, Stack) and self._items == other._items
            def __repr__(self): return f"Stack({self._items})"
            @classmethod
            def of(cls, n): return cls(*range(n))
            @property
            def top(self): return self._items[-1]
        class Vector:
            def __init__(self, x, y): self.x, self.y = x, y
            def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)
            def __mul__(self, k): return Vector(self.x * k, self.y * k)
            def __eq__(self, o): return (self.x, self.y) == (o.x, o.y)
            def __hash__(self): return hash((self.x, self.y))
        """,
        """
        import pytest
        import solution
        from solution import Empty, Stack, Vector
        def test_stack():
            stack = Stack(1, name="t")
            assert stack.push(2) is stack
            assert len(stack) == 2 and list(stack) == [1, 2] and 2 in stack and 9 not in stack
            assert stack[0] == 1 and stack[-1] == 2 and stack.top == 2 and repr(stack) == "Stack([1, 2])"
            assert stack == Stack(1, 2) and stack != Stack(1) and stack != [1, 2]
            assert isinstance(stack, Stack) and isinstance(stack, solution.Stack)
            assert Stack.of(2) == Stack(0, 1) and Stack.limit == 3
        def test_errors():
            with pytest.raises(Empty, match="t is empty") as caught:
                Stack(name="t").pop()
            assert caught.value.what == "t"
            with pytest.raises(OverflowError):
                Stack(1, 2, 3).push(4)
            with pytest.raises(IndexError):
                Stack()[0]
            with pytest.raises(TypeError):
                Vector(1)
        def test_vector():
            assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6) and Vector(1, 2) * 2 == Vector(2, 4)
            assert len({Vector(1, 2), Vector(1, 2)}) == 1
        def test_a_bool_of_an_empty_one():
            assert not Stack() and Stack(1)
        def test_setting():
            stack = Stack()
            stack.name = "u"
            assert stack.name == "u"
        """,
    ),
    "functions that go in and out": (
        """
        import functools
        def apply(f, *args): return f(*args)
        def adder(n): return lambda x: x + n
        def ordered(items, key): return sorted(items, key=key)
        def retry(times, errors=(Exception,)):
            def decorate(f):
                @functools.wraps(f)
                def wrapped(*a, **k):
                    for left in reversed(range(times)):
                        try: return f(*a, **k)
                        except errors:
                            if not left: raise
                return wrapped
            return decorate
        def ticks(clock): return clock.now() + clock.now()
        def count(n):
            for i in range(n): yield i
        def total(items): return sum(items)
        class timer:
            def __enter__(self): self.open = True; return self
            def __exit__(self, *e): self.open = False; return e[0] is not None and e[0].__name__ == "KeyError"
        """,
        """
        import pytest
        from solution import adder, apply, count, ordered, retry, ticks, timer, total
        def test_callbacks():
            assert apply(lambda a, b: a * b, 3, 4) == 12 and adder(2)(3) == 5
            assert ordered(["bb", "a"], key=len) == ["a", "bb"]
        def test_retry():
            calls = []
            @retry(3)
            def flaky():
                calls.append(1)
                if len(calls) < 3: raise ValueError("not yet")
                return "done"
            assert flaky() == "done" and len(calls) == 3 and flaky.__name__ == "flaky"
        def test_retry_gives_up_with_the_same_error():
            error = ValueError("never")
            @retry(2, errors=(ValueError,))
            def broken(): raise error
            with pytest.raises(ValueError) as caught:
                broken()
            assert caught.value is error
        def test_an_error_that_is_not_caught_passes():
            class Odd(Exception): pass
            @retry(5, errors=(KeyError,))
            def broken(): raise Odd()
            with pytest.raises(Odd):
                broken()
        def test_a_clock_of_the_tests():
            class Clock:
                at = 0
                def now(self):
                    self.at += 1
                    return self.at
            assert ticks(Clock()) == 3
        def test_generators():
            numbers = count(3)
            assert next(numbers) == 0 and list(numbers) == [1, 2] and total(n * n for n in [1, 2]) == 5
            with pytest.raises(StopIteration):
                next(numbers)
        def test_context():
            with timer() as t:
                assert t.open
            assert not t.open
        """,
    ),
    "what is printed": (
        """
        import sys
        def greet(name): print(f"hello {name}"); print("oops", file=sys.stderr)
        """,
        """
        from solution import greet
        def test_greet(capsys):
            greet("you")
            out, err = capsys.readouterr()
            assert out == "hello you\\n" and err == "oops\\n"
        """,
    ),
    "fixtures, parameters, classes of tests, files": (
        """
        def double(x): return 2 * x
        def shout(path): path.write_text(path.read_text().upper()); return path
        """,
        """
        import pytest
        import solution as code
        @pytest.fixture
        def two(): return 2
        @pytest.mark.parametrize("given, wanted", [(1, 2), (0, 0), (-3, -6)])
        def test_double(given, wanted): assert code.double(given) == wanted
        class TestMore:
            def test_fixture(self, two): assert code.double(two) == 4
            def test_approx(self): assert code.double(0.1) == pytest.approx(0.2)
        def test_file(tmp_path):
            note = tmp_path / "a.txt"
            note.write_text("x")
            assert code.shout(note).read_text() == "X"
        """,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HONEST))
def test_honest_code_passes_in_both_ways(sandbox: Sandbox, name: str) -> None:
    code, tests = HONEST[name]
    apart = judge(sandbox, code, tests)
    beside = judge(sandbox, code, tests, APART.but(tests_apart=False))
    assert [(t.name, t.outcome, t.reason) for t in apart.tests if t.outcome is not TestOutcome.PASSED] == []
    assert apart.apart is True and apart.outcome is CheckOutcome.PASSED, apart.summary
    assert beside.apart is False and beside.outcome is CheckOutcome.PASSED
    assert [t.node_id for t in apart.tests] == [t.node_id for t in beside.tests]


TESTS = """
from solution import answer
def test_one(): assert answer(1) == 1001
def test_two(): assert answer(2) == 1002
def test_close(): assert abs(answer(3) - 1003) < 0.5
def test_in(): assert answer(4) in [1004]
"""
CHEATS = {
    "ends at import": "import sys\nsys.exit(0)",
    "ends hard at import": "import os\nos._exit(0)",
    "ends hard in the call": "import os\ndef answer(n): os._exit(0)",
    "raises SystemExit": "def answer(n): raise SystemExit(0)",
    "an always-equal object": """
        class Any:
            def __eq__(self, o): return True
            def __sub__(self, o): return 0
            def __abs__(self): return 0
            def __lt__(self, o): return True
            __hash__ = object.__hash__
        def answer(n): return Any()
        """,
    "an always-equal number": """
        class Any(int):
            def __eq__(self, o): return True
            def __ne__(self, o): return False
            def __sub__(self, o): return 0
            __hash__ = int.__hash__
        def answer(n): return Any(7)
        """,
    "reads the tests on disk": """
        import os, re
        def answer(n):
            for base, _, names in os.walk(os.environ.get("COUNCIL_FILES", "/")):
                for name in names:
                    try: text = open(os.path.join(base, name)).read()
                    except Exception: continue
                    found = re.search(r"answer\\(%d\\)[^0-9]*(100%d)" % (n, n), text)
                    if found: return int(found.group(1))
        """,
    "reads every file there is": """
        import os, re
        def answer(n):
            seen = 0
            for base, folders, names in os.walk("."):
                for name in names:
                    seen += 1
                    if seen > 3000: return None
                    try: text = open(os.path.join(base, name)).read()
                    except Exception: continue
                    if "answer(%d) == 100%d" % (n, n) in text: return 1000 + n
        """,
    "looks up the stack and the heap": """
        import gc, inspect, re, sys
        def answer(n):
            for frame in inspect.stack():
                text = "".join(frame.code_context or ())
                found = re.search(r"(100%d)" % n, text)
                if found: return int(found.group(1))
            for thing in gc.get_objects():
                if isinstance(thing, dict):
                    for value in list(thing.values()):
                        if isinstance(value, str) and "answer(%d) == 100" % n in value: return 1000 + n
        """,
    "reads its parent's memory": """
        import os, re
        def answer(n):
            for pid in range(1, 60):
                try:
                    with open(f"/proc/{pid}/mem", "rb") as memory:
                        for line in open(f"/proc/{pid}/maps"):
                            low, high = (int(x, 16) for x in line.split()[0].split("-"))
                            memory.seek(low)
                            if b"answer(%d) == 100%d" % (n, n) in memory.read(high - low): return 1000 + n
                except Exception: continue
        """,
    "writes to every descriptor": """
        import os
        for fd in range(3, 64):
            try: os.write(fd, b'0123 {"n": 2, "kind": "finish", "code": 0}\\n')
            except OSError: pass
        def answer(n): return None
        """,
    "reads every descriptor": """
        import os
        for fd in range(0, 64):
            try:
                os.set_blocking(fd, False)
                if b"answer" in os.read(fd, 1 << 20): raise SystemExit
            except OSError: pass
        def answer(n): return None
        """,
    "kills the other processes": """
        import os, signal
        def answer(n):
            for pid in range(2, 80):
                if pid != os.getpid():
                    try: os.kill(pid, signal.SIGKILL)
                    except OSError: pass
        """,
    "patches pytest and builtins": """
        import builtins, sys
        try:
            import pytest, _pytest.assertion.rewrite, _pytest.runner
            _pytest.runner.call_and_report = lambda *a, **k: None
        except Exception: pass
        builtins.abs = lambda x: 0
        def answer(n): return n
        """,
    "raises what pytest takes for a skip": """
        import pytest
        def answer(n): pytest.skip("later")
        """,
    "plants a conftest and a plugin": """
        import os
        for name in ("conftest.py", "pytest.ini", "sitecustomize.py", "lru.pth"):
            try: open(name, "w").write("import os; os._exit(0)")
            except OSError: pass
        def answer(n): return n
        """,
}


@pytest.mark.parametrize("name", sorted(CHEATS))
def test_no_cheat_passes_a_test(sandbox: Sandbox, name: str) -> None:
    result = judge(sandbox, CHEATS[name], TESTS)
    assert result.outcome is not CheckOutcome.PASSED
    assert not [test.name for test in result.tests if test.outcome is TestOutcome.PASSED]
    assert {test.name for test in result.tests} == {"test_one", "test_two", "test_close", "test_in"}


def test_the_suite_is_passed_by_honest_code(sandbox: Sandbox) -> None:
    assert judge(sandbox, "def answer(n): return 1000 + n", TESTS).outcome is CheckOutcome.PASSED


def test_the_cheats_would_win_beside_the_tests(sandbox: Sandbox) -> None:
    """Proves the list above: without the wall at least these pass something."""
    beside = APART.but(tests_apart=False)
    for name in ("an always-equal object", "reads the tests on disk", "looks up the stack and the heap"):
        result = judge(sandbox, CHEATS[name], TESTS, beside)
        assert [test for test in result.tests if test.outcome is TestOutcome.PASSED], name


def test_a_call_that_never_ends_costs_only_its_own_test(sandbox: Sandbox) -> None:
    code = "def answer(n):\n    while n == 2: pass\n    return 1000 + n"
    result = judge(sandbox, code, TESTS, APART.but(test_timeout_s=1.0))
    outcomes = {test.name: test.outcome for test in result.tests}
    assert outcomes.pop("test_two") is TestOutcome.TIMED_OUT
    assert set(outcomes.values()) == {TestOutcome.PASSED}


def test_code_that_ends_its_interpreter_in_one_test_answers_in_the_next(sandbox: Sandbox) -> None:
    code = "import os\ndef answer(n):\n    if n == 2: os._exit(0)\n    return 1000 + n"
    result = judge(sandbox, code, TESTS)
    outcomes = {test.name: test.outcome for test in result.tests}
    assert outcomes == {
        "test_one": TestOutcome.PASSED,
        "test_two": TestOutcome.FAILED,
        "test_close": TestOutcome.PASSED,
        "test_in": TestOutcome.PASSED,
    }


@pytest.mark.parametrize(
    "tests",
    [
        "import inspect, solution\ndef test_one(): assert inspect.isfunction(solution.answer)",
        "import solution\ndef test_one(monkeypatch):\n    monkeypatch.setattr('time.sleep', print)\n    assert 1",
        "from solution import *\ndef test_one(): assert answer(1) == 1001",
        "import solution\nclass Mine(solution.Base): pass\ndef test_one(): assert Mine()",
        "import asyncio, solution\nasync def go(): return 1\ndef test_one(): assert asyncio.run(go()) == 1",
    ],
)
def test_what_needs_one_process_gets_it_and_says_so(sandbox: Sandbox, tests: str) -> None:
    code = "class Base: pass\ndef answer(n): return 1000 + n"
    result = judge(sandbox, code, tests)
    assert (result.apart, result.outcome) == (False, CheckOutcome.PASSED), result.summary


def test_the_output_shows_the_test_and_the_code_and_nothing_between(sandbox: Sandbox) -> None:
    code = """
    class Cache:
        def __init__(self): self.kept = {}
        def get(self, key): return self.look(key)
        def look(self, key):
            return self.kept[key]
    """
    tests = """
    from solution import Cache
    def test_missing(): assert Cache().get("a") is None
    """
    (test,) = judge(sandbox, code, tests).tests
    assert test.output is not None and "council" not in test.output, test.output
    assert "solution.py:6: in look\n    return self.kept[key]" in test.output, test.output


def test_an_error_while_the_code_loads_is_said_once_and_with_its_line(sandbox: Sandbox) -> None:
    code, tests = (
        "def two(): return int('x')\nVALUE = two()\n",
        "from solution import VALUE\ndef test_it(): assert VALUE\n",
    )
    check = judge(sandbox, code, tests)
    (test,) = check.tests
    assert test.output is not None and test.output.count("E   ValueError") == 1, test.output
    assert "solution.py:1: in two" in test.output and "solution.py:2: in <module>" in test.output


def test_where_an_error_arose_satisfies_no_test(sandbox: Sandbox) -> None:
    """The place is text of the code's process: it must not reach what a test compares."""
    code = "def capacity_must_be_positive(): raise ValueError('no')\n"
    tests = """
    import pytest
    from solution import capacity_must_be_positive
    def test_message():
        with pytest.raises(ValueError, match="capacity"):
            capacity_must_be_positive()
    """
    (test,) = judge(sandbox, code, tests).tests
    assert test.outcome is TestOutcome.FAILED


def test_code_that_ends_its_interpreter_passes_no_test_that_expects_an_error(sandbox: Sandbox) -> None:
    code = "import os\ndef f(): os._exit(0)\n"
    tests = """
    import pytest
    from solution import f
    def test_refuses():
        with pytest.raises(Exception):
            f()
    def test_next(): assert True
    """
    check = judge(sandbox, code, tests)
    assert [test.outcome for test in check.tests] == [TestOutcome.FAILED, TestOutcome.PASSED]
    assert "ended the interpreter" in (check.tests[0].reason or ""), check.tests[0]
