"""What versions part on, put to somebody who knows what is right: answers choose a version, and become tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from council.types.versions import Ambiguity, Difference, Question, Version
from council.versions.speaking import as_test, input_words, outcome_words

Ask = Callable[[Question, int, int], Awaitable[Question]]
"""Puts a question, by its number of how many, and returns it with ``answer`` and ``by``."""


async def ask_all(splits: Sequence[Ambiguity], ask: Ask, module: str, name: str) -> tuple[Question, ...]:
    """Put every split and return the questions with their answers, each as a test where that can be written.

    Args:
        splits: the smallest input for each way in which versions part.
        ask: whom they are put to.
        module: what a test imports the code from.
        name: of the function or class that is tested.
    """
    answered: list[Question] = []
    for number, split in enumerate(splits, 1):
        words = tuple(outcome_words(answer.outcome) for answer in split.answers)
        text = f"what is right for {input_words(split.input)}?"
        told = await ask(Question(text=text, about=split, choices=words), number, len(splits))
        answered.append(told.but(test=_as_test(told, len(answered) + 1, module, name)))
    return tuple(answered)


def agreeing_with(questions: Iterable[Question], versions: Sequence[Version]) -> list[Version]:
    """Return the versions that do what was answered, every time; all of them where none does."""
    right = [set(one.about.answers[one.answer].members) for one in questions if one.answer is not None]
    kept = [version for version in versions if all(version.id in members for members in right)]
    return kept or list(versions)


def as_test_file(questions: Iterable[Question]) -> str | None:
    """Return the tests that answers make as one file; ``None`` where there is none."""
    tests = [question.test for question in questions if question.test]
    imports = sorted({line for test in tests for line in test.splitlines() if line.startswith(("import ", "from "))})
    plain, own = [line for line in imports if line.startswith("import ")], [line for line in imports if line[0] == "f"]
    bodies = [test[test.index("def ") :].rstrip() for test in tests]
    head = "\n\n".join("\n".join(group) for group in (plain, own) if group)
    title = '"""What the task does not say, as it was answered when the code was written."""'
    return "\n\n\n".join((f"{title}\n\n{head}", *bodies)) + "\n" if tests else None


def _as_test(question: Question, number: int, module: str, name: str) -> str | None:
    if question.answer is None:
        return None
    split = question.about
    wanted = split.answers[question.answer]
    other = split.answers[0 if question.answer else 1]
    said = Difference(
        input=split.input, step=split.step, given=other.outcome, expected=wanted.outcome,
        agreeing=len(wanted.members), of=sum(len(answer.members) for answer in split.answers),
    )  # fmt: skip
    return as_test(said, module, name, title=f"test_asked_{number}")
