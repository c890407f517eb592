"""``--ask``: what versions part on is put to the person at the terminal, or to the panel; answers become tests."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from council.cli.common import tell, writable_target, write_whole
from council.errors import UsageError
from council.rendering.terminal import LiveSitting
from council.text import one_line, plural
from council.types.session import Session
from council.types.versions import Question
from council.versions import Ask, as_test_file

PERSON = "the person at the terminal"


def check_asking(options: argparse.Namespace) -> Path | None:
    """Return the file that answers go to, found before any work; ``None`` where nobody is asked.

    Raises ``UsageError``.
    """
    word = "--ask-seats" if options.ask_seats else "--ask"
    if options.panel is not None and not options.ask_seats:
        raise UsageError("--panel names who answers, and nobody is asked", "Add --ask-seats")
    if not (options.ask or options.ask_seats):
        return None
    if options.ask and options.ask_seats:
        raise UsageError("--ask asks you and --ask-seats the panel", "Give one of them")
    if (options.samples or 1) < 2:
        raise UsageError(f"{word} asks what several samples differ on, and one is wanted", "Add --samples 4 or more")
    if options.output is None:
        raise UsageError(f"{word} writes tests beside the code, and the code has no file", "Add -o FILE")
    if options.ask and not sys.stdin.isatty():
        remedy = "Leave it out: what versions differ on is shown all the same; or let the panel answer: --ask-seats"
        raise UsageError("--ask asks at the terminal, and nobody is there to answer", remedy)
    output = Path(options.output)
    target = output.with_name(f"test_{output.stem}_asked.py")
    writable_target(str(target), force=options.force)
    return target


def asker(live: LiveSitting) -> Ask:
    """Return what puts a question to whoever sits at the terminal."""

    async def ask(question: Question, number: int, of: int) -> Question:
        with live.aside():
            return await asyncio.to_thread(_put, question, number, of)

    return ask


def write_answers(session: Session, target: Path) -> None:
    """Write the tests that were answered, where there are any, and say so where nothing was asked."""
    pick = session.generation.pick if session.generation else None
    if pick is not None and not pick.questions:
        tell("nothing was asked: no input was found on which the samples part\n")
    text = as_test_file(pick.questions if pick else ())
    if text is not None:
        write_whole(target, text.encode("utf-8"))
        tell(f"wrote {one_line(str(target))}: {plural(text.count('def test_asked'), 'test')} of what you answered\n")


def _put(question: Question, number: int, of: int) -> Question:
    tell(f"question {number} of {of}: {one_line(question.text, 300)}\n")
    for place, (words, answer) in enumerate(zip(question.choices, question.about.answers, strict=True), 1):
        tell(f"  {place}  {one_line(words, 200)} ({plural(len(answer.members), 'version')})\n")
    tell("  0  none of these, or nobody knows\n")
    while True:
        sys.stderr.write(f"answer [0-{len(question.choices)}]: ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        said = line.strip()
        if not line or said in ("", "0"):
            return question
        if said.isdecimal() and 1 <= int(said) <= len(question.choices):
            answered: Question = question.but(answer=int(said) - 1, by=PERSON)
            return answered
        tell(f"{one_line(said, 40)!r} is none of them\n")
