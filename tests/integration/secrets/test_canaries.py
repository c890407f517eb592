"""Keys in every place that keys stand in, a provider that repeats them, and a search of every byte council wrote."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

SPY = '''\
"""Looks for keys in everything that can be read from here."""

import os
import sys


def look():
    """Return where the mark of a key was seen, and in how many places it was looked for."""
    mark, seen, places = b"Kq7" + b"canary", [], 0
    pids = os.listdir("/proc") if os.path.isdir("/proc") else []
    files = [f"/proc/{pid}/{name}" for pid in pids if pid.isdigit() for name in ("environ", "cmdline")]
    for top in ("/tmp", "/var/tmp", "/dev/shm", os.path.expanduser("~"), os.getcwd(), "/run", *sys.argv[1:]):
        for folder, inner, names in os.walk(top):
            files += [os.path.join(folder, name) for name in names]
            inner[:] = [] if len(files) > 20_000 else inner
    for path in files:
        try:
            if not os.path.isfile(path):  # a pipe that somebody has left would never open
                continue
            with open(path, "rb") as file:
                places += 1
                if mark in file.read(4_000_000):
                    seen.append(path)
        except OSError:
            pass
    for name, value in os.environ.items():
        places += 1
        if mark.decode() in value:
            seen.append(name)
    return seen, places


if __name__ == "__main__":
    print(look())
'''
SPY_TEST = """\
import os

from spy import look


def test_nothing_is_seen():
    seen, places = look()
    assert places > 3
    assert not seen, seen


def test_that_shows_its_surroundings():
    assert False, f"{look()} {dict(os.environ)}"
