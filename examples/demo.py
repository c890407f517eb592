"""`make demo`: a council reviews a faulty LRU cache. LIVE=1 asks your own Ollama instead of a recording."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from run_the_claims import VERSIONS, sit

from council import load_settings
from council.cli.entry import run
from council.errors import ModelError
from council.models import open_host, read_recordings
from council.protocols import ModelHost
from council.types.calls import Call, LocalModel, Message

CACHE = Path("examples/lru_cache")
TESTS, TASK, RECORDING, ASKED = (CACHE / name for name in ("test_lru_cache.py", "task.md", "recorded", "asked"))
FAULTY = str(CACHE / "faulty" / "lru_cache.py")
QUICK_BYTES = 2 << 30  # a model up to this size writes at a bearable pace without a GPU


def recorded() -> int:
    """Replay the reviewers' ballots; run checks and decision for real."""
    told = [(one.question.model.rpartition("/")[2], one.recorded_at[:10]) for one in read_recordings(RECORDING)]
    who, days = (", ".join(sorted(set(column))) for column in zip(*told, strict=True))
    say(f"The ballots are replayed: real replies of {who}, recorded on {days}. Checks and decision run now.\n")
    words = ["review", FAULTY, "--tests", str(TESTS), "--task", f"@{TASK}", "--no-store"]
    words += ["--set", f"templates_dir={ASKED}"]  # the words that the seats were recorded with
    code = show([*words, "--panel", "local", "--replay", str(RECORDING)])
    say("\nThe small models judged by looking, and were lenient. The tests were not: a required check that fails")
    say("caps the decision, whatever the votes. What reviewers claim is run: scripted seats, two caches, real runs:\n")
    claims()
    say("\nThree votes of three would have mended a right line into a bug. And a small model that cannot review wrote")
    say("the cache itself, eight times, from the task alone. These recorded versions run now:\n")
    testified = witnesses("--versions-from", str(RECORDING / "versions-qwen2.5-coder-1.5b.jsonl"))
    say(
        "\nIts versions convict the faulty cache without a test and without a key. Worth typing next:\n\n"
        f"  .venv/bin/council validate {CACHE}/right/lru_cache.py --tests {TESTS}\n"
        "                       the right cache passes the same five tests\n  .venv/bin/council doctor\n"
        "                       what works here, and what gives a frontier model a seat\n"
        "  make demo LIVE=1     your own Ollama writes the cache, its models review it and testify"
    )
    return 0 if code == testified == 1 else 4


def witnesses(*source: str) -> int:
    """Run what a model wrote from the task alone beside the faulty cache: no test, no key."""
    alone = ["--policy", "checks-only", "--no-store", "--versions", "8", *source]
    return show(["review", FAULTY, "--task", f"@{TASK}", *alone])


def claims() -> None:
    """Run what scripted seats claim of two caches, and the fixes they propose."""
    for version, words in VERSIONS.items():
        say(f"{words}:")
        for one in asyncio.run(sit(version)).evidence[:2]:
            fix = f"its fix, run: {one.fix.outcome.value}: {one.fix.reason}" if one.fix else "no fix"
            say(f"  {one.state.value.upper()}: {one.reason}\n    {fix}")


def live() -> int:
    """Let a real Ollama write the cache and sit over it."""
    settings = load_settings().settings
    try:
        models, slow = asyncio.run(look(open_host(settings)))
    except ModelError as error:
        say(f"demo: {error}")
        return 3
    if not models:
        say("demo: your Ollama has no model. Get one with: ollama pull qwen2.5-coder:1.5b")
        return 3
    names = [model.name for model in models]
    quick = [model.name for model in models if (model.size_bytes or 0) < QUICK_BYTES] or names[-1:]
    writer = settings.model or (quick if slow else names)[0]
    seats = names[-2:] if slow else names[:3]
    say(f"Live: {writer} writes the LRU cache, {', '.join(seats)} review it. Nothing is replayed.")
    say("No GPU is in use: two small models review, in short answers, and it takes minutes.\n" if slow else "")
    with tempfile.TemporaryDirectory() as folder:
        target = f"{folder}/lru_cache.py"
        code = show(["generate", f"@{TASK}", "--tests", str(TESTS), "--model", writer, "-o", target, "--no-store"])
        if not Path(target).exists():
            return code
        asked = (word for name in seats for word in ("--seat", f"ollama_chat/{name}"))
        words = ["review", target, "--task", f"@{TASK}", "--tests", str(TESTS), "--no-store", *asked]
        limits = ["deadline_s=900", "attempt_timeout_s=600", f"max_tokens={200 if slow else 1200}"]
        show([*words, *(word for limit in limits for word in ("--set", limit))])
    say(f"\nA look is not a test. Now {writer} writes it eight times more, and that runs beside the faulty cache:\n")
    witnesses("--version-model", writer)
    say("\nWhere most agree against it, that took no test and no key. Where they agree too little, nobody is accused.")
    return 0


async def look(host: ModelHost) -> tuple[list[LocalModel], bool]:
    """Return the models of an Ollama, largest first, and whether it runs them without a GPU: one is loaded to see."""
    models = sorted(await host.models(), key=lambda model: (-(model.size_bytes or 0), model.name))
    if not models:
        return [], False
    await host.complete(Call(model=models[-1].name, messages=(Message(role="user", content="Hi"),), max_tokens=1))
    return models, not any(model.vram_bytes for model in await host.loaded())


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
