"""``council models`` where nothing answers, or something else does."""

from __future__ import annotations

import pytest


def test_without_ollama_it_is_one_sentence(shell) -> None:  # type: ignore[no-untyped-def]
    done = shell.council("models")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "council: ollama at 127.0.0.1:1 does not answer. Start it with: ollama serve\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--policy", "nosuch"), "nosuch"),
        (("--format", "yaml"), "unknown command or choice 'yaml'"),
        (("-o", "no/such/folder.json"), "there is no folder no/such"),
        (("--set", "ollama_host=a b"), "ollama_host"),
    ],
)
def test_a_mistake_is_one_sentence(shell, words: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    done = shell.council("models", *words)
    assert done.returncode == 2 and said in done.stderr and len(done.stderr.splitlines()) == 1


def test_help_teaches(shell) -> None:  # type: ignore[no-untyped-def]
    shown = shell.council("models", "--help").stdout
    assert "council models --policy team.toml" in shown and "--format" in shown
