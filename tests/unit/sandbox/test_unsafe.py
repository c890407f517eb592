"""Without walls a run still ends, whole, in time; its output is bounded and it inherits nothing of ours."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from council.errors import SandboxError
from council.protocols import Job, Limits, Run
from council.sandbox import open_sandbox
from council.sandbox.program import LAYERS
from council.sandbox.toolchain import find_toolchain
from council.sandbox.unsafe import Unsafe
from council.settings import Settings

LEAVES = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open(sys.argv[1], "w").write(str(os.getpid()))
        time.sleep(300)
    os._exit(0)
while not os.path.exists(sys.argv[1]) or not open(sys.argv[1]).read():
    time.sleep(0.01)
time.sleep(float(sys.argv[2]))
"""


def run(code: str, *words: str, **limits: float) -> Run:
    job = Job(argv=("{python}", "-c", code, *words), limits=Limits(**limits), channel=True)
    return asyncio.run(Unsafe(toolchain=find_toolchain()).run(job))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ended(pid: int, within_s: float = 10) -> bool:
    deadline = time.monotonic() + within_s
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(pid)


def test_it_counts_every_layer_as_missing() -> None:
    info = Unsafe(toolchain=find_toolchain()).info
    assert info.unsafe and info.layers == () and info.missing == LAYERS


def test_a_run_gives_output_channel_and_exit_code() -> None:
    done = run("import os, sys; os.write(3, b'told'); print('out'); print('err', file=sys.stderr); sys.exit(7)")
    assert (done.exit_code, done.stdout, done.stderr, done.channel) == (7, b"out\n", b"err\n", b"told")


def test_it_inherits_no_variable_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-unsafe")
    done = run("import json, os; print(json.dumps(dict(os.environ)))")
    seen = json.loads(done.stdout)
    assert "sk-canary-unsafe" not in done.stdout.decode() and "/scratch" in seen["HOME"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans to a supervisor")
@pytest.mark.parametrize("lingers_s, timed_out", [(0.0, False), (60.0, True)])
def test_what_left_the_group_ends_with_the_run(tmp_path: Path, lingers_s: float, timed_out: bool) -> None:
    told = tmp_path / "pid"
    done = run(LEAVES, str(told), str(lingers_s), wall_s=2.0 if timed_out else 30.0)
    assert done.timed_out is timed_out
    assert ended(int(told.read_text()))


def test_output_and_files_are_bounded() -> None:
    done = run("import sys; sys.stdout.write('x' * (1 << 20))", output_bytes=1000)
    assert done.truncated and len(done.stdout) == 1000
    full = run("open('big', 'wb').write(bytes(1 << 20))", file_bytes=1 << 16)
    assert full.exit_code != 0


def test_memory_is_bounded() -> None:
    done = run("x = bytearray(1 << 30); print(len(x))", memory_bytes=200 << 20)
    assert done.out_of_memory or done.exit_code not in (0, None)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans to a supervisor")
def test_everything_ends_when_council_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    program = f"""
import asyncio
from council.protocols import Job
from council.sandbox.toolchain import find_toolchain
from council.sandbox.unsafe import Unsafe
job = Job(argv=("{{python}}", "-c", {LEAVES!r}, {str(told)!r}, "300"))
asyncio.run(Unsafe(toolchain=find_toolchain()).run(job))
"""
    with subprocess.Popen([sys.executable, "-c", program]) as ours:
        deadline = time.monotonic() + 30
        while not (told.exists() and told.read_text()) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(ours.pid, signal.SIGKILL)
    assert ended(int(told.read_text()))


def test_a_program_that_is_not_there_is_an_error_and_not_a_result() -> None:
    toolchain = find_toolchain().but(executable="/nowhere/python")
    with pytest.raises(SandboxError):
        asyncio.run(Unsafe(toolchain=toolchain).run(Job(argv=("{python}", "-c", "pass"))))


def test_where_a_sandbox_works_it_is_used_all_the_same() -> None:
    settings = Settings()
    try:
        walled = open_sandbox(settings)
    except SandboxError as error:
        pytest.skip(str(error))
    assert open_sandbox(settings, unsafe=True) is walled
