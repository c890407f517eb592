"""What counts as passed, and what cannot be won: every sample here runs in the real sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from bench_doubles import ALMOST, QUICK, RIGHT, WRONG, task

from council.bench.judging import Judgement, bench_policy, judge_code, lacking_module, strict_house
from council.engine import Council
from council.errors import SandboxError
from council.policies import Criterion, ModelRule, Policy, load_policy
from council.protocols import Job, Run, Sandbox
from council.types.benchmarks import SampleOutcome, Task
from council.types.checks import SandboxInfo
from council.types.submission import SourceFile

Judge = Callable[..., Judgement]

HOSTILE = {
    "leaves at once": "import sys\nsys.exit(0)\n",
    "ends the process at once": "import os\nos._exit(0)\n",
    "ends the process when asked": "import os\n\n\ndef double(value):\n    os._exit(0)\n",
    "leaves when asked": "import sys\n\n\ndef double(value):\n    sys.exit(0)\n",
    "equals everything": (
        "class Any:\n    def __eq__(self, other):\n        return True\n    def __ne__(self, other):\n        return False\n"
        "    def __hash__(self):\n        return 0\n\n\ndef double(value):\n    return Any()\n"
    ),
    "a number that equals everything": (
        "class Any(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\n\n\n"
        "def double(value):\n    return Any(1)\n"
    ),
    "reads the tests": (
        "import os, re\n\n\ndef double(value):\n    for root in (os.environ.get('COUNCIL_FILES', '.'), '.', '/'):\n"
        "        for folder, _, names in os.walk(root):\n            for name in names:\n"
        "                if name.startswith('test_plain'):\n"
        "                    text = open(os.path.join(folder, name)).read()\n"
        "                    found = re.search(r'== (\\d+)', text)\n"
        "                    if found:\n                        return int(found[1])\n    return None\n"
    ),
    "reads the caller": (
        "import inspect, re\n\n\ndef double(value):\n    for frame in inspect.stack():\n"
        "        for line in frame.code_context or ():\n            found = re.search(r'== (\\d+)', line)\n"
        "            if found:\n                return int(found[1])\n    return None\n"
    ),
    "patches pytest": (
        "import sys\ntry:\n    import _pytest.python, _pytest.runner\n"
        "    _pytest.python.Function.runtest = lambda self: None\n"
        "    _pytest.python.pytest_pyfunc_call = lambda pyfuncitem: True\n"
        "    _pytest.runner.call_and_report = lambda *a, **k: None\nexcept ImportError:\n    pass\n\n\n"
        "def double(value):\n    return None\n"
    ),
    "fills every channel": (
        "import os\n\n\ndef double(value):\n    for number in range(3, 64):\n        try:\n"
        "            os.write(number, b'\\x00\\x00\\x00\\x04true' * 50)\n        except OSError:\n            pass\n"
        "    return True\n"
    ),
    "answers twice": "import os\n\n\ndef double(value):\n    return 10 if os.fork() else 42\n",
    "rewrites what lies around it": (
        "import pathlib\nfor path in [*pathlib.Path('/').glob('*/*/test_*.py'), pathlib.Path('conftest.py')]:\n    try:\n"
        "        path.write_text('def test_double():\\n    pass\\n')\n    except OSError:\n        pass\n\n\n"
        "def double(value):\n    return None\n"
    ),
    "ends its parent": "import os\n\n\ndef double(value):\n    os.kill(os.getppid(), 9)\n    os.killpg(0, 9)\n",
    "takes the words away": (
        "import builtins\nbuiltins.AssertionError = type('Other', (Exception,), {})\n"
        "builtins.isinstance = lambda *a: True\n\n\ndef double(value):\n    return 0\n"
    ),
    "reaches the test's frame": (
        "import gc, types\n\n\ndef double(value):\n    for found in gc.get_objects():\n"
        "        if isinstance(found, types.FunctionType) and found.__name__ == 'test_double':\n"
        "            found.__code__ = (lambda: None).__code__\n            return 0\n    return None\n"
    ),
    "forges the report": (
        'import os\nfor number in range(3, 12):\n    for text in (b\'{"kind": "finish", "code": 0}\\n\', b\'0 {}\\n\'):\n'
        "        try:\n            os.write(number, text)\n        except OSError:\n            pass\n"
        "os._exit(0)\n"
    ),
    "writes a conftest": (
        "import os\nfor place in ('.', os.environ.get('COUNCIL_FILES', '.'), os.path.dirname(__file__)):\n"
        "    try:\n        with open(os.path.join(place, 'conftest.py'), 'w') as file:\n"
        "            file.write('def pytest_collection_modifyitems(items):\\n    items.clear()\\n')\n"
        "    except OSError:\n        pass\n\n\ndef double(value):\n    return None\n"
    ),
    "replaces the assertion": (
        "import builtins\nbuiltins.AssertionError = type('Quiet', (SystemExit,), {})\n\n\n"
        "def double(value):\n    return None\n"
    ),
    "never ends": "while True:\n    pass\n",
}
"""Each worked on the tests instead of the task, in some way that was seen or can be thought of."""


@pytest.fixture
def judge(house: Callable[..., Council]) -> Judge:
    def run(code: str, given: Task | None = None, policy: Policy = QUICK, **settings: object) -> Judgement:
        parts = house({})
        if settings:
            parts.settings = parts.settings.model_copy(update=settings)
        return asyncio.run(judge_code(code, given or task(), bench_policy(policy), house=strict_house(parts)))

    return run


def test_right_almost_right_and_wrong_code(judge: Judge) -> None:
    right, almost, wrong = judge(RIGHT), judge(ALMOST), judge(WRONG)
    assert (right.outcome, right.edge_passed, right.reason) == (SampleOutcome.PASSED, True, None)
    assert (almost.outcome, almost.edge_passed) == (SampleOutcome.PASSED, False)
    assert (wrong.outcome, wrong.reason) == (SampleOutcome.FAILED, "1 of 1 test failed")
    assert right.apart is True and right.edge is not None and right.report is not None


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_sample_passes(judge: Judge, name: str) -> None:
    found = judge(HOSTILE[name], task(edge=False), test_timeout_s=2.0, check_timeout_s=3.0)
    assert found.outcome in (SampleOutcome.FAILED, SampleOutcome.TAMPERED), name
    assert found.reason


def test_breaking_the_tools_is_no_way_out_of_the_rates(judge: Judge) -> None:
    """What code can bring about must count against it: only what it cannot touch is left out."""
    for code in ("raise SystemExit(3)\n", "raise ModuleNotFoundError(\"No module named 'numpy'\")\n", "import nowhere\n",
                 "def broken(:\n", "x = bytearray(10**11)\n", "import os\nos.kill(os.getpid(), 9)\n"):  # fmt: skip
        assert judge(code, task(edge=False)).outcome is SampleOutcome.FAILED, code


def test_code_that_does_not_parse_fails_its_edge_cases_too(judge: Judge) -> None:
    found = judge("def double(value)\n    return 2\n")
    assert (found.outcome, found.edge_passed, found.edge) == (SampleOutcome.FAILED, False, None)
    assert found.reason is not None and found.reason.startswith("does not parse")


def test_tests_that_lack_a_library_break_and_say_which(judge: Judge) -> None:
    needy = SourceFile(path="test_plain.py", text="import numpy_of_nobody as np\n\n\ndef test_a():\n    assert np\n")
    found = judge(RIGHT, Task(id="t", text="x", tests=(needy,)))
    assert found.outcome is SampleOutcome.BROKEN
    assert found.reason == ("the tests need numpy_of_nobody, which is not installed here: pip install numpy_of_nobody")
    edge = judge(RIGHT, task().but(edge_tests=(needy.but(path="test_edge.py"),)))
    assert (edge.outcome, edge.edge_passed) == (SampleOutcome.PASSED, None)
    assert edge.reason is not None and "edge-case tests need numpy_of_nobody" in edge.reason


def test_the_task_s_own_module_and_the_standard_library_are_not_lacking() -> None:
    text = "import json, solution\nfrom os import path\nimport pytest\n\n\ndef test_a():\n    import nothing_of_that_name\n"
    assert lacking_module((SourceFile(path="test_a.py", text=text),), "solution.py") is None
    assert lacking_module((SourceFile(path="test_a.py", text="import pkg.inner\n"),), "pkg/inner.py") is None


def test_a_task_without_tests_says_nothing_about_a_model(judge: Judge) -> None:
    assert judge(RIGHT, Task(id="t", text="x")).outcome is SampleOutcome.BROKEN
    empty = SourceFile(path="test_plain.py", text="# nothing\n")
    assert judge(RIGHT, Task(id="t", text="x", tests=(empty,))).outcome is SampleOutcome.BROKEN


class NoSandbox:
    """A sandbox that stopped working after it was opened, for a number of jobs."""

    def __init__(self, real: Sandbox, failures: int) -> None:
        self.real = real
        self.failures = failures

    @property
    def info(self) -> SandboxInfo:
        return self.real.info

    async def run(self, job: Job) -> Run:
        if self.failures > 0:
            self.failures -= 1
            raise SandboxError("no user namespaces any more")
        return await self.real.run(job)


def test_a_broken_sandbox_is_named_and_nobody_s_fault(house: Callable[..., Council], sandbox: Sandbox) -> None:
    parts = house({})
    parts.sandbox = NoSandbox(sandbox, 10_000)
    found = asyncio.run(judge_code(RIGHT, task(), QUICK, house=strict_house(parts)))
    assert found.outcome is SampleOutcome.BROKEN and "no user namespaces any more" in (found.reason or "")
    parts.sandbox = NoSandbox(sandbox, 1)
    assert asyncio.run(judge_code(RIGHT, task(), QUICK, house=strict_house(parts))).outcome is SampleOutcome.PASSED


def test_the_policy_of_a_benchmark_requires_tests_keeps_their_place_and_asks_no_rule_on_models() -> None:
    team = load_policy("python-team").but(models=(ModelRule(name="m", status="banned"),), unlisted_models="banned")
    ours = bench_policy(team)
    assert [c.check for c in ours.criteria] == [c.check for c in team.criteria]
    assert ours.criterion("tests") == Criterion(check="tests", required="always", min_pass_rate=1.0)
    assert (ours.models, ours.unlisted_models, ours.id) == ((), "allowed", team.id)
    assert bench_policy(Policy(id="none", title="None")).criterion("tests") is not None
