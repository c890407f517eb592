"""The public verbs, with scripted seats and everything else real."""

from __future__ import annotations

import asyncio
from pathlib import Path

import council
import pytest
from council.errors import UsageError
from council.models import Delayed, ScriptedClient, ScriptedHost
from council.policies import load_policy
from council.sandbox import open_sandbox
from council.store import open_store
from council.types.events import CheckFinished, ConsensusReached, SittingClosed, SittingOpened
from council.types.session import SessionState

CODE = '"""One."""\n\n\ndef one() -> int:\n    return 1\n'
TESTS = "from submission import one\n\n\ndef test_one():\n    assert one() == 1\n"
APPROVE = {"analysis": "fine", "findings": [], "verdict": "approve"}
REJECT = {
    "analysis": "wrong",
    "findings": [{"severity": "high", "line": 5, "message": "returns 1"}],
    "verdict": "reject",
}
SEATS = ("a/one", "b/two", "c/three")


def house(settings: council.Settings, answers: dict, *, store=None) -> council.Council:
    client = ScriptedClient(answers)
    return council.Council(settings, client=client, host=ScriptedHost(), sandbox=open_sandbox(settings), store=store)


def sit(answers: dict, *, store=None, code: str = CODE, **more) -> council.Session:
    settings = council.Settings(store=store is not None, **more)
    submission = council.Submission.from_text(code, tests=TESTS, task="return one")
    return asyncio.run(house(settings, answers, store=store).review(submission, seats=SEATS))


def test_three_approvals_over_passing_checks_are_approved() -> None:
    session = sit(dict.fromkeys(SEATS, APPROVE))
    assert session.consensus.decision is council.Decision.APPROVED
    assert session.consensus.score == 10.0
    assert [review.outcome.value for review in session.reviews] == ["answered"] * 3
    assert session.state is SessionState.FINISHED and session.duration_s > 0


def test_three_approvals_over_failing_tests_are_rejected() -> None:
    session = sit(dict.fromkeys(SEATS, APPROVE), code=CODE.replace("return 1", "return 2"))
    assert session.consensus.decision is council.Decision.REJECTED
    assert session.consensus.score <= 4


def test_every_seat_shows_up_whatever_happened() -> None:
    session = sit({"a/one": APPROVE, "b/two": "no JSON at all", "c/three": Delayed(APPROVE, 30.0)}, deadline_s=1.0)
    assert [review.outcome.value for review in session.reviews] == ["answered", "unreadable", "timed_out"]
    assert session.consensus.decision is council.Decision.NO_QUORUM
    assert session.consensus.score is None
    assert session.duration_s < 20


def test_the_session_is_kept_whole(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "council.db"))
    session = sit({"a/one": APPROVE, "b/two": REJECT, "c/three": APPROVE}, store=store)
    assert store.read_session(session.session_id) == session
    store.close()


def test_review_sync_refuses_inside_a_running_loop(tmp_path: Path) -> None:
    async def inside() -> None:
        council.review_sync(str(tmp_path / "x.py"))

    with pytest.raises(UsageError, match="await council.review"):
        asyncio.run(inside())


def test_review_reads_a_path_and_never_code(tmp_path: Path) -> None:
    settings = council.Settings(store=False, policy="checks-only")
    (tmp_path / "submission.py").write_text(CODE)
    (tmp_path / "test_submission.py").write_text(TESTS)
    session = council.review_sync(tmp_path / "submission.py", tests=tmp_path / "test_submission.py", settings=settings)
    assert session.consensus.decision is council.Decision.APPROVED and session.consensus.checks_only
    with pytest.raises(council.CouncilError):
        council.review_sync(CODE, settings=settings)


def test_stream_yields_the_events_in_order_and_the_session_last() -> None:
    async def watch() -> list:
        settings = council.Settings(store=False, policy="checks-only")
        submission = council.Submission.from_text(CODE, tests=TESTS)
        async with council.stream(submission, settings=settings) as sitting:
            return [event async for event in sitting]

    events = asyncio.run(watch())
    assert isinstance(events[0], SittingOpened)
    assert sum(isinstance(event, CheckFinished) for event in events) == len(load_policy("checks-only").criteria) > 4
    assert isinstance(events[-2], ConsensusReached) and isinstance(events[-1], SittingClosed)


