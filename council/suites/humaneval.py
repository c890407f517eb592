"""Rows of HumanEval and HumanEval+: a function to be completed, and ``check(candidate)`` or inputs."""

from __future__ import annotations

from typing import Any

from council.errors import SourceError
from council.suites.conversion import MODULE, check_entry_point, pytest_of_check, pytest_of_inputs
from council.suites.reading import Row, list_field, text_field
from council.text import fence_for, one_line
from council.types.benchmarks import Task
from council.types.submission import SourceFile

LONGEST_TEST = 8 << 20


def humaneval_task(row: Row, place: str) -> Task:
    """Return the task of a row with ``prompt``, ``entry_point`` and a ``test`` that defines ``check(candidate)``.

    Raises ``SourceError`` with the place.
    """
    task_id, prompt, entry_point = _named(row, place)
    test = text_field(row, "test", place)
    if "def check(" not in test:
        raise SourceError(f"{place}: test does not define check(candidate)")
    if len(test) > LONGEST_TEST:
        raise SourceError(f"{place}: test is longer than {LONGEST_TEST >> 20} MB")
    text = pytest_of_check(task_id, prompt, entry_point, test)
    return _task(task_id, prompt, entry_point, reference_of(row, prompt, place), tests=(_file("plain", text),))


def humaneval_task_of_inputs(row: Row, place: str) -> Task:
    """Return the task of a row of HumanEval+: ``base_input`` makes its plain tests, ``plus_input`` its edge cases."""
    task_id, prompt, entry_point = _named(row, place)
    reference = reference_of(row, prompt, place)
    if reference is None:
        raise SourceError(f"{place}: canonical_solution is missing, and the tests compare with it")
    how = {"atol": tolerance(row, place), "compare": "zero" if entry_point == "find_zero" else "equal"}
    kinds = {}
    for kind, field in (("plain", "base_input"), ("edge", "plus_input")):
        inputs = [arguments(given, f"{place}, {field}") for given in list_field(row, field, place)]
        made = pytest_of_inputs(task_id, reference, entry_point, inputs, **how) if inputs else None
        kinds[kind] = () if made is None else (_file(kind, made),)
    return _task(task_id, prompt, entry_point, reference, tests=kinds["plain"], edge_tests=kinds["edge"])


def reference_of(row: Row, prompt: str, place: str) -> str | None:
    """Return the whole right module: the published solution goes on where the prompt ends."""
    if row.get("canonical_solution") is None:
        return None
    return prompt + text_field(row, "canonical_solution", place)


def tolerance(row: Row, place: str) -> float:
    """Return ``atol``; absent is 0."""
    value = row.get("atol") or 0
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise SourceError(f"{place}: atol must be a number from 0 on")
    return float(value)


def arguments(value: Any, place: str) -> list[Any]:
    """Return one input: the list of arguments."""
    if not isinstance(value, list):
        raise SourceError(f"{place}: each input is a list of arguments")
    return value


def _named(row: Row, place: str) -> tuple[str, str, str]:
    task_id = text_field(row, "task_id", place)
    if not task_id.strip():
        raise SourceError(f"{place}: task_id is empty")
    return task_id, text_field(row, "prompt", place), check_entry_point(text_field(row, "entry_point", place), place)


def _task(task_id: str, prompt: str, entry_point: str, reference: str | None, **tests: Any) -> Task:
    fence = fence_for(prompt)
    asked = (
        f"Complete the Python function `{entry_point}`. Answer with the whole module, imports and everything that is "
        f"already there included.\n\n{fence}python\n{prompt.strip(chr(10))}\n{fence}\n"
    )
    return Task(
        id=task_id, title=one_line(entry_point, 80), text=asked, path=f"{MODULE}.py", reference=reference, **tests
    )  # fmt: skip


def _file(kind: str, text: str) -> SourceFile:
    return SourceFile(path=f"test_{kind}.py", text=text)
