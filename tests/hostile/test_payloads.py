"""Every payload of the self-test holds but the known ones, and each known one is still needed."""

from __future__ import annotations

import asyncio

from council.selftest import load_catalogue, load_known, run_selftest


def test_every_payload_holds_but_the_known_ones() -> None:
    heard: list[str] = []
    result = asyncio.run(run_selftest(on_trial=lambda trial, done, total: heard.append(f"{done}/{total}")))
    assert result.broken == (), "a new failure"
    assert {trial.payload for trial in result.known} == set(load_known()), "a new success: take it off the list"
    assert len(result.held) >= 200 and result.exit_code == 0
    assert heard == [f"{n}/{len(load_catalogue())}" for n in range(1, len(load_catalogue()) + 1)]
