"""Files of known benchmarks, told apart by the fields of their rows."""

from __future__ import annotations

from pathlib import Path

from council.errors import SourceError
from council.sources.reading import label_of
from council.suites.humaneval import humaneval_task, humaneval_task_of_inputs
from council.suites.mbpp import mbpp_id, mbpp_task, mbpp_task_of_inputs
from council.suites.reading import LARGEST_TASKS, Row, id_of, read_rows
from council.text import one_line
from council.types.benchmarks import Suite, Task

__all__ = ["humaneval_task", "load_file"]

_LICENCES = {
    "humaneval": ("HumanEval", "openai/human-eval", "MIT"),
    "humaneval+": ("HumanEval+", "evalplus/humanevalplus_release", "Apache-2.0"),
    "mbpp": ("MBPP", "google-research/mbpp", "CC-BY-4.0"),
    "mbpp+": ("MBPP+", "evalplus/mbppplus_release", "Apache-2.0"),
}


def load_file(path: Path) -> Suite:
    """Return the suite in a file of HumanEval, HumanEval+, MBPP or MBPP+, packed or not.

    Raises ``SourceError`` with file and line for a row that is none of theirs, and for an id that comes twice.
    """
    tasks: dict[str, Task] = {}
    kinds: set[str] = set()
    for place, row in read_rows(path):
        kind, task = _read(row, place)
        kinds.add(kind)
        if task.id in tasks:
            raise SourceError(f"{place}: the task '{one_line(task.id, 60)}' is there twice")
        if len(tasks) >= LARGEST_TASKS:
            raise SourceError(f"{place}: more than {LARGEST_TASKS} tasks", "Split the file")
        tasks[task.id] = task
    if len(kinds) > 1:
        raise SourceError(f"{label_of(path)}: rows of {' and '.join(sorted(kinds))} in one file", "Split it")
    title, source, licence = _LICENCES[kinds.pop()]
    return Suite(
        id=id_of(path.name),
        title=title,
        source=f"{source} ({one_line(path.name, 80)})",
        licence=licence,
        tasks=tuple(tasks.values()),
    )


def _read(row: Row, place: str) -> tuple[str, Task]:
    """Return which benchmark a row belongs to, and its task."""
    of_mbpp = mbpp_id(row.get("task_id")) is not None
    if "base_input" in row:
        return ("mbpp+", mbpp_task_of_inputs(row, place)) if of_mbpp else _plus(row, place)
    if "test_list" in row:
        return "mbpp+" if isinstance(row.get("test"), str) else "mbpp", mbpp_task(row, place)
    if "test" in row and "entry_point" in row:
        strong = isinstance(row["test"], str) and "enumerate(" in row["test"] and "inputs = " in row["test"]
        task = humaneval_task(row, place)
        return ("humaneval+" if strong else "humaneval"), task
    fields = ", ".join(one_line(str(name), 30) for name in list(row)[:8]) or "none"
    raise SourceError(
        f"{place}: no known benchmark has such rows (fields: {fields})",
        "HumanEval has prompt, entry_point and test, MBPP prompt, code and test_list",
    )


def _plus(row: Row, place: str) -> tuple[str, Task]:
    return "humaneval+", humaneval_task_of_inputs(row, place)
