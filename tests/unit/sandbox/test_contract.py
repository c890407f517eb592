"""What every backend promises, run for real, but for how runs end (test_ending). Run again by an ordinary user (test_as_other_user)."""

from __future__ import annotations

import ast
import asyncio
import json
import textwrap
from pathlib import Path

import pytest

from council.protocols import Job, Limits, Run, Sandbox

ROOT = Path(__file__).parents[3]
QUICK = Limits(wall_s=20.0)


def run(sandbox: Sandbox, code: str, **job: object) -> Run:
    fields = {"argv": ("{python}", "-c", textwrap.dedent(code)), "limits": QUICK, **job}
    return asyncio.run(sandbox.run(Job.model_validate(fields)))


def said(done: Run) -> str:
    assert done.exit_code == 0, (done.exit_code, done.stderr.decode()[-2000:])
    return done.stdout.decode()


def test_output_error_exit_code_and_input(sandbox: Sandbox) -> None:
    done = run(sandbox, "import sys; print(sys.stdin.read()); print('no', file=sys.stderr); sys.exit(7)", stdin=b"yes")
    assert (done.exit_code, done.stdout, done.stderr) == (7, b"yes\n", b"no\n")


def test_long_input_arrives_whole_and_unread_input_harms_nobody(sandbox: Sandbox) -> None:
    content = b"x" * (3 << 20)
    assert said(run(sandbox, "import sys; print(len(sys.stdin.buffer.read()))", stdin=content)) == f"{3 << 20}\n"
    assert said(run(sandbox, "print('unread')", stdin=content)) == "unread\n"


def test_files_are_there_and_cannot_be_written(sandbox: Sandbox) -> None:
    code = """
        import os
        print(open("a/b.txt").read(), open("c.py").read(), open(os.environ["COUNCIL_FILES"] + "/c.py").read())
        for path in ("a/b.txt", "c.py", os.environ["COUNCIL_FILES"] + "/new"):
            try:
                open(path, "w")
            except OSError:
                print("refused")
        open("mine.txt", "w").write("x")
        print(sorted(os.listdir(".")))
    """
    text = said(run(sandbox, code, files=(("a/b.txt", b"one"), ("c.py", b"two"))))
    assert text == "one two two\nrefused\nrefused\nrefused\n['a', 'c.py', 'mine.txt']\n"


def test_a_run_leaves_nothing_for_the_next_one(sandbox: Sandbox) -> None:
    said(run(sandbox, "import os; open('left', 'w'); open(os.environ['TMPDIR'] + '/left', 'w')"))
    assert said(run(sandbox, "import os; print(os.listdir('.'))")) == "[]\n"


