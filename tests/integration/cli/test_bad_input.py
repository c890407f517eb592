"""What people do wrong, and what they then read: one clear sentence, the right exit code, no traceback, nothing half-written."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


def one_sentence(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """Hold that the process ended with one line of its own on standard error, which says all the words."""
    lines = [line for line in done.stderr.splitlines() if line.startswith("council: ")]
    assert done.returncode == code, done.stderr + done.stdout
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    for word in words:
        assert word in lines[0], lines[0]


def test_missing_file(shell) -> None:
    one_sentence(shell.council("review", "nope.py"), 2, "nope.py", "no such file")


def test_folder_without_python(shell) -> None:
    shell.write("docs/readme.txt", "hello")
    one_sentence(shell.council("validate", "docs"), 2, "docs", "Python")


def test_binary(shell) -> None:
    shell.write("tool.py", b"\x7fELF\x02\x01\x00\x00")
    one_sentence(shell.council("validate", "tool.py"), 2, "tool.py", "not Python source", "NUL bytes")


def test_empty_file(shell) -> None:
    shell.write("empty.py", "")
    one_sentence(shell.council("validate", "empty.py"), 2, "empty.py", "empty")


def test_five_megabytes(shell) -> None:
    shell.write("big.py", "x = 1\n" * 900_000)
    one_sentence(shell.council("validate", "big.py"), 2, "big.py", "max_file_kb")


def test_invalid_utf8(shell) -> None:
    shell.write("cache.py", b"a = 1\nb = '\xff'\n")
    done = shell.council("review", "cache.py")
    one_sentence(done, 2, "cache.py, line 2: not UTF-8 (byte 0xff)", "iconv -f latin1 -t utf8 cache.py")


def test_hostile_file_name(shell) -> None:
    name = "a\x1b[31m\nred.py"
    one_sentence(shell.council("validate", name), 2, "\\x1b[31m")


def test_unknown_setting(good) -> None:
    good.write("council.toml", "policy = 'base'\n\ndeadlne_s = 3\n")
    done = good.council("validate", "one.py")
    one_sentence(done, 2, "council.toml, line 3: unknown setting 'deadlne_s'", "Did you mean deadline_s?")


def test_unknown_setting_in_the_environment(good) -> None:
    done = good.council("validate", "one.py", COUNCIL_POLCY="base")
    one_sentence(done, 2, "COUNCIL_POLCY", "Did you mean COUNCIL_POLICY?")


def test_contradicting_settings(good) -> None:
    done = good.council("review", "one.py", "--set", "attempt_timeout_s=50", "--set", "deadline_s=10")
    one_sentence(done, 2, "attempt_timeout_s (50) is longer than deadline_s (10)")


def test_contradicting_flags(good) -> None:
    done = good.council("review", "one.py", "--panel", "local", "--seat", "openai/gpt-5.2")
    one_sentence(done, 2, "--panel", "--seat")
    done = good.council("review", "one.py", "--record", "a", "--replay", "b")
    one_sentence(done, 2, "--record", "--replay")


def test_two_settings_files(good) -> None:
    good.write("council.toml", "policy = 'base'\n")
    good.write("pyproject.toml", "[tool.council]\npolicy = 'base'\n")
    one_sentence(good.council("validate", "one.py"), 2, "council.toml and [tool.council]", "Keep one")


def test_settings_file_that_does_not_parse(good) -> None:
    good.write("council.toml", "policy = \n")
    one_sentence(good.council("validate", "one.py"), 2, "council.toml", "line 1")


def test_policy_that_does_not_parse(good) -> None:
    good.write("mine.toml", "title = 'x\n")
    one_sentence(good.council("validate", "one.py", "--policy", "mine.toml"), 2, "mine.toml", "TOML")


def test_policy_with_a_misspelt_field(good) -> None:
    good.write("mine.toml", "title = 'x'\n[voting]\nqourum = 2\n")
    done = good.council("validate", "one.py", "--policy", "mine.toml")
    one_sentence(done, 2, "mine.toml", "voting.qourum", "Did you mean quorum?")


def test_unknown_policy_and_panel(good) -> None:
    one_sentence(good.council("review", "one.py", "--policy", "python-taem"), 2, "Did you mean python-team?")
    one_sentence(good.council("review", "one.py", "--panel", "lokal"), 2, "Did you mean local?")


def test_circular_policies(good) -> None:
    good.write("a.toml", "title = 'a'\nextends = 'b'\n")
    good.write("b.toml", "title = 'b'\nextends = 'a'\n")
    one_sentence(good.council("validate", "one.py", "--policy", "./a.toml"), 2, "circle")


@pytest.mark.parametrize("template", ["{{ nothing_like_it }}", "{% if %}", "{{ session.session_id.nope.nope }}"])
def test_template_that_fails(good, template: str) -> None:
    good.write("mine/documents/session.md.j2", f"line one\n{template}\n")
    good.write("council.toml", "templates_dir = 'mine'\n")
    words = ("review", "one.py", "--tests", "test_one.py", "--policy", "checks-only", "--format", "markdown", "-q")
    one_sentence(good.council(*words), 2, "session.md.j2, line 2")


def test_misspelt_command_and_option(good) -> None:
    one_sentence(good.council("reviw", "one.py"), 2, "Did you mean review?")
    one_sentence(good.council("review", "one.py", "--polcy", "base"), 2, "--polcy")


def test_output_into_a_missing_folder_is_found_out_before_the_work(good) -> None:
    done = good.council("validate", "one.py", "-o", "nowhere/report.txt")
    one_sentence(done, 2, "nowhere", "mkdir -p nowhere")
    assert not (good.work / "nowhere").exists()


def test_generate_does_not_replace_a_file(good) -> None:
    before = (good.work / "one.py").read_text()
    one_sentence(good.council("generate", "one", "--model", "m", "-o", "one.py"), 2, "one.py exists", "--force")
    assert (good.work / "one.py").read_text() == before


def test_unreachable_ollama(shell) -> None:
    done = shell.council("generate", "a function", "--model", "m", "-o", "out.py")
    one_sentence(done, 3, "127.0.0.1:1", "ollama serve")
    assert list(shell.work.iterdir()) == []


def test_no_model_named(shell) -> None:
    one_sentence(shell.council("generate", "a function"), 2, "OLLAMA_MODEL")


def test_task_file_that_is_missing(shell) -> None:
    one_sentence(shell.council("generate", "@task.md", "--model", "m"), 2, "task.md")


def test_no_key_is_no_quorum_and_says_which_variable(good) -> None:
    done = good.council("review", "one.py", "--tests", "test_one.py", "-q")
    assert done.returncode == 3, done.stderr
    assert "NO QUORUM" in done.stdout and "export OPENAI_API_KEY=…" in done.stdout
    assert "Traceback" not in done.stderr


def test_wrong_key(good, openai_server: str) -> None:
    secret = "sk-canary-0123456789abcdef"  # not a key of anybody
    panel = f"title = 'x'\nquorum = 1\n[[seats]]\nmodel = 'openai/denied'\napi_base = '{openai_server}'\n"
    good.write("panel.toml", panel)
    done = good.council("review", "one.py", "--panel", "./panel.toml", OPENAI_API_KEY=secret)
    assert done.returncode == 3, done.stderr
    assert "401" in done.stdout and "denied" in done.stdout
    assert secret not in done.stdout + done.stderr
    kept = b"".join(path.read_bytes() for path in good.home.rglob("*") if path.is_file())
    assert secret.encode() not in kept


def test_unknown_seat_model_is_named(good) -> None:
    done = good.council("review", "one.py", "--seat", "nosuchprovider/model-x", "-q")
    assert done.returncode == 3, done.stderr
    assert "model-x" in done.stdout and "Traceback" not in done.stderr


def test_unreachable_seat_is_named(good) -> None:
    done = good.council("review", "one.py", "--seat", "ollama_chat/qwen2.5-coder:0.5b", "-q")
    assert done.returncode == 3, done.stderr
    assert "qwen2.5-coder:0.5b" in done.stdout and "Traceback" not in done.stderr


def test_read_only_home(good) -> None:
    done = good.council("review", "one.py", "--tests", "test_one.py", "--policy", "checks-only", HOME="/sys")
    one_sentence(done, 3, "council.db", "--no-store")


def test_a_home_that_is_read_only_needs_only_no_store(good) -> None:
    words = ("review", "one.py", "--tests", "test_one.py", "--policy", "checks-only", "--no-store", "-q")
    assert good.council(*words, HOME="/sys").returncode == 0


def mounted(folder: Path, size: str) -> tuple[str, ...]:
    """Return the words that run a program with a small file system at a folder, as root or with a user namespace."""
    flags = "-m" if os.geteuid() == 0 else "-Urm"
    prefix = ("unshare", flags, "bash", "-c", f'mount -t tmpfs -o size={size} tmpfs {folder} && exec "$@"', "bash")
    if subprocess.run([*prefix, "true"], capture_output=True).returncode != 0:
        pytest.skip("mounting a small file system is not allowed here")
    return prefix


def test_full_disk_under_the_store(good) -> None:
    small = good.folder / "small"
    small.mkdir()
    words = ("review", "one.py", "--tests", "test_one.py", "--policy", "checks-only", "-q")
    done = good.council(*words, prefix=mounted(small, "8k"), COUNCIL_STORE_URL=str(small / "council.db"))
    one_sentence(done, 3, "full")


def test_full_disk_under_the_output_leaves_nothing(good) -> None:
    small = good.folder / "small"
    small.mkdir()
    keep = mounted(small, "4k")
    # One page in all, and it is taken; what is left behind is listed after the run.
    script = keep[-2].replace('exec "$@"', f'{{ echo > {small}/taken; "$@"; code=$?; ls -A {small} >&2; exit $code; }}')
    listing = (*keep[:-2], script, "bash")
    done = good.council("validate", "one.py", "--format", "json", "-o", str(small / "r.json"), "-q", prefix=listing)
    assert done.returncode == 2, done.stderr
    said, *left = done.stderr.splitlines()
    assert said.startswith("council: ") and "No space left" in said
    assert left == ["taken"]


def test_session_that_does_not_exist(good) -> None:
    one_sentence(good.council("session", "show", "zzzz"), 3, "zzzz", "council session list")


def test_a_file_that_is_no_store(good) -> None:
    good.write("council.db", "this is not a database " * 100)
    one_sentence(good.council("session", "list", COUNCIL_STORE_URL="council.db"), 3, "council.db")


def test_an_unknown_argument_is_told_by_the_command_that_was_typed(shell) -> None:
    near = shell.council("review", "a.py", "--taks", "x")
    assert near.returncode == 2 and near.stdout == ""
    assert near.stderr == "council: unknown argument '--taks'. Did you mean --task? See: council review --help\n"
    far = shell.council("session", "show", "abc", "-o", "page.html")
    assert (far.returncode, far.stdout) == (2, "")
    assert far.stderr == "council: unknown argument '-o'. See: council session show --help\n"
