"""``council doctor``: what it names, and what it says to type next."""

from __future__ import annotations

import json
import stat
from pathlib import Path


def rows(done) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in json.loads(done.stdout)["rows"]:
        found.setdefault(row["name"], []).append(f"{row['state']}: {row['text']}")
    return found


def test_it_names_everything_and_what_to_type_next(shell) -> None:
    done = shell.council("doctor")
    assert done.returncode == 0, done.stderr
    for word in ("Ollama", "127.0.0.1:1", "OPENAI_API_KEY missing", "Sandbox", "layers", "flake8", "Store"):
        assert word in done.stdout
    assert "ollama serve" in done.stdout and "export OPENAI_API_KEY=…" in done.stdout


def test_keys_are_named_and_never_shown(shell) -> None:
    secret = "sk-canary-do-not-print-0123456789"
    done = shell.council("doctor", "--format", "json", OPENAI_API_KEY=secret)
    assert any("OPENAI_API_KEY set" in text for text in rows(done)["Seats"])
    assert secret not in done.stdout + done.stderr


def test_a_retired_seat_is_named(shell) -> None:
    done = shell.council("doctor", "--format", "json", "--set", "panel=story")
    assert any("gemini-3-pro-preview is retired" in text for text in rows(done)["Seats"])
    review = shell.write("one.py", '"""One."""\n\nONE = 1\n') and shell.council(
        "review", "one.py", "--panel", "story", "-q"
    )
    assert "gemini-3-pro-preview" in review.stdout and "retired" in review.stdout


def test_a_foreign_council_on_path_is_named(shell) -> None:
    folder = shell.folder / "bin"
    folder.mkdir()
    foreign = folder / "council"
    foreign.write_text("#!/bin/sh\necho another\n")
    foreign.chmod(foreign.stat().st_mode | stat.S_IXUSR)
    done = shell.council("doctor", "--format", "json", PATH=f"{folder}:{shell.env['PATH']}")
    assert any("another program called council" in text for text in rows(done)["Name"])
    assert "Name" not in rows(shell.council("doctor", "--format", "json"))


def test_it_writes_nothing(shell) -> None:
    shell.council("doctor")
    assert [path for path in Path(shell.home).rglob("*") if path.is_file()] == []
