"""What other models wrote, recorded by somebody with the tests and their outcome."""

from __future__ import annotations

from pathlib import Path

from council.errors import SourceError
from council.suites.files import humaneval_task
from council.suites.reading import LARGEST_TASKS, id_of, read_rows, text_field
from council.text import one_line
from council.types.base import Record
from council.types.benchmarks import Suite, Task


class RecordedOutput(Record):
    """One program that a model wrote."""

    model: str
    task_id: str
    number: int = 1
    """Which attempt of this model at this task, in the order of the file."""
    code: str
    """The whole module, the prompt included."""
    prompt: str | None = None
    test: str | None = None
    """Plain tests as they were recorded: text that defines ``check(candidate)``."""
    entry_point: str | None = None
    passed: bool | None = None
    """What the recording says of the plain tests."""


class RecordedOutputs(Record):
    """A file of recorded outputs."""

    name: str
    """The file's name without its folder: reports travel."""
    outputs: tuple[RecordedOutput, ...]

    @property
    def models(self) -> tuple[str, ...]:
        """Return the models in the order in which they first appear."""
        return tuple(dict.fromkeys(output.model for output in self.outputs))

    @property
    def task_ids(self) -> tuple[str, ...]:
        """Return the tasks in the order in which they first appear."""
        return tuple(dict.fromkeys(output.task_id for output in self.outputs))


def read_outputs(path: str | Path) -> RecordedOutputs:
    """Read a JSON-lines file, packed or not, with ``model``, ``task_id`` and ``code`` a line.

    ``prompt``, ``test``, ``entry_point`` and ``recorded_pass`` may be there too. Raises ``SourceError`` with file and
    line.
    """
    counted: dict[tuple[str, str], int] = {}
    found = []
    for place, row in read_rows(Path(path)):
        output = _output(row, place)
        key = (output.model, output.task_id)
        counted[key] = counted.get(key, 0) + 1
        found.append(output.but(number=counted[key]) if counted[key] > 1 else output)
        if len(counted) > LARGEST_TASKS * 10:
            raise SourceError(f"{place}: more outputs than council reads", "Split the file")
    return RecordedOutputs(name=one_line(Path(path).name, 120), outputs=tuple(found))


def suite_of_outputs(recorded: RecordedOutputs, *, edge: Suite | None = None) -> Suite:
    """Return the tasks of a recording with their recorded tests as plain tests.

    ``edge`` gives the stronger tests of the tasks that it knows. Raises ``SourceError`` where a task has no test, or
    two different ones.
    """
    tasks: dict[str, Task] = {}
    for output in recorded.outputs:
        task = _task(output, recorded.name)
        known = tasks.setdefault(task.id, task)
        if known.digest != task.digest:
            raise SourceError(
                f"{recorded.name}: the task '{one_line(task.id, 60)}' has two different prompts or tests",
                "Import each version as a file of its own",
            )
    stem = id_of(recorded.name)
    suite = Suite(id=stem, title=stem, source=recorded.name, tasks=tuple(tasks.values()))
    return suite if edge is None else with_edge_tests(suite, edge)


def with_edge_tests(suite: Suite, stronger: Suite) -> Suite:
    """Return the suite with the tests of another one, task by task, as its edge-case tests.

    References come along where the suite has none. Raises ``SourceError`` when the two share no task.
    """
    others = {task.id: task for task in stronger.tasks}
    if not any(task.id in others for task in suite.tasks):
        raise SourceError(f"{stronger.id} has none of the tasks of {suite.id}", "Give the tests of the same tasks")
    merged: Suite = suite.but(tasks=tuple(_strengthened(task, others.get(task.id)) for task in suite.tasks))
    return merged


def _strengthened(task: Task, other: Task | None) -> Task:
    if other is None:
        return task
    # A file of the same name in both would be one file: the stronger tests get names of their own.
    files = tuple(f.but(path=f"test_edge_{n}.py") for n, f in enumerate((*other.tests, *other.edge_tests), 1))
    merged: Task = task.but(edge_tests=files, reference=task.reference or other.reference)
    return merged


def _output(row: dict[str, object], place: str) -> RecordedOutput:
    model, task_id = text_field(row, "model", place), text_field(row, "task_id", place)
    if not model.strip() or not task_id.strip():
        raise SourceError(f"{place}: model and task_id must not be empty")
    passed = row.get("recorded_pass")
    if passed is not None and not isinstance(passed, bool):
        raise SourceError(f"{place}: recorded_pass must be true or false")
    optional = {name: text_field(row, name, place) for name in ("prompt", "test", "entry_point") if row.get(name)}
    return RecordedOutput(
        model=model, task_id=task_id, code=text_field(row, "code", place), passed=passed, **optional
    )  # fmt: skip


def _task(output: RecordedOutput, name: str) -> Task:
    if output.test is None or output.entry_point is None:
        raise SourceError(
            f"{name}: the task '{one_line(output.task_id, 60)}' comes without test and entry_point",
            "Name the suite that has its tests",
        )
    row = {
        "task_id": output.task_id,
        "prompt": output.prompt or "",
        "entry_point": output.entry_point,
        "test": output.test,
    }
    return humaneval_task(row, name)
