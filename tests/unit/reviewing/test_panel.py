"""Every seat gets a review, whatever happens to it; the others do not notice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from council.errors import (
    CouncilError,
    ModelBroken,
    ModelDenied,
    ModelMissing,
    ModelOverBudget,
    ModelRecused,
    ModelRefused,
    ModelTimeout,
)
from council.models.fakes import Delayed, ScriptedClient
from council.reviewing import BALLOT_SCHEMA, collect_reviews
from council.settings import Settings
from council.types.calls import Call, CallState, Message, Progress, Reply, Usage
from council.types.events import Event, SeatFinished, SeatMoved
from council.types.reviews import BallotFlag, Review, ReviewOutcome, Seat, Verdict
from council.types.submission import Submission

SUBMISSION = Submission.from_text("def f():\n    return 1\n")
MESSAGES = (Message(role="system", content="s"), Message(role="user", content="u"))
GOOD = {"analysis": "fine", "findings": [], "verdict": "approve"}


def seats(*names: str) -> tuple[Seat, ...]:
    return tuple(Seat(name=name, model=f"openai/{name}", provider="openai") for name in names)


def sit(
    client: object,
    *names: str,
    settings: Settings | None = None,
    on_event: Callable[[Event], None] | None = None,
    retired: dict[str, str] | None = None,
    recused: dict[str, str] | None = None,
    turn_away: object = None,
) -> dict[str, Review]:
    async def run() -> tuple[Review, ...]:
        return await collect_reviews(
            MESSAGES,
            seats(*names),
            client,  # type: ignore[arg-type]
            submission=SUBMISSION,
            settings=settings or Settings(),
            on_event=on_event,
            retired=retired or {},
            recused=recused or {},
            turn_away=turn_away,  # type: ignore[arg-type]
        )

    reviews = asyncio.run(run())
    assert [review.seat.name for review in reviews] == list(names)
    return {review.seat.name: review for review in reviews}


FAILURES = [
    (ModelRefused("declined"), ReviewOutcome.REFUSED),
    (ModelTimeout("no answer in 60 s"), ReviewOutcome.TIMED_OUT),
    (ModelOverBudget("would cost more than is left"), ReviewOutcome.OVER_BUDGET),
    (ModelDenied("no key in OPENAI_API_KEY", "Set it"), ReviewOutcome.FAILED),
    (ModelBroken("the server answered 500"), ReviewOutcome.FAILED),
    (CouncilError("the recording holds no such call"), ReviewOutcome.FAILED),
]


@pytest.mark.parametrize(("error", "outcome"), FAILURES)
def test_a_failing_seat_is_named_with_its_outcome_and_the_others_answer(
    error: CouncilError, outcome: ReviewOutcome
) -> None:
    reviews = sit(ScriptedClient({"openai/bad": error}, default=GOOD), "a", "bad", "b")
    assert reviews["bad"].outcome is outcome and reviews["bad"].reason == error.problem
    assert reviews["bad"].ballot is None and reviews["bad"].attempts == 1
    for name in "ab":
        ballot = reviews[name].ballot
        assert ballot is not None and ballot.verdict is Verdict.APPROVE


def test_a_silent_seat_keeps_its_remedy_and_is_free_only_where_its_model_runs_here() -> None:
    missing = ModelMissing("ollama has no model 'm:1b'", "Get it with: ollama pull m:1b")
    here = Seat(name="m:1b", model="ollama_chat/m:1b", provider="ollama")
    client = ScriptedClient({here.model: missing, "openai/far": ModelBroken("500")})
    work = collect_reviews(
        MESSAGES, (here, *seats("far")), client, submission=SUBMISSION, settings=Settings()
    )  # fmt: skip
    near, far = asyncio.run(work)
    assert (near.reason, near.remedy, near.cost_usd) == (missing.problem, missing.remedy, 0.0)
    assert (far.reason, far.remedy, far.cost_usd) == ("500", None, None)


def test_a_seat_that_hangs_ends_at_the_deadline_with_the_others_kept() -> None:
    started = time.monotonic()
    client = ScriptedClient({"openai/slow": Delayed(GOOD, 60.0)}, default=GOOD)
    reviews = sit(client, "slow", "a", settings=Settings(deadline_s=0.2))
    assert time.monotonic() - started < 5
    assert reviews["slow"].outcome is ReviewOutcome.TIMED_OUT and reviews["slow"].reason == "no answer in 0.2 s"
    assert reviews["a"].outcome is ReviewOutcome.ANSWERED


def test_all_seats_are_asked_at_once() -> None:
    class Meeting:
        """Answers only when all have come."""

        def __init__(self) -> None:
            self.here = 0
            self.all = asyncio.Event()

        async def complete(self, call: Call, *, on_progress: Callable[[Progress], None] | None = None) -> Reply:
            self.here += 1
            if self.here == 4:
                self.all.set()
            await self.all.wait()
            return Reply(text="{}", model=call.model)

    reviews = sit(Meeting(), "a", "b", "c", "d", settings=Settings(deadline_s=5))
    assert {review.outcome for review in reviews.values()} == {ReviewOutcome.UNREADABLE}


def test_what_could_not_be_read_is_kept() -> None:
    reviews = sit(ScriptedClient({"openai/a": "no JSON here", "openai/b": "I'm sorry, I can't do that."}), "a", "b")
    assert reviews["a"].outcome is ReviewOutcome.UNREADABLE and reviews["a"].raw_text == "no JSON here"
    assert reviews["a"].reason == "the reply holds no ballot"
    assert reviews["b"].outcome is ReviewOutcome.REFUSED and reviews["b"].raw_text is not None


def test_every_seat_gets_the_same_call_from_the_settings() -> None:
    client = ScriptedClient(default=GOOD)
    sit(client, "a", "b", settings=Settings(max_tokens=999, temperature=0.3, deadline_s=50))
    first, second = client.calls
    assert first.messages == MESSAGES and first.but(model=second.model) == second
    assert (first.max_tokens, first.temperature, first.timeout_s) == (999, 0.3, 50)
    assert first.reply_schema == BALLOT_SCHEMA and first.purpose == "review"


def test_a_retired_seat_is_named_and_never_called() -> None:
    client = ScriptedClient(default=GOOD)
    reviews = sit(client, "old", "a", retired={"old": "retired since March 2026"})
    assert [call.model for call in client.calls] == ["openai/a"]
    assert reviews["old"].outcome is ReviewOutcome.FAILED and reviews["old"].reason == "retired since March 2026"
    assert reviews["old"].attempts == 0


def test_a_review_keeps_what_the_reply_said_about_itself() -> None:
    reply = Reply(
        text='{"findings": [{"severity": "critical", "claim": "x"}], "verdict": "approve"}',
        model="openai/a",
        served_model="a-mini",
        digest="abc",
        usage=Usage(prompt_tokens=5, completion_tokens=7),
        cost_usd=0.01,
        duration_s=4.5,
        attempts=2,
        recorded_at="2026-11-23",
    )
    review = sit(ScriptedClient({"openai/a": reply}), "a")["a"]
    for field in ("served_model", "digest", "usage", "cost_usd", "duration_s", "attempts", "recorded_at"):
        assert getattr(review, field) == getattr(reply, field)
    assert review.raw_text == reply.text and review.ballot is not None
    assert review.ballot.flags == (BallotFlag.CONTRADICTION,)


def test_progress_becomes_events() -> None:
    events: list[Event] = []

    class Teller:
        async def complete(self, call: Call, *, on_progress: Callable[[Progress], None] | None = None) -> Reply:
            assert on_progress is not None
            on_progress(Progress(state=CallState.WAITING))
            on_progress(Progress(state=CallState.ASKING))
            on_progress(Progress(state=CallState.ANSWERING, text="lost"))
            on_progress(Progress(state=CallState.RETRYING, detail="429, again in 2 s"))
            on_progress(Progress(state=CallState.ASKING))
            on_progress(Progress(state=CallState.ANSWERING, text="one"))
            on_progress(Progress(state=CallState.ANSWERING, text="two"))
            raise ModelBroken("the connection closed")

    review = sit(Teller(), "a", on_event=events.append)["a"]
    moved = [(e.state.value, e.tokens, e.detail) for e in events if isinstance(e, SeatMoved)]
    assert moved == [
        ("waiting", None, None),
        ("asking", None, None),
        ("answering", 1, None),
        ("retrying", None, "429, again in 2 s"),
        ("asking", None, None),
        ("answering", 1, None),
        ("answering", 2, None),
    ]
    assert events[-1] == SeatFinished(review=review) and review.attempts == 2


@pytest.mark.parametrize("bug", [ZeroDivisionError("ours"), TimeoutError("not the deadline")])
def test_a_bug_is_raised_and_not_taken_for_a_silent_seat(bug: Exception) -> None:
    client = ScriptedClient({"openai/b": bug}, default=Delayed(GOOD, 30.0))
    with pytest.raises(ExceptionGroup) as caught:
        sit(client, "a", "b")
    assert caught.value.exceptions == (bug,)


def test_cancelling_leaves_nothing_running() -> None:
    ended: list[str] = []

    class Endless:
        async def complete(self, call: Call, *, on_progress: Callable[[Progress], None] | None = None) -> Reply:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(call.model)
            raise AssertionError

    async def run() -> int:
        sitting = asyncio.ensure_future(
            collect_reviews(MESSAGES, seats("a", "b"), Endless(), submission=SUBMISSION, settings=Settings())
        )
        while len(asyncio.all_tasks()) < 4:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        sitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sitting
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1 and sorted(ended) == ["openai/a", "openai/b"]


def test_a_panel_without_seats_gives_no_reviews() -> None:
    assert sit(ScriptedClient()) == {}


def test_a_seat_that_wrote_the_code_is_invited_named_and_not_asked() -> None:
    client = ScriptedClient(default=GOOD)
    reviews = sit(client, "a", "b", recused={"b": "it wrote this code"}, retired={"b": "retired"})
    assert [call.model for call in client.calls] == ["openai/a"]
    mine = reviews["b"]
    assert (mine.outcome, mine.reason, mine.attempts) == (ReviewOutcome.RECUSED, "it wrote this code", 0)
    assert mine.ballot is None and not mine.missing and mine.cost_usd is None
    assert reviews["a"].outcome is ReviewOutcome.ANSWERED


def test_a_ballot_of_a_model_that_turns_out_to_be_the_author_does_not_count() -> None:
    client = ScriptedClient(default=Reply(text='{"findings": [], "verdict": "approve"}', model="m", cost_usd=0.25))
    known = ModelRecused("qwen3:8b answered, and it wrote this code", "Let another model sit in its place")
    mine = sit(client, "a", turn_away=lambda seat, reply: known)["a"]
    assert (mine.outcome, mine.ballot, mine.withdrawn) == (ReviewOutcome.RECUSED, None, None)
    assert mine.cost_usd == 0.25 and "approve" in (mine.raw_text or ""), "it was paid for, and stays to be read"
    assert mine.remedy == known.remedy
