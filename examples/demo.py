"""`make demo`: a council reviews a faulty LRU cache. LIVE=1 asks your own Ollama instead of a recording."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from council import load_settings
from council.cli.entry import run
from council.errors import ModelError
from council.models import open_host, read_recordings

CACHE = Path("examples/lru_cache")
TESTS, TASK, RECORDING = CACHE / "test_lru_cache.py", CACHE / "task.md", CACHE / "recorded"


def recorded() -> int:
    """Replay the reviewers' ballots; run checks and decision for real."""
    recordings = read_recordings(RECORDING)
    who = ", ".join(sorted({entry.question.model.rpartition("/")[2] for entry in recordings}))
    days = ", ".join(sorted({entry.recorded_at[:10] for entry in recordings}))
    say(f"The ballots are replayed: real replies of {who}, recorded on {days}. Checks and decision run now.\n")
    faulty = str(CACHE / "faulty" / "lru_cache.py")
    words = ["review", faulty, "--tests", str(TESTS), "--task", f"@{TASK}", "--no-store"]
    code = show([*words, "--panel", "local", "--replay", str(RECORDING)])
    say(
        "\nThe small models judged by looking, and were lenient. The tests were not: a required check that fails\n"
        "caps the decision, whatever the votes. Worth typing next:\n\n"
        f"  .venv/bin/council validate {CACHE}/right/lru_cache.py --tests {TESTS}\n"
        "                       the right cache passes the same five tests\n"
        "  .venv/bin/council doctor\n"
        "                       what works on this machine, and what gives a frontier model a seat\n"
        "  make demo LIVE=1     your own Ollama writes the cache, and its models review it"
    )
    return 0 if code == 1 else 4


def live() -> int:
    """Let a real Ollama write the cache and sit over it."""
    settings = load_settings().settings
    try:
        models = asyncio.run(open_host(settings).models())
    except ModelError as error:
        say(f"demo: {error}")
        return 3
    if not models:
        say("demo: your Ollama has no model. Get one with: ollama pull qwen2.5-coder:1.5b")
        return 3
    names = [model.name for model in sorted(models, key=lambda m: (-(m.size_bytes or 0), m.name))]
    writer, seats = settings.model or names[0], names[:3]
    say(f"Live: {writer} writes the LRU cache, {', '.join(seats)} review it. Nothing is replayed.\n")
    with tempfile.TemporaryDirectory() as folder:
        target = str(Path(folder) / "lru_cache.py")
        code = show(["generate", f"@{TASK}", "--tests", str(TESTS), "--model", writer, "-o", target, "--no-store"])
        if not Path(target).exists():
            return code
        words = ["review", target, "--task", f"@{TASK}", "--tests", str(TESTS), "--no-store"]
        for name in seats:
            words += ["--seat", f"ollama_chat/{name}"]
        # Small models on a small machine answer slowly, one after the other.
        show([*words, "--set", "deadline_s=900", "--set", "attempt_timeout_s=600", "--set", "max_tokens=600"])
    return 0


def show(words: list[str]) -> int:
    """Print the command as it is typed, then run it."""
    say(f"$ council {' '.join(words)}\n")
    return run(words)


def say(text: str) -> None:
    """Print a line at once, so that it stands before what the command prints."""
    print(text, flush=True)


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[1])
    sys.exit(live() if os.environ.get("LIVE") else recorded())
