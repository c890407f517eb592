"""A run that is killed, again and again, goes on where it was and ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import Any

from council.store import open_store


def test_killed_at_ten_random_moments_it_ends_with_the_same_table(bench: Any) -> None:
    whole = bench.record()
    chance = random.Random()
    kept: dict[tuple[str, str, int], object] = {}
    words, kills = bench.words(), 0
    while kills < 10:
        process = bench.start(*words)
        line = process.stderr.readline()
        while not line.startswith("benchmark "):
            assert line, "it ended before it began"
            line = process.stderr.readline()
        time.sleep(chance.uniform(0.0, 0.6))  # the moment is random on purpose
        os.killpg(process.pid, signal.SIGKILL)
        killed = process.wait() == -signal.SIGKILL
        process.stderr.close()
        (summary,) = bench.summaries()
        kept = _grown(bench, summary.benchmark_id, kept)
        if not killed:
            break
        kills += 1
        assert summary.state == "interrupted" and summary.done == len(kept)
        words = bench.words("--resume", summary.benchmark_id)
    assert kills >= 5, "the run is too short to be killed"
    done = bench.council(*bench.words("--resume", summary.benchmark_id))
    assert f"{len(kept)} of them are there" in done.stderr or not kept
    (summary,) = bench.summaries()
    assert (summary.state, summary.done) == ("finished", 8)
    _grown(bench, summary.benchmark_id, kept)
    ours, theirs = bench.shown(summary.benchmark_id), bench.shown(whole.benchmark_id, "whole.db")
    ours["table"].pop("benchmark_ids"), theirs["table"].pop("benchmark_ids")
    assert ours["table"] == theirs["table"]
    for name in ("models", "tasks", "suite_digest", "seed", "samples_per_task", "samples"):
        assert ours[name] == theirs[name], name


def _grown(bench: Any, benchmark_id: str, kept: dict[tuple[str, str, int], object]) -> dict[Any, object]:
    """Return every sample that is there; those that were there before must be the same, to the microsecond."""
    store = open_store(bench.env["COUNCIL_STORE_URL"], readonly=True)
    try:
        now = {(s.model, s.task, s.number): s for s in store.read_samples(benchmark_id)}
    finally:
        store.close()
    assert {key: now.get(key) for key in kept} == kept
    return now


def test_only_one_process_may_run_one_benchmark(bench: Any) -> None:
    bench.record()
    process = bench.start(*bench.words())
    try:
        line = process.stderr.readline()
        while not line.startswith("benchmark "):
            line = process.stderr.readline()
        process.send_signal(signal.SIGSTOP)  # it lives, and stays in the middle
        (summary,) = bench.summaries()
        assert summary.state == "open"
        found = summary.benchmark_id
        refused = bench.council(*bench.words("--resume", found), code=2)
        assert f"benchmark {found} is being run by another process now" in refused.stderr
        assert "is being run now" in bench.council("bench", "delete", found, code=2).stderr
    finally:
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and f"--resume {found}" in said
    assert bench.summaries()[0].state == "interrupted"
    again = bench.start(*bench.words())
    hint = next(line for line in again.stderr if "interrupted" in line)
    os.killpg(again.pid, signal.SIGKILL)
    again.communicate()
    assert "a run like this one was interrupted and can go on with: council bench run adding" in hint
    assert f"--resume {found}" in hint
