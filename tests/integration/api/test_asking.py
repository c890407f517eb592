"""What samples differ on is put to somebody who knows; the answer chooses, is kept, and becomes a test."""

from __future__ import annotations

import asyncio
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import council
import pytest
from council.cli.asking import asker
from council.errors import UsageError
from council.models import InTurn, ScriptedClient, ScriptedHost
from council.policies import Policy
from council.rendering.terminal import LiveSitting
from council.sandbox import open_sandbox
from council.types.calls import Call
from council.types.versions import Question
from council.versions import Ask, as_test_file

TASK = "Write first(items: list) that returns the first item. first([1, 2]) == 1"
WAYS = (
    "return items[0] if items else None",
    "return items[0]",
    "for item in items:\n        return item\n    return None",
    "item, *rest = items[0], *items[1:]\n    return item",
)
VOTES = Policy(id="votes", title="Votes", criteria=())


def write(ask: Ask | None = None) -> council.Session:
    replies = [f"```python\ndef first(items):\n    {way}\n```" for way in WAYS]
    settings = council.Settings(model="m", samples=4, store=False)
    house = council.Council(
        settings, client=ScriptedClient(), host=ScriptedHost({"m": InTurn(*replies)}), sandbox=open_sandbox(settings)
    )
    return asyncio.run(house.generate(TASK, policy=VOTES, ask=ask))


def answering(words: str) -> Ask:
    async def ask(question: Question, number: int, of: int) -> Question:
        place = next((n for n, choice in enumerate(question.choices) if words in choice), None)
        return question.but(answer=place, by=None if place is None else "somebody")

    return ask


@pytest.mark.parametrize("words, other", [("raises IndexError", "None"), ("returns None", "IndexError")])
def test_the_answer_chooses_and_becomes_a_test(words: str, other: str, tmp_path: Path) -> None:
    session = write(answering(words))
    assert session.generation is not None and session.generation.pick is not None
    pick, code = session.generation.pick, session.submission.files[0].text
    (question,) = pick.questions
    assert question.text == "what is right for first([])?" and question.by == "somebody"
    assert pick.open_questions == () and pick.probability is None, "how sure such a pick is was never measured"
    tests = as_test_file(pick.questions)
    assert tests is not None and "first([])" in tests
    (tmp_path / "generated.py").write_text(code)
    (tmp_path / "test_generated_asked.py").write_text(tests)
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    assert subprocess.run(run, cwd=tmp_path, capture_output=True, check=False).returncode == 0, tests
    (tmp_path / "generated.py").write_text("def first(items):\n    return 0\n")
    assert subprocess.run(run, cwd=tmp_path, capture_output=True, check=False).returncode == 1, "the test can fail"


def test_without_an_answer_the_pick_is_the_same() -> None:
    plain, asked = write(), write(answering("nothing that anybody says"))
    assert plain.generation is not None and asked.generation is not None
    before, after = plain.generation.pick, asked.generation.pick
    assert before is not None and after is not None and before.questions == ()
    assert after.but(questions=()) == before and after.questions[0].answer is None
    assert as_test_file(after.questions) is None


def test_a_person_is_asked_until_the_answer_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("7\nyes\n2\n"))
    session = write(asker(LiveSitting(quiet=True)))
    assert session.generation is not None and session.generation.pick is not None
    (question,) = session.generation.pick.questions
    assert question.answer == 1 and question.by == "the person at the terminal"
    said = capsys.readouterr().err
    assert "question 1 of 1: what is right for first([])?" in said and said.count("is none of them") == 2
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    session = write(asker(LiveSitting(quiet=True)))
    assert session.generation is not None and session.generation.pick is not None
    assert session.generation.pick.questions[0].answer is None, "who is gone has not answered"


def ruled(word: str) -> Callable[[Call], dict[str, Any]]:
    """A seat that says the task asks for the claim with a word in it, and for no other."""

    def answer(call: Call) -> dict[str, Any]:
        text = call.messages[-1].content
        claims = [part.split("\nEND ")[0] for part in re.split(r"\nClaim \d+:\n", text)[1:]]
        rulings = [
            {"claim": number, "grounds": "the task", "ruling": "asked" if word in claim else "not_asked"}
            for number, claim in enumerate(claims, 1)
        ]
        return {"rulings": rulings}

    return answer


def put_to_seats(*words: str) -> tuple[council.Session, ScriptedClient]:
    replies = [f"```python\ndef first(items):\n    {way}\n```" for way in WAYS]
    names = tuple(f"a/{number}" for number in range(len(words)))
    settings = council.Settings(model="m", samples=4, store=False, seats=names)
    client = ScriptedClient({name: ruled(word) for name, word in zip(names, words, strict=True)})
    host = ScriptedHost({"m": InTurn(*replies)})
    house = council.Council(settings, client=client, host=host, sandbox=open_sandbox(settings))
    return asyncio.run(house.generate(TASK, policy=VOTES, ask="seats")), client


@pytest.mark.parametrize(
    ("words", "answer", "by"),
    [
        (("raises IndexError", "raises IndexError", "returns None"), "raises IndexError", "2 of 3 seats (0, 1)"),
        (("returns None",), "returns None", "1 of 1 seat (0)"),
        (("raises IndexError", "returns None"), None, None),
        (("nothing", "returns None", "nothing"), None, None),
        (("right program", "right program", "right program"), None, None),
    ],
)
def test_seats_say_what_the_task_asks_for(words: tuple[str, ...], answer: str | None, by: str | None) -> None:
    session, client = put_to_seats(*words)
    assert session.generation is not None and session.generation.pick is not None
    (question,) = session.generation.pick.questions
    assert (None if question.answer is None else question.choices[question.answer], question.by) == (answer, by)
    assert len(client.calls) == len(words) == len(session.examinations) == len(session.seats)
    asked = client.calls[0].messages[-1].content
    assert TASK in asked and "first([])" in asked and "version" not in asked and "def first" not in asked
    if answer is not None:
        assert (session.generation.attempts[session.generation.chosen - 1].code or "").count("None") == (
            answer == "returns None"
        )


def test_nobody_to_ask_is_one_sentence() -> None:
    settings = council.Settings(model="m", samples=4, store=False)
    house = council.Council(settings, client=ScriptedClient(), host=ScriptedHost({}), sandbox=open_sandbox(settings))
    with pytest.raises(UsageError, match="there is no seat to ask"):
        asyncio.run(house.generate(TASK, policy="checks-only", ask="seats"))
