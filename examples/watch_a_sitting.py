"""Watch a sitting as it happens, event by event. No model is asked: the checks alone decide."""

import asyncio
from pathlib import Path

import council
from council import Session
from council.types.events import CheckFinished, ConsensusReached, Event, SittingClosed, SittingOpened

HERE = Path(__file__).parent / "lru_cache"


def told(event: Event) -> str:
    """Say one event in a line."""
    match event:
        case SittingOpened(checks=checks):
            return f"opened with {len(checks)} checks"
        case CheckFinished(result=result):
            return f"{result.name}: {result.summary}"
        case ConsensusReached(consensus=consensus):
            return f"decision: {consensus.decision.value}"
        case SittingClosed():
            return "closed"
    return type(event).__name__


async def watch() -> Session | None:
    """Print every event, and return the session."""
    settings = council.Settings(store=False, policy="checks-only")
    code, tests = HERE / "faulty" / "lru_cache.py", HERE / "test_lru_cache.py"
    async with council.stream(code, tests=tests, settings=settings) as sitting:
        async for event in sitting:
            print(told(event))
    return sitting.session


async def main() -> None:
    session = await watch()
    if session is not None:
        print(f"session {session.session_id} took {session.duration_s} s")


if __name__ == "__main__":
    asyncio.run(main())
