"""Attempts, repairs and tiers, with a scripted host at the model's seam and a scripted validator at the checks'."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from council.errors import ModelBroken, ModelMissing, ModelOverflow, ModelTimeout, UsageError
from council.generation import write_code
from council.models.fakes import Delayed, InTurn, Model, ScriptedHost
from council.settings import Settings
from council.templating import Templates
from council.types.calls import Call, Finish, Reply, Usage
from council.types.checks import CheckOutcome, CheckResult, SandboxInfo, TestOutcome, TestResult, ValidationReport
from council.types.events import AttemptFinished, AttemptStarted, Event, TextWritten
from council.types.session import Generation
from council.types.submission import SourceFile, Submission

TASK = "Write a function `f(x)` that adds one."
TESTS = (SourceFile(path="test_m.py", text="from m import f\n\n\ndef test_a():\n    assert f(1) == 2\n"),)
NAMES = ("test_a", "test_b", "test_c")


def code(mark: str) -> str:
    return f"def f(x):\n    return {mark!r}\n"


def reply(mark: str, **fields: Any) -> Reply:
    return Reply(text=f"```python\n{code(mark)}```", model="m", digest="abc", duration_s=1.5, **fields)


class Checks:
    """Says of each piece of code how many of three tests it passes, by the digit in it."""

    def __init__(self, outcome: CheckOutcome | None = None) -> None:
        self.seen: list[Submission] = []
        self._outcome = outcome

    async def __call__(self, submission: Submission) -> ValidationReport:
        self.seen.append(submission)
        passed = int(next(char for char in submission.files[0].text if char.isdigit()))
        tests = [
            TestResult(
                name=name,
                node_id=name,
                outcome=TestOutcome.PASSED if number < passed else TestOutcome.FAILED,
                reason=None if number < passed else f"assert {number} == 99",
                output=None if number < passed else f"E   long output of {name}",
            )
            for number, name in enumerate(NAMES)
        ]
        verdict = CheckOutcome.PASSED if passed == 3 else CheckOutcome.FAILED
        check = CheckResult(
            name="tests",
            tool="pytest",
            outcome=self._outcome or verdict,
            required=True,
            summary=f"{3 - passed} of 3 tests failed",
            tests=() if self._outcome else tuple(tests),
        )
        return ValidationReport(checks=(check,), sandbox=SandboxInfo(backend="none"), policy="p")


def write(
    host: ScriptedHost,
    checks: Checks | None = None,
    *,
    task: str = TASK,
    events: list[Event] | None = None,
    **knobs: Any,
) -> tuple[Submission | None, Generation]:
    settings = Settings(**{"model": "strong", **knobs})
    work = write_code(
        task,
        host=host,
        validate=checks or Checks(),
        settings=settings,
        templates=Templates(),
        tests=TESTS,
        path="m.py",
        on_event=None if events is None else events.append,
    )
    return asyncio.run(work)


def said(call: Call) -> str:
    return "\n".join(message.content for message in call.messages)


def marks(generation: Generation) -> Sequence[str | None]:
    return [attempt.code for attempt in generation.attempts]


def test_a_first_answer_that_passes_is_the_only_one() -> None:
    events: list[Event] = []
    host = ScriptedHost({"strong": reply("3", usage=Usage(prompt_tokens=9, completion_tokens=7), first_token_s=0.2)})
    submission, generation = write(host, events=events)
    assert submission is not None and submission.files == (SourceFile(path="m.py", text=code("3")),)
    assert submission.tests == TESTS and submission.task == TASK
    assert submission.origin is not None and submission.origin.model == "strong" and submission.origin.digest == "abc"
    (attempt,) = generation.attempts
    assert (attempt.number, attempt.tier, attempt.model, attempt.digest) == (1, "strong", "strong", "abc")
    assert (attempt.duration_s, attempt.first_token_s, attempt.prompt_tokens, attempt.completion_tokens) == (
        1.5,
        0.2,
        9,
        7,
    )
    assert attempt.reason is None and attempt.report is not None and generation.chosen == 1
    assert [type(event) for event in events] == [AttemptStarted, TextWritten, AttemptFinished]


def test_failures_go_back_with_the_code() -> None:
    host = ScriptedHost({"strong": InTurn(reply("1"), reply("3"))})
    submission, generation = write(host)
    assert submission is not None and "'3'" in submission.files[0].text
    assert generation.attempts[0].reason == "tests: 2 of 3 tests failed"
    asked = said(host.calls[1])
    assert code("1") in asked and TASK in asked
    assert "test_b failed: assert 1 == 99" in asked and "long output of test_c" in asked
    assert "test_a failed" not in asked


@pytest.mark.parametrize("repairs", [0, 1, 3])
def test_the_limit_of_repairs_holds(repairs: int) -> None:
    host = ScriptedHost({"strong": InTurn(*(reply(f"1 try {n}") for n in range(9)))})
    _, generation = write(host, repairs=repairs)
    assert len(generation.attempts) == len(host.calls) == repairs + 1


def test_the_best_attempt_is_kept_and_of_equals_the_later() -> None:
    _, generation = write(ScriptedHost({"strong": InTurn(reply("2"), reply("1"), reply("0"))}))
    assert generation.chosen == 1
    _, generation = write(ScriptedHost({"strong": InTurn(reply("1 a"), reply("1 b"), reply("0"))}))
    assert generation.chosen == 2


def test_the_same_wrong_code_is_not_checked_again_and_the_model_is_shaken() -> None:
    checks = Checks()
    host = ScriptedHost({"strong": reply("1")})
    write(host, checks)
    assert len(checks.seen) == 1
    assert [call.temperature for call in host.calls] == [0.0, 0.0, 0.7]
    assert code("1") not in said(host.calls[2]) and "assert 1 == 99" in said(host.calls[2])
    assert len({call.seed for call in host.calls}) == 3


def test_two_tiers_keep_both_times_and_the_strong_one_sees_the_draft() -> None:
    host = ScriptedHost({"fast": reply("1"), "strong": reply("3")})
    submission, generation = write(host, draft_model="fast")
    assert [(a.tier, a.model, a.duration_s) for a in generation.attempts] == [
        ("draft", "fast", 1.5),
        ("strong", "strong", 1.5),
    ]
    assert code("1") in said(host.calls[1]) and "test_b failed" in said(host.calls[1])
    assert generation.chosen == 2 and generation.draft_model == "fast"
    assert submission is not None and submission.origin is not None and submission.origin.model == "strong"


def test_the_strong_one_finishes_a_draft_that_passes() -> None:
    host = ScriptedHost({"fast": reply("3 draft"), "strong": reply("3 final")})
    _, generation = write(host, draft_model="fast")
    assert generation.chosen == 2
    assert "passes every check" in said(host.calls[1])


def test_a_worse_rewrite_never_replaces_a_draft_that_passes() -> None:
    host = ScriptedHost({"fast": reply("3"), "strong": reply("2")})
    submission, generation = write(host, draft_model="fast")
    assert generation.chosen == 1 and len(generation.attempts) == 2
    assert submission is not None and submission.origin is not None and submission.origin.model == "fast"


def test_a_cut_reply_is_asked_again_and_never_kept() -> None:
    cut = Reply(text=f"```python\n{code('3')}", model="m", finish=Finish.LENGTH, usage=Usage(completion_tokens=64))
    checks = Checks()
    submission, generation = write(ScriptedHost({"strong": cut}), checks)
    assert submission is None and generation.chosen is None and checks.seen == []
    assert all(attempt.truncated and attempt.reason == "cut off at 64 tokens" for attempt in generation.attempts)
    host = ScriptedHost({"strong": InTurn(cut, reply("3"))})
    submission, generation = write(host)
    assert generation.chosen == 2 and "cut off" in said(host.calls[1])


def test_without_code_it_is_asked_again() -> None:
    host = ScriptedHost({"strong": InTurn("I would rather not.", reply("3"))})
    _, generation = write(host)
    assert generation.attempts[0].code is None and generation.attempts[0].reason == "no code in the reply"
    assert generation.chosen == 2 and "no code" in said(host.calls[1])
    submission, generation = write(ScriptedHost({"strong": "No."}))
    assert submission is None and generation.chosen is None and len(generation.attempts) == 3


def test_a_repair_that_overflows_is_asked_shorter() -> None:
    def answer(call: Call) -> Any:
        if len(call.messages) == 2:
            return reply("1")
        return ModelOverflow("too long") if "long output" in said(call) else reply("3")

    host = ScriptedHost({"strong": answer})
    _, generation = write(host)
    assert generation.chosen == 2
    assert "test_b failed: assert 1 == 99" in said(host.calls[-1])


def test_a_first_prompt_that_overflows_is_the_callers_to_hear() -> None:
    with pytest.raises(ModelOverflow):
        write(ScriptedHost({"strong": ModelOverflow("too long")}))


@pytest.mark.parametrize("error", [ModelTimeout("late"), ModelBroken("500"), ModelOverflow("long")])
def test_a_call_that_fails_later_does_not_lose_what_is_there(error: Exception) -> None:
    submission, generation = write(ScriptedHost({"strong": InTurn(reply("2"), error)}))
    assert submission is not None and generation.chosen == 1
    assert [attempt.reason for attempt in generation.attempts] == ["tests: 1 of 3 tests failed", str(error)]


def test_a_strong_model_that_is_missing_is_said_even_after_a_good_draft() -> None:
    with pytest.raises(ModelMissing):
        write(ScriptedHost({"fast": reply("3")}), draft_model="fast")


def test_what_the_code_is_not_to_blame_for_is_not_repaired() -> None:
    host = ScriptedHost({"strong": reply("1")})
    _, generation = write(host, Checks(CheckOutcome.UNAVAILABLE))
    assert len(host.calls) == 1 and generation.chosen == 1
    host = ScriptedHost({"strong": InTurn(reply("1"), reply("2"))})
    write(host, Checks(CheckOutcome.TIMED_OUT), repairs=1)
    assert len(host.calls) == 2 and "2 of 3 tests failed" in said(host.calls[1])


def test_the_knobs_reach_the_call() -> None:
    host = ScriptedHost({"strong": reply("3")})
    write(host, reply_tokens=100, generation_temperature=0.3, generation_timeout_s=7.0)
    (call,) = host.calls
    assert (call.max_tokens, call.temperature, call.timeout_s, call.purpose) == (100, 0.3, 7.0, "generate")


def test_tests_are_shown_only_where_the_task_does_not_name_what_they_import() -> None:
    host = ScriptedHost({"strong": reply("3")})
    write(host)
    assert "test_a" not in said(host.calls[0]) and "m.py" in said(host.calls[0])
    host = ScriptedHost({"strong": reply("3")})
    write(host, task="Add one.")
    assert "assert f(1) == 2" in said(host.calls[0])


def test_untrusted_text_is_data_in_a_prompt() -> None:
    host = ScriptedHost({"strong": reply("3")})
    write(host, task="{{ 7 * 7 }} {% raw %} `f`")
    assert "{{ 7 * 7 }} {% raw %}" in said(host.calls[0])


@pytest.mark.parametrize("empty", ["", " \n"])
def test_an_empty_task_is_refused(empty: str) -> None:
    with pytest.raises(UsageError, match="task is empty"):
        write(ScriptedHost({"strong": reply("3")}), task=empty)


def test_without_a_model_the_error_names_those_that_are_there() -> None:
    host = ScriptedHost(models=(Model(name="b:1b"), Model(name="a:1b; rm -rf /\x1b[31m")))
    with pytest.raises(UsageError) as caught:
        write(host, model=None)
    text = str(caught.value)
    assert text.startswith("no local model is set. Set one with: export OLLAMA_MODEL='a:1b; rm")
    assert "b:1b" in text and "\x1b" not in text
    with pytest.raises(UsageError, match="OLLAMA_MODEL=NAME"):
        write(ScriptedHost(), model=None)


def test_cancelling_goes_through() -> None:
    async def scene() -> None:
        never = asyncio.Event()
        host = ScriptedHost({"strong": Delayed("", never)})
        work = write_code(TASK, host=host, validate=Checks(), settings=Settings(model="strong"), templates=Templates())
        async with asyncio.timeout(5):
            task = asyncio.create_task(work)
            while not host.calls:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(scene())
