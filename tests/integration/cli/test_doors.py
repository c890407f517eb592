"""What happens where no sandbox works: a refusal with its cause, or no walls because somebody typed it, told everywhere.

The machine is really made worse: by a system-call filter around the command, as containers and services have one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SHUT = str(Path(__file__).with_name("shut.py"))
_TEMPORARY = ("/tmp", "/var/tmp", "/usr/tmp")
ALARM = "WITHOUT A SANDBOX (--unsafe-exec)"

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in ("x86_64", "aarch64"),
    reason="the system-call filter that shuts the doors is for Linux on x86_64 and aarch64",
)


def shut(*words: str) -> tuple[str, ...]:
    return (sys.executable, SHUT, ",".join(words), "--")


CLOSED = shut("namespaces", "landlock")


def sandboxes(done: subprocess.CompletedProcess[str]) -> dict[str, tuple[str, str]]:
    told = [row for row in json.loads(done.stdout)["rows"] if row["name"] == "Sandbox"]
    return {row["text"].split(":")[0].split()[0]: (row["state"], row["text"]) for row in told}


def test_without_a_sandbox_nothing_is_executed_and_the_cause_is_told_with_its_command(good) -> None:
    good.write("test_one.py", "open('/tmp/was-executed', 'w')\n\n\ndef test_one():\n    pass\n")
    done = good.council("validate", "one.py", "--tests", "test_one.py", prefix=CLOSED)
    assert done.returncode == 3 and done.stdout == ""
    assert "the sandbox cannot start" in done.stderr and "Mend it with: " in done.stderr
    assert not Path("/tmp/was-executed").exists()


def test_neither_a_setting_nor_a_variable_nor_a_project_can_open_the_door(good) -> None:
    for key in ("unsafe_exec", "unsafe"):
        done = good.council("validate", "one.py", "--set", f"{key}=true", prefix=CLOSED)
        assert done.returncode == 2, done.stderr
    for value in ("none", "unsafe"):
        done = good.council("validate", "one.py", "--set", f"sandbox={value}", prefix=CLOSED)
        assert done.returncode == 2, done.stderr
    assert good.council("validate", "one.py", prefix=CLOSED, COUNCIL_UNSAFE_EXEC="1").returncode in (2, 3)
    good.write("council.toml", "unsafe_exec = true\n")
    assert good.council("validate", "one.py", prefix=CLOSED).returncode == 2


def test_typed_it_runs_without_walls_and_says_so_at_the_beginning_and_in_the_result(good) -> None:
    words = ("validate", "one.py", "--tests", "test_one.py", "--unsafe-exec")
    done = good.council(*words, prefix=CLOSED)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(ALARM) and "Mend it with:" in " ".join(done.stderr.split())
    assert ALARM in done.stdout and "no sandbox" in done.stdout
    shown = json.loads(good.council(*words, "--format", "json", prefix=CLOSED).stdout)["sandbox"]
    assert shown["backend"] == "unsafe" and shown["layers"] == []
    assert {"no network", "private files", "system-call filter", "limits"} <= set(shown["missing"])
    assert "SANDBOX" in good.council(*words, "--format", "markdown", prefix=CLOSED).stdout


def test_it_is_red_where_there_are_colours(good) -> None:
    words = ("validate", "one.py", "--tests", "test_one.py", "--unsafe-exec", "-q")
    command = [*CLOSED, sys.executable, "-m", "council", *words]
    if shutil.which("script") is None:
        pytest.skip("no script(1) to make a terminal with")
    import shlex

    done = subprocess.run(
        ["script", "-qec", shlex.join(command), "/dev/null"],
        cwd=good.work, env={**good.env, "TERM": "xterm-256color"}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    red = [line for line in lines if "\x1b[1;31m" in line and "WITHOUT A SANDBOX" in line]
    assert len(red) == 2, done.stdout


def test_where_a_sandbox_works_it_is_used_all_the_same(good) -> None:
    words = ("validate", "one.py", "--tests", "test_one.py", "--unsafe-exec", "--format", "json")
    done = good.council(*words)
    if done.returncode == 0 and json.loads(done.stdout)["sandbox"]["backend"] == "unsafe":
        pytest.skip("no sandbox works here")
    assert "--unsafe-exec was not needed" in done.stderr and ALARM not in done.stderr + done.stdout


def test_a_session_and_its_document_say_it_later_too(good) -> None:
    words = ("review", "one.py", "--tests", "test_one.py", "--policy", "checks-only", "--unsafe-exec")
    done = good.council(*words, "--format", "json", prefix=CLOSED)
    session = json.loads(done.stdout)
    assert session["sandbox"]["backend"] == "unsafe"
    assert any("without a sandbox (--unsafe-exec)" in sentence for sentence in session["degraded"])
    for form in ("text", "markdown"):
        shown = good.council("session", "show", session["session_id"], "--format", form).stdout
        assert "WITHOUT A SANDBOX" in shown, form


def test_the_story_command_says_it_too(good) -> None:
    done = subprocess.run(
        [*CLOSED, sys.executable, "-c", "from council.cli.vengeance import main; raise SystemExit(main())",
         "one.py", "--unsafe-exec"],
        cwd=good.work, env=good.env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("[✗] SANDBOX: executed WITHOUT A SANDBOX")
    bare = subprocess.run(
        [*CLOSED, sys.executable, "-c", "from council.cli.vengeance import main; raise SystemExit(main())", "one.py"],
        cwd=good.work, env=good.env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert bare.returncode == 3 and "PYTEST" not in bare.stdout


def test_an_audit_says_it_in_every_form(good) -> None:
    good.write("one.py", '"""One."""\n\n# Generated by codellama:34b\n\n\ndef one() -> int:\n    return 1\n')
    words = ("audit", ".", "--model", "codellama", "--unsafe-exec")
    for form in ("text", "markdown", "sarif"):
        done = good.council(*words, "--format", form, prefix=CLOSED)
        assert done.returncode == 1, done.stderr
        assert "WITHOUT A SANDBOX" in done.stdout, form
    done = good.council(*words, "--format", "json", prefix=CLOSED)
    assert json.loads(done.stdout)["files"][0]["validation"]["sandbox"]["backend"] == "unsafe"
    assert good.council("audit", ".", "--model", "codellama", prefix=CLOSED).returncode == 3


def test_a_benchmark_and_the_advisory_that_rests_on_it_say_it(good) -> None:
    sample = {
        "model": "codellama:7b", "task_id": "t/1", "prompt": "def one():\n", "entry_point": "one",
        "code": "def one():\n    return 1\n", "test": "def check(candidate):\n    assert candidate() == 2\n",
    }  # fmt: skip
    good.write("out.jsonl", json.dumps(sample) + "\n")
    done = good.council("bench", "import", "out.jsonl", "--unsafe-exec", "--format", "json", prefix=CLOSED)
    assert done.returncode == 0, done.stderr
    assert any("without a sandbox (--unsafe-exec)" in note for note in json.loads(done.stdout)["notes"])
    advice = good.council("advise", "codellama:7b")
    assert "without a sandbox" in " ".join(advice.stdout.split()), advice.stdout + advice.stderr
    assert good.council("bench", "import", "out.jsonl", prefix=CLOSED).returncode == 3


@pytest.mark.parametrize(
    "words, cause",
    [
        (("landlock", "namespaces"), {"bubblewrap": "namespaces", "landlock": "andlock"}),
        (("landlock-off", "namespaces"), {"landlock": "lsm="}),
        (("mounts", "landlock"), {"bubblewrap": "namespaces or mounts|filter around"}),
    ],
)
def test_the_doctor_tells_of_each_backend_why_not_and_what_to_type(shell, words, cause) -> None:
    import re

    done = shell.council("doctor", "--format", "json", prefix=shut(*words))
    assert done.returncode == 3
    told = sandboxes(done)
    for backend, pattern in cause.items():
        state, text = told[backend]
        assert state == "fail" and re.search(pattern, text) and "mend it with: " in text


def test_the_doctor_names_the_backend_that_steps_in_and_what_the_better_one_lacks(shell) -> None:
    told = sandboxes(shell.council("doctor", "--format", "json", prefix=shut("namespaces")))
    if told["landlock"][0] == "fail":
        pytest.skip(told["landlock"][1])
    assert "self-check passed" in told["landlock"][1] and "lacks" in told["landlock"][1]
    assert told["bubblewrap"][0] == "warn" and "mend it with: " in told["bubblewrap"][1]


def test_no_namespace_left_is_really_told_as_such(shell) -> None:
    """A user namespace of our own in which no further one may be made, as sysctl would have it for the machine."""
    inner = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    prefix = ("unshare", "--user", "--map-root-user", "sh", "-c", inner, "sh")
    if shutil.which("unshare") is None or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("no user namespace can be made here with unshare(1)")
    told = sandboxes(shell.council("doctor", "--format", "json", "--set", "sandbox=bubblewrap", prefix=prefix))
    assert "user.max_user_namespaces is 0" in told["bubblewrap"][1]
    assert "sudo sysctl -w user.max_user_namespaces=15000" in told["bubblewrap"][1]


def test_a_missing_temporary_folder_is_a_cause_and_no_bug(shell) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("no unshare(1) to hide the temporary folders with")
    here = Path(__file__).resolve()
    if any(place.is_relative_to(folder) for place in (here, Path(sys.executable)) for folder in _TEMPORARY):
        pytest.skip("this checkout lies in a temporary folder, which the test hides")
    cover = "for d in /tmp /var/tmp /usr/tmp; do if [ -d $d ]; then mount -t tmpfs -o ro none $d || exit; fi; done"
    hidden = f'{cover}; mount -o remount,bind,ro / && cd / && exec "$@"'
    prefix = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", hidden, "sh")
    if subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("no mount namespace can be made here with unshare(1)")
    done = shell.council("doctor", "--format", "json", prefix=prefix, PYTHONPATH=str(Path(__file__).parents[3]))
    assert done.returncode == 3, done.stderr
    assert "TMPDIR" in sandboxes(done)["bubblewrap"][1]