"""
PANEL = """\
title = "Everybody tells"
quorum = 1
"""
SEATS = (
    ("openai/plain-ballot", "plain"), ("openai/disguised-ballot", "disguised"), ("openai/panel-ballot", "panel"), ("openai/plain", "talks"),
    ("openai/error-401", "e401"), ("openai/error-400", "e400"), ("openai/error-500", "e500"),
    ("openai/error-429", "e429"), ("openai/redirect-307", "r307"), ("openai/redirect-302", "r302"),
    ("anthropic/redirect-307", "a307"), ("anthropic/error-400", "a400"), ("azure/redirect-308", "z308"),
)  # fmt: skip
FAST = ("--set", "attempts=1", "--set", "deadline_s=60", "--set", "test_timeout_s=20")


def seats_of(provider: Any, canaries: dict[str, str]) -> str:
    """Return a panel whose seats all answer at the provider of the tests, some at addresses with a login in them."""
    text = PANEL
    for number, (model, name) in enumerate(SEATS):
        tail = "" if model.startswith(("anthropic", "azure")) else "/v1"
        login = f"me:{canaries['panel']}@" if number in (2, 5) else ""
        query = f"?api_key={canaries['query']}" if name == "e400" else ""
        base = f"http://{login}{provider.place}{tail}{query}"
        text += f'\n[[seats]]\nmodel = "{model}"\nname = "{name}"\napi_base = "{base}"\n'
    return text


def test_a_search_finds_what_is_there(
    canaries: dict[str, str], forms_of: Callable[[str], dict[str, str]], find: Callable[[bytes], list[str]]
) -> None:
    for name, secret in canaries.items():
        for how, form in forms_of(secret).items():
            assert any(word.startswith(name) for word in find(f"x {form} y".encode())), (name, how)
        assert find(f"{secret[:18]}\n   {secret[18:]}".encode())
    assert not find(b"nothing of the kind")


def test_a_sitting_keeps_every_key_to_itself(
    leaky: Any, provider: Any, elsewhere: Any, canaries: dict[str, str]
) -> None:
    leaky.plant("panel.toml", seats_of(provider, canaries))
    leaky.plant("spy.py", SPY)
    leaky.plant("test_spy.py", SPY_TEST)
    leaky.plant("holds.py", f'"""Holds a key of the user."""\n\nKEY = {canaries["AWS_SECRET_ACCESS_KEY"]!r}\n')
    leaky.plant(".env", f"OPENAI_API_BASE=http://{elsewhere.place}/v1\nDOTENV_API_KEY={canaries['typed']}\n")
    provider.asked.clear()
    any_code = (0, 1, 2, 3)
    leaky.council(
        "review", "spy.py", "--tests", "test_spy.py", "--panel", "panel.toml", "--record", "kept", "--format", "json",
        *FAST, codes=any_code, AZURE_API_VERSION="2026-01-01",
    )  # fmt: skip
    bodies = "\n".join(body for _, _, body in provider.asked)
    assert len(provider.asked) >= len(SEATS) and "Looks for keys" in bodies
    assert not any(secret in bodies or secret.replace('"', '\\"') in bodies for secret in canaries.values())
    assert any(
        headers.get("authorization") == f"Bearer {canaries['OPENAI_API_KEY']}" for _, headers, _ in provider.asked
    )
    assert any(headers.get("x-api-key") == canaries["ANTHROPIC_API_KEY"] for _, headers, _ in provider.asked)
    assert not elsewhere.asked, "a call followed a redirect"
    for words in (
        ("review", "spy.py", "--panel", "panel.toml", "--replay", "kept", *FAST),
        ("review", "holds.py", "--seat", "ollama_chat/plain:1b", "--format", "markdown", "-o", "report.md", *FAST),
    ):
        leaky.council(*words, codes=any_code)
    leaky.council("session", "list", "--format", "json")
    first = leaky.council("session", "list").split()[0]
    for words in (("show", first), ("show", first, "--format", "json"), ("export", first, "-o", "session.json")):
        leaky.council("session", *words)
    leaky.council("store", "export", "-o", "store.jsonl.gz")
    leaky.council("store", "export", AWS_SECRET_ACCESS_KEY="another-value-of-today")
    assert "council.db" in leaky.written() and "kept/" in leaky.written()
    assert not leaky.leaks()


def test_untrusted_code_sees_no_key(leaky: Any) -> None:
    spy = leaky.plant("spy.py", SPY)
    leaky.plant("test_spy.py", SPY_TEST)
    outside = leaky.run([sys.executable, str(spy), str(leaky.folder)])
    assert "OPENAI_API_KEY" in outside and "/environ" in outside, "without walls it sees them: it can see"
    leaky.heard.clear()
    for apart in ("true", "false"):
        shown = leaky.council(
            "validate", "spy.py", "--tests", "test_spy.py", "--format", "json", *FAST, "--set", f"tests_apart={apart}"
        )
        tests = {t["name"]: t for c in json.loads(shown)["checks"] if c["name"] == "tests" for t in c["tests"]}
        assert tests["test_nothing_is_seen"]["outcome"] == "passed", tests
        assert "PATH" in str(tests["test_that_shows_its_surroundings"])
    assert not leaky.leaks()


def test_what_local_models_write_keeps_no_key(leaky: Any, provider: Any, canaries: dict[str, str]) -> None:
    leaky.plant("adding/one/task.md", "Write a function `add(a, b)` that adds two numbers.\n")
    leaky.plant("adding/one/test_plain.py", "from one import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n")
    leaky.plant("adding/one/reference.py", "def add(a, b):\n    return a + b\n")
    leaky.plant("adding/suite.toml", 'title = "Adding"\n')
    leaky.plant("quick.toml", 'title = "Quick"\n[[criteria]]\ncheck = "tests"\n')
    any_code = (0, 1, 3)
    leaky.council("generate", "add two numbers", "--model", "code:1b", "-o", "made.py", *FAST, codes=any_code)
    shown = leaky.council("generate", "add two numbers", "--model", "hexed:1b", *FAST, codes=any_code)
    assert "def add" in shown and "«redacted»" in shown
    leaky.council("generate", "add two numbers", "--model", "error-500:1b", *FAST, codes=any_code)
    leaky.council(
        "bench", "run", "adding", "--model", "code:1b", "--model", "plain:1b", "--policy", "quick.toml", *FAST,
        codes=any_code,
    )  # fmt: skip
    first = leaky.council("bench", "list").split()[0]
    leaky.council("bench", "show", first, "--format", "json")
    leaky.council("bench", "show", first)
    leaky.council("advise", "code:1b", "--format", "html", "-o", "advisory.html", codes=any_code)
    leaky.council("advise", "code:1b", codes=any_code)
    leaky.council("policy", "propose", codes=any_code)
    leaky.council("guidelines", "-o", "docs", codes=any_code)
    assert "made.py" in leaky.written() and "docs/" in leaky.written() and "advisory.html" in leaky.written()
    assert not leaky.leaks()


def test_commands_that_ask_nobody(leaky: Any, provider: Any, canaries: dict[str, str]) -> None:
    secret, typed = canaries["DB_PASS"], canaries["typed"]
    leaky.plant("council.toml", f'store_url = "postgresql://me:{typed}@127.0.0.1:1/x?password={typed}"\nmodel = "m"\n')
    any_code = (0, 1, 2, 3)
    for words in (
        ("settings", "show"), ("settings", "show", "--format", "json"), ("doctor",), ("doctor", "--format", "json"),
        ("models", "--format", "json"), ("session", "list"), ("store", "show"),
    ):  # fmt: skip
        leaky.council(*words, codes=any_code)
    (leaky.work / "council.toml").unlink()
    for words in (
        ("models",),
        ("knowledge", "add", f"Title {secret}", "--text", f"learnt {secret}"),
        ("knowledge", "list"),
        ("knowledge", "search", "learnt"),
        ("knowledge", "export"),
        ("policy", "show", "--format", "json"),
        ("settings", "show", "--set", f"ollama_host=http://u:{typed}@ho st"),
        ("models", "--set", f"ollama_host=http://u:{typed}@ho st"),
        ("session", "list", "--set", f"store_url=postgresql://u:{typed}@127.0.0.1:1/db"),
        ("session", "list", "--set", f"store_url=mysql://u:{typed}@127.0.0.1:1/db"),
        ("session", "list", "--set", f"store_url=postgresql://u:{typed}@[::/db"),
        ("review", "none.py", "--seat", f"openai/{secret}"),
        ("review", f"{secret}.py"),
        ("settings", "show", "--set", f"attempts={secret}"),
        ("settings", "show", "--set", f"{secret}=1"),
        ("policy", "show", secret),
        ("review", "one.py", "--format", secret),
        (secret,),
    ):
        leaky.council(*words, codes=any_code)
    assert not leaky.leaks()


def test_an_audit_keeps_no_key(leaky: Any, canaries: dict[str, str]) -> None:
    secret = canaries["GITHUB_PAT"]
    head = f'"""Made by codellama:34b with {secret}."""\n# Generated by CodeLlama 34b {secret}\n\n\n'
    leaky.plant("src/old.py", head + f"def one():\n    eval({secret!r})\n    return 1\n")
    for form in ("sarif", "json", "markdown", "text"):
        told = leaky.council("audit", "src", "--model", "codellama", "--format", form, codes=(0, 1))
        assert "old.py" in told
    leaky.council("audit", "src", "--model", "codellama", "--format", "sarif", "-o", "audit.sarif", codes=(0, 1))
    assert not leaky.leaks()


BUG = """\
import logging, sys, threading, warnings
import council.cli.settings as command
from council.cli.entry import run