def test_nothing_of_the_environment_comes_in(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789")
    text = said(run(sandbox, "import os; print(dict(os.environ))"))
    inside = ast.literal_eval(text)
    # Landlock keeps real paths, so where the tools lie may be below the home folder; nothing else speaks of it.
    where_tools_lie = {"PATH", "PYTHONPATH", "LD_LIBRARY_PATH"}
    assert "canary" not in text
    told = {name: text for name, text in inside.items() if "/council-run-" not in text and name not in where_tools_lie}
    assert not [name for name, text in told.items() if str(Path.home()) in text]


def test_the_interpreter_is_isolated_and_has_the_tools(sandbox: Sandbox) -> None:
    code = """
        import sys, pytest, flake8, bandit, black
        try:
            import helper
        except ImportError:
            print("not on the path")
        print(sys.flags.isolated, sys.flags.utf8_mode, sys.dont_write_bytecode)
    """
    assert said(run(sandbox, code, files=(("helper.py", b""),))) == "not on the path\n1 1 True\n"


def test_a_child_interpreter_works(sandbox: Sandbox) -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import pytest; print(6 * 7)'], check=True)"
    assert said(run(sandbox, code)) == "42\n"


def test_the_channel_brings_bytes_that_stdout_cannot_forge(sandbox: Sandbox) -> None:
    code = "import os; print('stdout'); os.write(int(os.environ['COUNCIL_CHANNEL']), b'told'); os.write(3, b' more')"
    done = run(sandbox, code, channel=True)
    assert (done.channel, done.stdout) == (b"told more", b"stdout\n")
    closed = "import os\ntry:\n    os.write(3, b'x')\nexcept OSError:\n    print('none')"
    assert said(run(sandbox, closed)) == "none\n"


def test_a_hundred_megabytes_of_output_are_cut(sandbox: Sandbox) -> None:
    code = "import os\nfor _ in range(1600):\n    os.write(1, b'x' * 65536)"
    limits = Limits(output_bytes=100_000, wall_s=60.0)
    done = run(sandbox, code, limits=limits)
    assert done.exit_code == 0 and done.truncated and len(done.stdout) == 100_000


def test_characters_survive_the_borders_of_chunks(sandbox: Sandbox) -> None:
    code = "import sys, time\nfor byte in '日本語 ✓ é'.encode():\n    sys.stdout.buffer.write(bytes([byte])); sys.stdout.flush()"
    assert said(run(sandbox, code)) == "日本語 ✓ é"


def test_twenty_at_once(sandbox: Sandbox) -> None:
    async def all_of_them() -> list[Run]:
        async with asyncio.TaskGroup() as group:
            jobs = [Job(argv=("{python}", "-c", f"print({n})"), limits=Limits(wall_s=60)) for n in range(20)]
            tasks = [group.create_task(sandbox.run(job)) for job in jobs]
        return [task.result() for task in tasks]

    assert [said(done) for done in asyncio.run(all_of_them())] == [f"{n}\n" for n in range(20)]


def test_memory_of_one_process_is_limited(sandbox: Sandbox) -> None:
    code = "try:\n    bytearray(1 << 30)\nexcept MemoryError:\n    print('refused')"
    assert said(run(sandbox, code, limits=Limits(memory_bytes=256 << 20))) == "refused\n"


def test_memory_of_all_processes_together_is_limited(sandbox: Sandbox) -> None:
    code = """
        import os, time
        for _ in range(4):
            if os.fork() == 0:
                block = bytearray(os.urandom(1 << 20) * 60)
                time.sleep(60)
        time.sleep(60)
    """
    done = run(sandbox, code, limits=Limits(memory_bytes=150 << 20, wall_s=30))
    assert done.out_of_memory and done.exit_code is None and not done.timed_out


@pytest.mark.parametrize("hide", [False, True])
def test_shared_memory_is_counted_also_where_no_page_of_it_is_mapped(sandbox: Sandbox, hide: bool) -> None:
    code = f"""
        import mmap, time
        block = mmap.mmap(-1, 400 << 20)
        for at in range(0, 400 << 20, 4096):
            block[at] = 1
            if {hide} and at % (8 << 20) == 0 and at:
                block.madvise(mmap.MADV_DONTNEED, at - (8 << 20), 8 << 20)
        time.sleep(60)
    """
    done = run(sandbox, code, limits=Limits(memory_bytes=150 << 20, wall_s=30))
    assert done.out_of_memory and not done.timed_out


def test_files_without_a_byte_are_limited(sandbox: Sandbox) -> None:
    code = """
        import os, time
        try:
            for n in range(90_000):
                os.close(os.open(f"f{n}", os.O_CREAT))
        except OSError:
            print("refused", flush=True)
        time.sleep(60)
    """
    done = run(sandbox, code, limits=Limits(scratch_bytes=128 << 20, wall_s=8))
    assert done.out_of_memory or said_so(done)


def said_so(done: Run) -> bool:
    return done.stdout == b"refused\n"


def test_processes_are_limited(sandbox: Sandbox) -> None:
    code = """
        import os, time
        count = 0
        try:
            while True:
                if os.fork() == 0:
                    time.sleep(60)
                count += 1
        except BlockingIOError:
            print(count < 40)
    """
    assert said(run(sandbox, code, limits=Limits(tasks=32, wall_s=20))) == "True\n"


def test_files_are_limited_in_size(sandbox: Sandbox) -> None:
    code = """
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            with open("big", "wb") as file:
                for _ in range(64):
                    file.write(b"x" * (1 << 20))
        except OSError:
            print("refused")
    """
    assert said(run(sandbox, code, limits=Limits(file_bytes=4 << 20))) == "refused\n"


def test_the_scratch_is_limited(sandbox: Sandbox) -> None:
    code = """
        import time
        try:
            for number in range(40):
                with open(f"f{number}", "wb") as file:
                    file.write(b"x" * (1 << 20))
                time.sleep(0.02)
        except OSError:
            print("refused")
    """
    done = run(sandbox, code, limits=Limits(scratch_bytes=8 << 20, wall_s=20))
    assert done.out_of_memory or done.stdout == b"refused\n"


def test_a_program_that_is_not_there_is_an_answer(sandbox: Sandbox) -> None:
    done = asyncio.run(sandbox.run(Job(argv=("/nonexistent",), limits=QUICK)))
    assert done.exit_code not in (0, None)


def test_any_program_can_run(sandbox: Sandbox) -> None:
    done = asyncio.run(sandbox.run(Job(argv=("/bin/echo", "a b", "$HOME"), limits=QUICK)))
    assert said(done) == "a b $HOME\n"


def test_no_temporary_files_stay(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.name.startswith("pytest-"):
            parent.chmod(0o755)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said(run(sandbox, "import os; os.mkdir('shut', 0); open('x', 'w')", files=(("a/b", b""),)))
    assert list(tmp_path.iterdir()) == []


def test_what_a_program_can_do_inside(sandbox: Sandbox) -> None:
    check = (ROOT / "council/sandbox/inside/selfcheck.py").read_bytes()
    job = Job(argv=("{python}", "selfcheck.py", "/etc/passwd"), files=(("selfcheck.py", check),), channel=True)
    seen = json.loads(asyncio.run(sandbox.run(job)).channel)
    assert seen["capabilities"] == 0 and seen["no_new_privs"] == 1 and seen["filter"] == 2
    assert not any(seen[name] for name in ("reads_outside", "reads_proc", "writes_root", "connects"))
    assert seen["uid"] != 0
