"""Programs that want out, submissions that want to pass, and honest ones that must not suffer for them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest
from hostile_programs import BENIGN, ESCAPES, TAMPERS, TESTS, WRONG, Program

from council.policies import load_policy
from council.protocols import Job, Limits, Run, Sandbox
from council.settings import Settings
from council.types.checks import CheckResult
from council.types.submission import SourceFile, Submission
from council.validation import run_checks


def baited(program: Program, bait: dict[str, str]) -> str:
    code = program.code
    for word, value in bait.items():
        code = code.replace(word, value)
    return code


def known(program: Program, sandbox: Sandbox) -> bool:
    backend = sandbox.info.backend
    whose = f"{backend}-own" if "private memory" not in sandbox.info.layers else backend
    return backend in program.known or whose in program.known


def judge(sandbox: Sandbox, code: dict[str, str], tests: str) -> CheckResult:
    submission = Submission(
        files=tuple(SourceFile(path=path, text=text) for path, text in code.items()),
        tests=(SourceFile(path="test_cache.py", text=tests),),
    )
    policy = load_policy("base")
    policy = policy.but(criteria=tuple(c for c in policy.criteria if c.check == "tests"))
    settings = Settings(test_timeout_s=5.0, check_timeout_s=30.0)
    return asyncio.run(run_checks(submission, policy, sandbox, settings=settings)).checks[0]


@pytest.mark.parametrize("program", ESCAPES, ids=lambda p: p.name)
def test_nothing_gets_out(
    program: Program, sandbox: Sandbox, bait: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "CANARY-0123456789")
    job = Job(argv=("{python}", "-c", baited(program, bait)), limits=Limits(wall_s=30))
    done: Run = asyncio.run(sandbox.run(job))
    assert done.exit_code == 0 and not done.timed_out, done.stderr.decode()[-1500:]
    assert (b"GOT IT" in done.stdout) == known(program, sandbox), done.stdout.decode()


def test_the_programs_do_get_out_where_no_walls_stand(bait: dict[str, str]) -> None:
    """Proves the suite: without a sandbox the same programs reach what they want, so their silence means something."""
    harmless = {"environment-of-others", "own-environment", "canary-file", "tcp-and-udp", "sockets-of-the-host"}
    for program in ESCAPES:
        if program.name in harmless:
            words = [sys.executable, "-c", baited(program, bait)]
            env = {**os.environ, "OPENAI_API_KEY": "CANARY-0123456789"}
            done = subprocess.run(words, env=env, capture_output=True, timeout=60)
            assert b"GOT IT" in done.stdout, program.name


@pytest.mark.parametrize("program", TAMPERS, ids=lambda p: p.name)
def test_nothing_passes_that_failed(program: Program, sandbox: Sandbox) -> None:
    code = {"cache.py": program.code}
    if program.name == "conftest-beside":
        code["conftest.py"] = "import pytest\n\n\ndef pytest_collection_modifyitems(items):\n    items.clear()\n"
    result = judge(sandbox, code, TESTS)
    assert result.passed == known(program, sandbox), result
    assert len(result.tests) == 2


def test_the_tests_fail_honestly_without_an_attack(sandbox: Sandbox) -> None:
    assert judge(sandbox, {"cache.py": WRONG}, TESTS).summary == "2 of 2 tests failed"
    assert judge(sandbox, {"cache.py": "def f():\n    return 1\n"}, TESTS).passed


@pytest.mark.parametrize("program", BENIGN, ids=lambda p: p.name)
def test_honest_programs_pass(program: Program, sandbox: Sandbox) -> None:
    result = judge(sandbox, {"cache.py": "x = 1\n"}, program.code)
    assert result.passed != known(program, sandbox), (result.summary, result.tests)


BOMBS = {
    "fork-bomb": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n",
    "memory": "blocks = []\nwhile True:\n    try:\n        blocks.append(bytearray(1 << 24))\n    except MemoryError:\n        pass\n",
    "disk": "import os\nn = 0\nwhile True:\n    n += 1\n    try:\n        open(f'f{n}', 'wb').write(b'x' * (1 << 20))\n    except OSError:\n        n = 0\n",
    "output": "import os\nwhile True:\n    os.write(1, b'x' * 65536)\n",
    "ignores-signals": "import signal, time\nfor n in range(1, 65):\n    try:\n        signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError):\n        pass\ntime.sleep(600)\n",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_nothing_takes_the_machine(name: str, sandbox: Sandbox) -> None:
    limits = Limits(wall_s=1.5, memory_bytes=256 << 20, scratch_bytes=32 << 20, tasks=64)
    done = asyncio.run(sandbox.run(Job(argv=("{python}", "-c", BOMBS[name]), limits=limits)))
    assert done.timed_out or done.out_of_memory
    assert done.duration_s < 12 and len(done.stdout) <= limits.output_bytes
