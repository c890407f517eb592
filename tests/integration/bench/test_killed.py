"""A run that is killed, again and again, goes on where it was and ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import time
from typing import Any

from council.store import open_store


def test_killed_at_ten_random_moments_it_ends_with_the_same_table(bench: Any) -> None:
    began = time.monotonic()
    whole = bench.record()
    longest = (time.monotonic() - began) / 6  # ten such moments are about one undisturbed run
    kills, rounds = 0, 0
    while kills < 10:  # a machine that ends a run between two kills is given another run to kill
        rounds += 1
        assert rounds <= 10, "the run is too short to be killed"
        kills += _killed_to_its_end(bench, 10 - kills, longest, whole)


def _killed_to_its_end(bench: Any, most: int, longest: float, whole: Any) -> int:
    """Start a run, kill it until it is done or ``most`` times, let it end, compare, and return the number of kills."""
    chance = random.Random()
    kept: dict[tuple[str, str, int], object] = {}
    words, kills, finished = bench.words(), 0, False
    while kills < most and not finished:
        process = bench.start(*words)
        line = process.stderr.readline()
        while not line.startswith("benchmark "):
            assert line, "it ended before it began"
            line = process.stderr.readline()
        time.sleep(chance.uniform(0.0, longest))  # the moment is random on purpose
        os.killpg(process.pid, signal.SIGKILL)
        killed = process.wait() == -signal.SIGKILL
        process.stderr.close()
        summary = bench.summaries()[0]
        kept = _grown(bench, summary.benchmark_id, kept)
        assert summary.done == len(kept)
        finished = summary.state == "finished"  # it was done already, and only its table was not printed yet
        assert finished or (killed and summary.state == "interrupted")
        kills += killed and not finished
        words = bench.words("--resume", summary.benchmark_id)
    if not finished:
        done = bench.council(*words)
        assert f"{len(kept)} of them are there" in done.stderr or not kept
    summary = bench.summaries()[0]
    assert (summary.state, summary.done) == ("finished", 8)
    _grown(bench, summary.benchmark_id, kept)
    ours, theirs = bench.shown(summary.benchmark_id), bench.shown(whole.benchmark_id, "whole.db")
    ours["table"].pop("benchmark_ids"), theirs["table"].pop("benchmark_ids")
    assert ours["table"] == theirs["table"]
    for name in ("models", "tasks", "suite_digest", "seed", "samples_per_task", "samples"):
        assert ours[name] == theirs[name], name
    return kills


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
