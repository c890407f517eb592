"""The self-test as a library: each trial is heard in turn. ``council selftest`` tries the whole catalogue."""

from __future__ import annotations

import asyncio

from council.selftest import load_catalogue, load_known, run_selftest


def test_each_trial_is_heard_and_a_known_break_is_told_from_a_new_one() -> None:
    known = load_known()
    payloads = [payload for payload in load_catalogue() if payload.name in known][:4]
    payloads += [payload for payload in load_catalogue() if payload.name not in known][::60]
    heard: list[str] = []
    result = asyncio.run(
        run_selftest(payloads=payloads, on_trial=lambda trial, done, total: heard.append(f"{done}/{total}"))
    )
    assert heard == [f"{n}/{len(payloads)}" for n in range(1, len(payloads) + 1)]
    assert {trial.payload for trial in result.known} == {payload.name for payload in payloads[:4]}
    assert (result.broken, len(result.held), result.exit_code) == ((), len(payloads) - 4, 0)
