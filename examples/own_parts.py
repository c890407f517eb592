"""Test a program of your own that uses council: seats that answer from a script, and everything else real."""

import asyncio
from typing import Any

import council
from council import Consensus, Council, Decision, Settings, Submission
from council.models.fakes import Delayed, ScriptedClient, ScriptedHost
from council.sandbox import open_sandbox

CODE = '"""Sums."""\n\n\ndef total(numbers: list[int]) -> int:\n    return sum(numbers)\n'
TESTS = "from submission import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n"
APPROVE = {"analysis": "Adds them up.", "findings": [], "verdict": "approve"}
ANSWERS: dict[str, Any] = {
    "test/kind": APPROVE,
    "test/strict": {
        "analysis": "Text adds up too, unseen.",
        "findings": [{"claim": "a list of text is not refused", "line": 5, "severity": "low"}],
        "verdict": "request_changes",
    },
    "test/plain": APPROVE,
    "test/late": Delayed(APPROVE, until=3600.0),
}


def may_ship(consensus: Consensus) -> bool:
    """Decide what your program does with a decision: this is what the sitting below tests."""
    return consensus.decision is Decision.APPROVED and consensus.decided


async def sit() -> council.Session:
    """Let four scripted seats review real code, with real checks in the real sandbox."""
    settings = Settings(store=False, deadline_s=2.0)
    client = ScriptedClient(ANSWERS)
    house = Council(settings, client=client, host=ScriptedHost(), sandbox=open_sandbox(settings))
    return await house.review(Submission.from_text(CODE, tests=TESTS), seats=tuple(ANSWERS))


def main() -> None:
    session = asyncio.run(sit())
    for review in session.reviews:
        print(f"{review.seat.name}: {review.outcome.value}")
    consensus = session.consensus
    assert consensus is not None
    print(f"{consensus.decision.value}, {consensus.quorum.heard} of {consensus.quorum.invited} seats heard")
    print(f"may ship: {may_ship(consensus)}")


if __name__ == "__main__":
    main()
