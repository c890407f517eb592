"""A whole run with scripted models: order, loading, what is kept, what ends it, and how it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from bench_doubles import ALMOST, EDGE, PLAIN, QUICK, RIGHT, WRONG, fenced, reply, suite, task

from council.bench import (
    BenchEvent,
    BenchmarkOpened,
    BenchPlan,
    ModelLoading,
    SampleFinished,
    resume_benchmark,
    run_benchmark,
)
from council.bench.ledger import similar
from council.engine import Council
from council.errors import (
    ModelBroken,
    ModelMissing,
    ModelOverflow,
    ModelTimeout,
    ModelUnreachable,
    StoreError,
    UsageError,
)
from council.models.fakes import InTurn, Model, ScriptedClient, ScriptedHost
from council.policies import Criterion, ModelRule, Policy, Voting
from council.protocols import Archive
from council.settings import Settings
from council.types.benchmarks import Benchmark, Sample, SampleOutcome, Suite
from council.types.calls import Call, Finish
from council.types.session import SessionState

House = Callable[..., Council]
SYNTAX = Policy(id="quick", title="Quick", criteria=(Criterion(check="tests"),))


def run(
    house: Council, archive: Archive, tasks: Suite | None = None, **plan: Any
) -> tuple[Benchmark, list[BenchEvent]]:
    heard: list[BenchEvent] = []
    host = house.host
    assert isinstance(host, ScriptedHost)
    models = plan.pop("models", tuple(m.name for m in asyncio.run(host.models())))
    wanted = BenchPlan(**{"models": models, "policy": QUICK, **plan})
    found = asyncio.run(run_benchmark(tasks or suite(), wanted, house=house, archive=archive, on_event=heard.append))
    return found, heard


def written(house: Council) -> list[Call]:
    assert isinstance(house.host, ScriptedHost)
    return [call for call in house.host.calls if call.purpose == "generate"]


def test_a_run_is_kept_whole(house: House, archive: Archive) -> None:
    parts = house({"good": reply(RIGHT, served_model="good-v2", digest="g1"), "bad": reply(WRONG), "mute": "I cannot."})
    found, heard = run(parts, archive, suite(task()))
    assert archive.read_benchmark(found.benchmark_id) == found and found.state is SessionState.FINISHED
    good, bad, mute = (archive.read_samples(found.benchmark_id, model=name)[0] for name in ("good", "bad", "mute"))
    assert (good.outcome, good.edge_passed, good.code) == (SampleOutcome.PASSED, True, RIGHT)
    assert (good.served_model, good.digest, good.completion_tokens) == ("good-v2", "g1", 20)
    assert (good.duration_s, good.first_token_s, good.load_s) == (2.0, pytest.approx(0.2), 0.5), "loading is left out"
    assert (bad.outcome, bad.edge_passed) == (SampleOutcome.FAILED, False)
    assert (mute.outcome, mute.edge_passed, mute.code, mute.reply) == (SampleOutcome.NO_CODE, False, None, "I cannot.")
    assert [m.name for m in found.models] == ["good", "bad", "mute"] and found.models[0].load_s == 0.5
    assert found.tasks[0].tests == 1 and found.tasks[0].edge_tests == 1 and found.policy == "quick"
    assert [e.done for e in heard if isinstance(e, SampleFinished)] == [1, 2, 3]
    assert found.machine.server == "Ollama 0.0.0" and found.machine.cores


def test_a_model_sees_the_task_and_nothing_of_its_tests(house: House, archive: Archive) -> None:
    parts = house({"m": fenced(RIGHT)})
    run(parts, archive, suite(task()), samples=2, temperature=0.7)
    for call in written(parts):
        asked = "\n".join(message.content for message in call.messages)
        assert "added to itself" in asked
        for test in (PLAIN, EDGE):
            assert not any(line.strip() in asked for line in test.splitlines() if "assert" in line or "def " in line)
    assert [call.temperature for call in written(parts)] == [0.0, 0.7]
    assert len({call.seed for call in written(parts)}) == 2


def test_one_question_a_sample_and_no_repair(house: House, archive: Archive) -> None:
    parts = house({"m": fenced(WRONG)}, settings=Settings(repairs=3, draft_model="other", attempts=1))
    run(parts, archive)
    assert len(written(parts)) == 1, "a benchmark measures the model, not what repairs make of it"


def test_a_banned_model_may_be_benchmarked(house: House, archive: Archive) -> None:
    strict = QUICK.but(models=(ModelRule(name="m", status="banned"),))
    found, _ = run(house({"m": fenced(RIGHT)}), archive, policy=strict)
    assert archive.read_samples(found.benchmark_id)[0].passed


def test_a_missing_model_refuses_the_run_before_it_begins(house: House, archive: Archive) -> None:
    parts = house({"m": fenced(RIGHT)})
    with pytest.raises(ModelMissing, match="ollama pull other:7b"):
        run(parts, archive, models=("m", "other:7b"))
    assert not archive.list_benchmarks() and not written(parts)


def test_latest_may_be_left_out_and_a_model_named_twice_runs_once(house: House, archive: Archive) -> None:
    found, _ = run(house({"m:latest": fenced(RIGHT)}), archive, models=("m", "m:latest"))
    assert [model.name for model in found.models] == ["m:latest"]


@pytest.mark.parametrize("failure", [ModelTimeout("no answer in 9 s"), ModelBroken("broke off"), ModelOverflow("long")])
def test_what_goes_wrong_with_one_task_fails_it_and_the_run_goes_on(
    house: House, archive: Archive, failure: Exception
) -> None:
    found, _ = run(house({"m": InTurn("hi", failure, fenced(RIGHT))}), archive, suite(task("a"), task("b")))
    first, second = archive.read_samples(found.benchmark_id)
    assert (first.outcome, first.edge_passed) == (SampleOutcome.NO_CODE, False)
    assert first.reason is not None and first.reason.startswith("no answer: ")
    assert second.passed


def test_a_reply_that_was_cut_off_holds_no_whole_code(house: House, archive: Archive) -> None:
    found, _ = run(house({"m": reply(RIGHT, finish=Finish.LENGTH, text="```python\n" + RIGHT)}), archive)
    (sample,) = archive.read_samples(found.benchmark_id)
    assert (sample.outcome, sample.code) == (SampleOutcome.NO_CODE, None)
    assert "cut off" in (sample.reason or "") and sample.reply


def test_a_server_that_is_gone_ends_the_run_and_what_is_there_is_kept(house: House, archive: Archive) -> None:
    parts = house({"m": InTurn("hi", fenced(RIGHT), ModelUnreachable("nothing answers"), fenced(ALMOST))})
    three = suite(task("a", edge=False), task("b", edge=False), task("c", edge=False))
    with pytest.raises(ModelUnreachable):
        run(parts, archive, three)
    (summary,) = archive.list_benchmarks()
    assert (summary.state, summary.done) == (SessionState.INTERRUPTED, 1)
    plan = BenchPlan(models=("m",), policy=QUICK)
    assert similar(archive, three, plan) == summary.benchmark_id
    assert similar(archive, three, plan.but(seed=1)) is None and similar(archive, suite(task()), plan) is None
    before = archive.read_samples(summary.benchmark_id)
    found = asyncio.run(resume_benchmark(summary.benchmark_id, three, QUICK, house=parts, archive=archive))
    samples = archive.read_samples(summary.benchmark_id)
    assert found.state is SessionState.FINISHED and [s.task for s in samples] == ["a", "b", "c"]
    assert samples[:1] == before and all(s.passed for s in samples)
    assert similar(archive, three, plan) is None


class OnceDown(ScriptedHost):
    """A server that cannot be asked for its version after a model broke: it is gone."""

    async def version(self) -> str:
        if any(call.purpose == "generate" for call in self.calls):
            raise ModelUnreachable("nothing answers")
        return await super().version()


def test_a_broken_answer_of_a_server_that_is_gone_is_not_the_model_s_fault(house: House, archive: Archive) -> None:
    parts = house({})
    parts.host = OnceDown({"m": InTurn("hi", ModelBroken("closed the connection"))})
    with pytest.raises(ModelUnreachable):
        run(parts, archive)
    (summary,) = archive.list_benchmarks()
    assert (summary.state, summary.done) == (SessionState.INTERRUPTED, 0)


def test_other_tasks_another_policy_and_a_living_owner_are_refused(house: House, archive: Archive) -> None:
    parts = house({"m": InTurn("hi", ModelUnreachable("gone"), fenced(RIGHT))})
    with pytest.raises(ModelUnreachable):
        run(parts, archive)
    (summary,) = archive.list_benchmarks()

    def resume(tasks: Suite, policy: Policy = QUICK) -> None:
        asyncio.run(resume_benchmark(summary.benchmark_id, tasks, policy, house=parts, archive=archive))

    with pytest.raises(UsageError, match="not those that benchmark"):
        resume(suite(task()))
    with pytest.raises(UsageError, match="--policy"):
        resume(suite(), QUICK.but(id="other"))
    found = archive.read_benchmark(summary.benchmark_id)
    archive.update_benchmark(found.but(state=SessionState.OPEN))  # this process lives
    with pytest.raises(UsageError, match="being run by another process"):
        resume(suite())
    with pytest.raises(StoreError):
        asyncio.run(resume_benchmark("bnothere", suite(), QUICK, house=parts, archive=archive))


def test_a_finished_run_stays_as_it_is(house: House, archive: Archive) -> None:
    parts = house({"m": fenced(RIGHT)})
    found, _ = run(parts, archive)
    asked = len(written(parts))
    assert asyncio.run(resume_benchmark(found.benchmark_id, suite(), QUICK, house=parts, archive=archive)) == found
    assert len(written(parts)) == asked


def loads(heard: list[BenchEvent]) -> list[str]:
    return [event.model for event in heard if isinstance(event, ModelLoading)]


def order(heard: list[BenchEvent]) -> list[tuple[str, str]]:
    return [(e.sample.task, e.sample.model) for e in heard if isinstance(e, SampleFinished)]


def test_models_that_fit_together_take_turns(house: House, archive: Archive) -> None:
    parts = house({"a": fenced(RIGHT), "b": fenced(RIGHT)}, room=2)
    found, heard = run(parts, archive, suite(task("1", edge=False), task("2", edge=False)), policy=SYNTAX)
    assert order(heard) == [("1", "a"), ("1", "b"), ("2", "b"), ("2", "a")]
    assert loads(heard) == ["a", "b"] and "task by task" in found.notes[0]


def test_a_server_that_keeps_one_model_gets_one_after_the_other(house: House, archive: Archive) -> None:
    parts = house({"a": fenced(RIGHT), "b": fenced(RIGHT)}, room=1)
    found, heard = run(parts, archive, suite(task("1", edge=False), task("2", edge=False)), policy=SYNTAX, seed=1)
    assert order(heard) == [("1", "b"), ("2", "b"), ("1", "a"), ("2", "a")]
    assert "one in memory at a time (the server did not keep them" in found.notes[0]


def test_models_larger_than_the_memory_are_never_loaded_together(house: House, archive: Archive) -> None:
    script = {"a": fenced(RIGHT), "b": fenced(RIGHT)}
    huge = tuple(Model(name=name, size_bytes=1 << 50) for name in script)
    found, heard = run(house(script, models=huge, room=2), archive, policy=SYNTAX)
    assert loads(heard) == ["a", "b"] and order(heard) == [("double", "a"), ("double", "b")]
    assert "may not fit" in found.notes[0]


def test_one_model_at_a_time_can_be_asked_for(house: House, archive: Archive) -> None:
    parts = house({"a": "no code", "b": "no code"}, room=2)
    found, heard = run(parts, archive, suite(task("1"), task("2")), one_at_a_time=True)
    assert "as asked for" in found.notes[0]
    assert order(heard) == [("1", "a"), ("2", "a"), ("1", "b"), ("2", "b")]


def test_memory_is_told_as_the_server_tells_it(house: House, archive: Archive) -> None:
    there = (
        Model(name="cpu", size_bytes=100, vram_bytes=0),
        Model(name="fits", size_bytes=100, vram_bytes=100),
        Model(name="spilled", size_bytes=100, vram_bytes=75),
        Model(name="unknown", size_bytes=100),
    )
    found, _ = run(house({m.name: "no code" for m in there}, models=there), archive)
    known = {m.name: m.memory for m in found.models if m.memory}
    assert {name: memory.fit for name, memory in known.items()} == {name: name for name in known}
    assert known["spilled"].spilled == 0.25 and known["cpu"].spilled is None
    assert known["unknown"].known_by == "nobody said" and "/api/ps" in known["fits"].known_by


BALLOT = {"analysis": "Plain and short.", "findings": [], "verdict": "approve", "score": 9, "confidence": 0.9}


def test_the_council_reads_what_passed_after_everything_was_written(house: House, archive: Archive) -> None:
    seats = ("a/one", "b/two", "c/three")
    settings = Settings(seats=seats, attempts=1)
    client = ScriptedClient(default=BALLOT)
    parts = house({"good": fenced(RIGHT), "bad": fenced(WRONG)}, client=client, settings=settings)
    policy = QUICK.but(voting=Voting(quorum=2))
    found, heard = run(parts, archive, policy=policy, reviewed=True)
    good, bad = (archive.read_samples(found.benchmark_id, model=name)[0] for name in ("good", "bad"))
    assert good.session_id is not None and bad.session_id is None
    session = archive.read_session(good.session_id)
    assert session.consensus is not None and good.readability == session.consensus.score is not None
    assert [e.reviewed for e in heard if isinstance(e, SampleFinished)] == [False, False, True]
    calls = len(client.calls)
    assert calls == len(seats)
    archive.update_benchmark(found.but(state=SessionState.INTERRUPTED))
    asyncio.run(resume_benchmark(found.benchmark_id, suite(), policy, house=parts, archive=archive))
    assert len(client.calls) == calls, "what was read is not read again"


def test_a_policy_without_seats_cannot_review(house: House, archive: Archive) -> None:
    parts = house({"m": fenced(RIGHT)})
    with pytest.raises(UsageError, match="no council can sit"):
        run(parts, archive, policy=QUICK.but(checks_only=True), reviewed=True)
    assert not archive.list_benchmarks()


def test_cancelling_keeps_what_is_there(house: House, archive: Archive) -> None:
    async def scene() -> None:
        finished = asyncio.Event()

        def hear(event: BenchEvent) -> None:
            if isinstance(event, SampleFinished):
                finished.set()

        parts = house({"m": fenced(RIGHT)})
        plan = BenchPlan(models=("m",), policy=SYNTAX, samples=50)
        async with asyncio.TaskGroup() as group:
            work = group.create_task(run_benchmark(suite(), plan, house=parts, archive=archive, on_event=hear))
            await finished.wait()
            work.cancel()

    asyncio.run(scene())
    (summary,) = archive.list_benchmarks()
    assert summary.state == SessionState.INTERRUPTED and 1 <= summary.done < 50


def test_what_is_opened_is_told_with_its_size(house: House, archive: Archive) -> None:
    found, heard = run(house({"m": fenced(RIGHT)}), archive, samples=2, policy=SYNTAX)
    assert isinstance(heard[0], BenchmarkOpened)
    assert (heard[0].done, heard[0].total, heard[0].benchmark.benchmark_id) == (0, 2, found.benchmark_id)
    samples: tuple[Sample, ...] = archive.read_samples(found.benchmark_id)
    assert [s.number for s in samples] == [1, 2] and found.duration_s is not None