class Library(Exception):
    pass

class Odd:
    def __del__(self):
        raise Library({secret!r})

def broken(options):
    logging.getLogger("library").warning("sent with %s", {secret!r})
    thread = threading.Thread(target=lambda: 1 / 0 if not {secret!r} else explode())
    thread.start()
    thread.join()
    Odd()
    explode()

def explode():
    try:
        raise Library("Authorization: " + {secret!r})
    except Library as error:
        later = ValueError("headers", {secret!r})
        later.add_note("of " + {secret!r})
        raise later from error

command.run = broken
sys.exit(run(["settings", "show"{more}]))
"""


@pytest.mark.parametrize("more", ["", ', "--debug"'], ids=["log", "debug"])
def test_a_bug_keeps_no_key(leaky: Any, canaries: dict[str, str], more: str) -> None:
    program = BUG.format(secret=canaries["OPENAI_API_KEY"], more=more)
    leaky.run([sys.executable, "-c", program], codes=(1,) if more else (4,))
    said = leaky.heard[-1][1].decode()
    assert said.count("Library: «redacted»") == 1 and "sent with «redacted»" in said
    assert ("Traceback" in said) and (bool(more) or "council-bug.log" in leaky.written())
    leaky.heard = [("bug", leaky.heard[-1][1].replace(program.encode(), b""))]
    assert not leaky.leaks()


def test_a_terminal_shows_no_key(leaky: Any, provider: Any, canaries: dict[str, str]) -> None:
    leaky.plant("spy.py", '"""One."""\n')
    bad = f"openai/plain-{canaries['DB_PASS']}"
    words = ("review", "spy.py", "--seat", bad, "--seat", "ollama_chat/plain:1b", "--seat", "ollama_chat/error-500:1b")
    main, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "council", *words, *FAST],
        cwd=leaky.work, env={**leaky.env, "TERM": "xterm"}, stdin=end, stdout=end, stderr=end,
    )  # fmt: skip
    os.close(end)
    shown = b""
    try:
        while block := os.read(main, 65536):
            shown += block
    except OSError:  # the other end was closed
        pass
    os.close(main)
    assert process.wait(60) in (0, 1, 3) and b"\x1b[" in shown
    leaky.heard.append(("terminal", shown))
    assert not leaky.leaks()


def test_no_env_file_is_read(leaky: Any) -> None:
    program = """\
        import dotenv, sys
        dotenv.load_dotenv = lambda *a, **k: sys.exit("read a .env file")
        from council.models.litellm import _library
        _library()
        print("none")
    """
    assert leaky.run([sys.executable, "-c", textwrap.dedent(program)], codes=(0,)) == "none\n"
