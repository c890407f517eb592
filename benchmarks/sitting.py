"""How long a sitting takes above its slowest seat: four seats at 1 s each, and four with one that fails.

    python benchmarks/sitting.py [--rounds N]

Runs against a loopback server that speaks the OpenAI dialect, through LiteLLM and every gate, as a user's sitting does.
The time above the slowest seat is council's own: checks in the sandbox, gates, reading, deciding. litellm's import is
paid in a sitting before the first round and printed apart.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import time
from pathlib import Path

from council import Council, Seat, Session, Settings, Submission

SERVER = Path(__file__).with_name("openai_server.py")
CODE = '"""One."""\n\n\ndef one() -> int:\n    return 1\n'
TESTS = "from submission import one\n\n\ndef test_one():\n    assert one() == 1\n"
FAULTS = ("hang", "status-500", "rate-limited", "closes", "broken-json")
DEADLINE_S = 8.0


def seats(address: str, fourth: str) -> list[Seat]:
    """Return three seats that answer in 1 s and a fourth of another kind."""
    kinds = ("slow-1", "slow-2", "slow-3", fourth)
    return [Seat(name=kind, model=f"openai/{kind}", provider="openai", api_base=address) for kind in kinds]


async def sit(address: str, fourth: str) -> tuple[float, Session]:
    """Hold one sitting and return its seconds and its session."""
    settings = Settings(store=False, deadline_s=DEADLINE_S, attempt_timeout_s=DEADLINE_S)
    submission = Submission.from_text(CODE, tests=TESTS)
    async with Council.from_settings(settings) as house:
        started = time.perf_counter()
        session = await house.review(submission, seats=seats(address, fourth))
        return time.perf_counter() - started, session


def slowest(session: Session) -> float:
    """Return the seconds of the seat that took longest."""
    return max(review.duration_s or 0.0 for review in session.reviews)


def checks(session: Session) -> float:
    """Return the seconds of the checks, which come before the seats."""
    return (session.validation.duration_s or 0.0) if session.validation else 0.0


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    server = subprocess.Popen([sys.executable, str(SERVER), "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        first, _ = asyncio.run(sit(address, "slow-4"))
        print(f"first sitting, with litellm's import: {first:.2f} s\n")
        print(f"{'fourth seat':<14}{'outcome':<12}{'decision':<20}{'sitting':>9}{'slowest':>9}{'checks':>9}{'above':>9}")
        for fourth in ("slow-4", *FAULTS):
            results = [asyncio.run(sit(address, fourth)) for _ in range(rounds if fourth == "slow-4" else 1)]
            took = statistics.median(seconds for seconds, _ in results)
            session = results[-1][1]
            decision = session.consensus.decision.value if session.consensus else "none"
            outcome = session.reviews[-1].outcome.value
            above = took - slowest(session)
            row = f"{fourth:<14}{outcome:<12}{decision:<20}"
            print(f"{row}{took:>7.2f} s{slowest(session):>7.2f} s{checks(session):>7.2f} s{above:>7.2f} s")
    finally:
        server.kill()
        server.wait()
    print(f"\nabove: the sitting's time without its slowest seat, checks included; the deadline is {DEADLINE_S:g} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