def test_leaving_a_stream_early_ends_the_sitting() -> None:
    hang = "import time\n\n\ndef test_hang():\n    time.sleep(1000)\n"

    async def leave() -> float:
        settings = council.Settings(store=False, policy="checks-only", check_timeout_s=300.0, test_timeout_s=300.0)
        submission = council.Submission.from_text(CODE, tests=hang)
        started = asyncio.get_running_loop().time()
        async with council.stream(submission, settings=settings) as sitting:
            async for event in sitting:
                if isinstance(event, CheckFinished):
                    break
        return asyncio.get_running_loop().time() - started

    assert asyncio.run(leave()) < 60


def test_a_stream_that_fails_raises_in_the_loop() -> None:
    async def watch() -> None:
        settings = council.Settings(store=False, policy="no-such-policy")
        async with council.stream(council.Submission.from_text(CODE), settings=settings) as sitting:
            async for _ in sitting:
                pass

    with pytest.raises(council.CouncilError, match="no-such-policy"):
        asyncio.run(watch())


def test_seats_are_asked_the_same_and_only_once() -> None:
    settings = council.Settings(store=False)
    client = ScriptedClient(dict.fromkeys(SEATS, APPROVE))
    engine = council.Council(settings, client=client, host=ScriptedHost(), sandbox=open_sandbox(settings))
    asyncio.run(engine.review(council.Submission.from_text(CODE, tests=TESTS), seats=SEATS))
    assert sorted(call.model for call in client.calls) == sorted(SEATS)
    assert len({call.messages for call in client.calls}) == 1


def test_a_seat_that_finishes_is_kept_before_the_others(tmp_path: Path) -> None:
    """What was paid for survives: the store knows the first ballot while the second seat still thinks."""
    store = open_store(str(tmp_path / "council.db"))
    settings = council.Settings()
    seen: list[int] = []

    async def watch() -> None:
        gate = asyncio.Event()
        client = ScriptedClient({"a/one": APPROVE, "b/two": Delayed(APPROVE, gate), "c/three": APPROVE})
        engine = council.Council(
            settings, client=client, host=ScriptedHost(), sandbox=open_sandbox(settings), store=store
        )

        async def look(session_id: str) -> None:
            while len(store.read_session(session_id).reviews) < 2:
                await asyncio.sleep(0.01)
            seen.append(len(store.read_session(session_id).reviews))
            gate.set()

        async with asyncio.TaskGroup() as group:

            def hear(event: object) -> None:
                if isinstance(event, SittingOpened):
                    group.create_task(look(event.session_id))

            submission = council.Submission.from_text(CODE, tests=TESTS)
            await engine.review(submission, seats=SEATS, on_event=hear)

    asyncio.run(watch())
    assert seen == [2]
    store.close()


def test_aggregate_and_render_need_no_call() -> None:
    session = sit({"a/one": APPROVE, "b/two": REJECT, "c/three": REJECT})
    decided = council.aggregate(session.reviews)
    assert decided.decision is council.Decision.REJECTED
    assert "Rejected" in council.render(session) or "REJECTED" in council.render(session)
    assert '"schema_version"' in council.render(session, document="json")


def test_generate_returns_code_with_its_header(tmp_path: Path) -> None:
    settings = council.Settings(store=False, model="m")
    reply = f"Here:\n```python\n{CODE}```\n"
    engine = council.Council(
        settings, client=ScriptedClient({}), host=ScriptedHost({"m": reply}), sandbox=open_sandbox(settings)
    )
    session = asyncio.run(engine.generate("write one()", path="one.py"))
    text = session.submission.files[0].text
    assert "Generated by m" in text.splitlines()[0] and session.session_id in text
    assert text.endswith(CODE)
    assert session.validation is not None and session.validation.exit_code == 0


WRITTEN = "# Generated by one on 2026-11-23.\n# Council session 7f3k0a9xzq.\n\n" + CODE


def test_the_model_that_wrote_the_code_is_named_and_has_no_vote() -> None:
    answers = dict.fromkeys(SEATS, APPROVE)
    session = sit(answers, code=WRITTEN)
    assert [review.outcome.value for review in session.reviews] == ["recused", "answered", "answered"]
    assert session.consensus.decision is council.Decision.NO_QUORUM, "two of three were heard, and three are needed"
    assert session.consensus.quorum.invited == 3 and session.consensus.votes["recused"] == 1
    assert "one: recused: it wrote this code" in session.consensus.degraded
    assert session.cost.unknown == (), "who was not asked has cost nothing"
    assert (session.reviews[0].attempts, session.reviews[0].raw_text) == (0, None), "it was not asked at all"
    shown = council.render(session)
    assert "recused: it wrote this code (not counted)" in shown
    assert '"outcome": "recused"' in council.render(session, document="json")
