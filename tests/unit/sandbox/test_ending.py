"""How runs end: in time, cancelled, or with council itself; nothing that they started stays. See also test_contract."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

from council.protocols import Job, Limits, Run, Sandbox
from council.sandbox.bubblewrap import Bubblewrap
from council.sandbox.process import Descriptors, Launch

ROOT = Path(__file__).parents[3]
QUICK = Limits(wall_s=20.0)


def run(sandbox: Sandbox, code: str, **job: object) -> Run:
    fields = {"argv": ("{python}", "-c", textwrap.dedent(code)), "limits": QUICK, **job}
    return asyncio.run(sandbox.run(Job.model_validate(fields)))


def said(done: Run) -> str:
    assert done.exit_code == 0, (done.exit_code, done.stderr.decode()[-2000:])
    return done.stdout.decode()


def processes_with(mark: str) -> list[str]:
    """The processes of this machine whose command line holds the mark, ours excepted."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            words = Path(f"/proc/{entry}/cmdline").read_bytes()
        except OSError:
            continue
        if entry.isdigit() and int(entry) != os.getpid() and mark.encode() in words:
            found.append(entry)
    return found


def until(true: object, limit_s: float = 10.0) -> bool:
    """Wait for a state of the machine that nothing can be awaited for."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_a_time_limit_ends_children_too(sandbox: Sandbox) -> None:
    mark = f"council-test-{os.getpid()}-timeout"
    code = f"""
        import os, subprocess, sys, time
        for _ in range(3):
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "{mark}"], start_new_session=True)
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
        print("started", flush=True)
        time.sleep(600)
    """
    done = run(sandbox, code, limits=Limits(wall_s=1.5))
    assert done.timed_out and done.exit_code is None and done.stdout == b"started\n"
    assert done.duration_s < 8
    assert until(lambda: not processes_with(mark)), processes_with(mark)


def test_what_outlives_the_program_ends_with_it(sandbox: Sandbox) -> None:
    mark = f"council-test-{os.getpid()}-daemon"
    code = f"""
        import subprocess, sys
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", "{mark}"], start_new_session=True)
        print("left one behind")
    """
    started = time.monotonic()
    assert said(run(sandbox, code)) == "left one behind\n"
    assert time.monotonic() - started < 8
    assert until(lambda: not processes_with(mark))


def test_cancelling_ends_the_tree(sandbox: Sandbox) -> None:
    mark = f"council-test-{os.getpid()}-cancel"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)', '{mark}'])"

    async def cancelled() -> None:
        job = Job(argv=("{python}", "-c", code), limits=QUICK)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(sandbox.run(job))
            while not [
                pid for pid in processes_with(mark) if b"time.sleep" in Path(f"/proc/{pid}/cmdline").read_bytes()
            ]:
                await asyncio.sleep(0.02)
            task.cancel()

    asyncio.run(asyncio.wait_for(cancelled(), 30))
    assert until(lambda: not processes_with(mark))


def test_cancelled_at_any_moment_of_its_start_nothing_stays(sandbox: Sandbox) -> None:
    """From before the launcher runs until the program does: a first process inside must never be left behind."""
    mark = f"council-test-{os.getpid()}-start"
    code = "import time; time.sleep(600)"

    async def cancelled(after_s: float) -> None:
        task = asyncio.ensure_future(sandbox.run(Job(argv=("{python}", "-c", code, mark), limits=QUICK)))
        await asyncio.wait([task], timeout=after_s)
        task.cancel()
        await asyncio.wait([task])

    for step in range(100):
        asyncio.run(cancelled(step / 2000))
    assert until(lambda: not processes_with(mark)), processes_with(mark)


class Unannounced(Bubblewrap):
    """Stands still where it has made its first process inside and cannot say so: what it reports to has no room."""

    full: int

    def _launch(self, job: Job, files: Path, user: int | None, told: Descriptors) -> Launch:
        status = os.dup(self.full)
        launch = super()._launch(job, files, user, told.but(status=status))
        return launch.but(passed=(*launch.passed, status))


def test_cancelled_where_its_first_process_is_known_to_nobody_nothing_stays(bubblewrap: Bubblewrap) -> None:
    mark = f"council-test-{os.getpid()}-unannounced"
    read, full = os.pipe()
    os.set_blocking(full, False)
    try:
        while True:
            os.write(full, b"\0" * 4096)
    except BlockingIOError:
        os.set_blocking(full, True)
    held = Unannounced(**{name: getattr(bubblewrap, name) for name in Bubblewrap.model_fields}, full=full)

    async def cancelled() -> None:
        task = asyncio.ensure_future(held.run(Job(argv=("{python}", "-c", "", mark), limits=QUICK)))
        while len(processes_with(mark)) < 2:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])

    try:
        asyncio.run(asyncio.wait_for(cancelled(), 30))
        assert until(lambda: not processes_with(mark)), processes_with(mark)
    finally:
        os.close(read)
        os.close(full)


def test_nothing_that_stands_around_a_job_leaves_the_group_that_is_killed(bubblewrap: Bubblewrap) -> None:
    """And the job is not in it: it could signal those around it, or be taken for one of them."""
    mark = f"council-test-{os.getpid()}-group"

    async def seen() -> list[tuple[int, int, int]]:
        job = Job(argv=("{python}", "-c", "import time; time.sleep(600)", mark), limits=QUICK)
        task = asyncio.ensure_future(bubblewrap.run(job))
        while len(pids := [int(pid) for pid in processes_with(mark)]) < 3 or os.getpgid(max(pids)) != max(pids):
            await asyncio.sleep(0.01)
        found = [(pid, os.getpgid(pid), os.getsid(pid)) for pid in sorted(pids)]
        task.cancel()
        await asyncio.wait([task])
        return found

    outer, first, job = asyncio.run(asyncio.wait_for(seen(), 30))
    assert outer[1] == first[1] == outer[0]
    assert job[1] == job[2] == job[0]


def test_council_killed_kills_the_tree(sandbox: Sandbox) -> None:
    mark = f"council-test-{os.getpid()}-sigkill"
    program = f"""
        import sys; sys.path[:] = {sys.path!r}
        import asyncio
        from council.protocols import Job
        from council.sandbox import open_sandbox
        from council.settings import Settings
        code = "import os, time; os.fork(); print('up', flush=True); time.sleep(600)"
        job = Job(argv=("{{python}}", "-c", code, "{mark}"))
        asyncio.run(open_sandbox(Settings(sandbox="{sandbox.info.backend}")).run(job))
    """
    council = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT)
    try:
        assert until(lambda: len(set(processes_with(mark)) - {str(council.pid)}) >= 3, 30)
    finally:
        os.kill(council.pid, signal.SIGKILL)
        council.wait()
    assert until(lambda: not processes_with(mark)), processes_with(mark)


def test_council_killed_while_a_sandbox_starts_no_code_is_run(bubblewrap: Bubblewrap, tmp_path: Path) -> None:
    """Held where the first process inside is made and does not yet end with its parent: what it starts then must end."""
    mark = f"council-test-{os.getpid()}-orphan"
    held, release = os.pipe()
    program = f"""
        import sys; sys.path[:] = {sys.path!r}
        import asyncio
        from council.protocols import Job
        from council.sandbox import open_sandbox
        from council.sandbox.bubblewrap import Bubblewrap
        from council.settings import Settings

        class Blocked(Bubblewrap):
            def _launch(self, *words):
                launch = super()._launch(*words)
                return launch.but(passed=(*launch.passed, {held}))

            def _arguments(self, *words):
                first, *rest = super()._arguments(*words)
                return [first, "--block-fd", "{held}", *rest]

        plain = open_sandbox(Settings(sandbox="bubblewrap"))
        blocked = Blocked(**{{name: getattr(plain, name) for name in Bubblewrap.model_fields}})
        asyncio.run(blocked.run(Job(argv=("{{python}}", "-c", "import time; time.sleep(600)", "{mark}"))))
    """
    council = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, pass_fds=(held,))
    os.close(held)
    try:
        assert until(lambda: any(os.path.isdir(f"/proc/{pid}/root/files") for pid in processes_with(mark)), 30)
        os.kill(council.pid, signal.SIGKILL)
        council.wait()
        assert until(lambda: len(processes_with(mark)) == 1), processes_with(mark)
    finally:
        council.kill()
        council.wait()
        os.close(release)
    assert until(lambda: not processes_with(mark)), processes_with(mark)
