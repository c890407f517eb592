"""What samples differ on is put to somebody who knows; the answer chooses, is kept, and becomes a test."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from pathlib import Path

import council
import pytest
from council.cli.asking import asker
from council.models import InTurn, ScriptedClient, ScriptedHost
from council.policies import Policy
from council.rendering.terminal import LiveSitting
from council.sandbox import open_sandbox
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
