"""What reviewers claim is run: two claims about two LRU caches. The reviewers are scripted; everything else is real."""

from __future__ import annotations

import asyncio
from pathlib import Path

from council import Council, Session, Settings
from council.api import submission_of
from council.models import ScriptedClient, ScriptedHost
from council.sandbox import open_sandbox

CACHE = Path(__file__).parent / "lru_cache"
STAYS = """def test_an_update_keeps_the_key():
    cache = LRUCache(3)
    for number, key in enumerate(["a", "b", "c", "a", "d", "e"]):
        cache.put(key, number)
    assert cache.get("a") == 3
"""
FULL = """def test_a_cache_of_two_holds_two():
    cache = LRUCache(2)
    for key in ("a", "b", "c"):
        cache.put(key, key.upper())
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (-1, "B", "C")
"""
VERSIONS = {"faulty": "a put that checks before it inserts", "inserts_first": "a put that inserts before it checks"}


def ballot(code: str) -> dict[str, object]:
    """Return what all three scripted seats say: two claims, each with a counterexample and a fix."""
    lines = code.splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "len(self._items) >" in text)
    moves = "        if key in self._items:\n            self._items.move_to_end(key)\n"
    put = code[code.index("    def put") :]
    first = "        if key not in" if "key not in self._items and" in put else "        self._items[key] = value\n"
    claims = [
        ("critical", "an update does not move the key", STAYS, put.replace(first, moves + first, 1)),
        ("high", "> should be >=: it holds one item too many", FULL, lines[line - 1].strip().replace(">", ">=")),
    ]
    keys = ("severity", "claim", "counterexample", "fix")
    findings = [dict(zip(keys, claim, strict=True), file="lru_cache.py", line=line) for claim in claims]
    return {"analysis": "Two mistakes.", "findings": findings, "verdict": "reject"}


async def sit(version: str) -> Session:
    """Let three scripted seats judge one version of the cache."""
    settings = Settings(store=False, counterexample_runs=3)
    source = CACHE / version / "lru_cache.py"
    submission = submission_of(source, tests=CACHE / "test_lru_cache.py", settings=settings)
    client = ScriptedClient(default=ballot(source.read_text()))
    house = Council(settings, client=client, host=ScriptedHost(), sandbox=open_sandbox(settings))
    return await house.review(submission, seats=("a/one", "b/two", "c/three"))


if __name__ == "__main__":
    for version, words in VERSIONS.items():
        print(f"{words}: three scripted seats claim the same two mistakes of both")
        for run in asyncio.run(sit(version)).evidence[:2]:
            print(f"  {run.state.value}: {run.reason}\n    fix {run.fix.outcome.value}: {run.fix.reason}")
