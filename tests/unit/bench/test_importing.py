from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from bench_doubles import ALMOST, QUICK, RIGHT, WRONG, suite, task

from council.bench import SampleFinished, import_outputs
from council.bench.importing import agreement
from council.engine import Council
from council.errors import StoreError, UsageError
from council.protocols import Archive
from council.suites import RecordedOutput, RecordedOutputs
from council.types.benchmarks import Benchmark, Sample, SampleOutcome
from council.types.session import SessionState

House = Callable[..., Council]


def outputs(*rows: tuple[str, str, str, bool | None]) -> RecordedOutputs:
    made = tuple(RecordedOutput(model=m, task_id=t, code=code, passed=passed) for m, t, code, passed in rows)
    return RecordedOutputs(name="outputs.jsonl", outputs=made)


RECORDED = outputs(
    ("old", "a", RIGHT, True),
    ("old", "b", ALMOST, True),
    ("new", "a", WRONG, True),
    ("new", "b", "", False),
    ("new", "elsewhere", RIGHT, None),
)
TASKS = suite(task("a"), task("b"))


def judged(house: House, archive: Archive, recorded: RecordedOutputs = RECORDED, **options: object) -> Benchmark:
    work = import_outputs(recorded, TASKS, QUICK, house=house({}), archive=archive, **options)  # type: ignore[arg-type]
    return asyncio.run(work)


def test_recorded_outputs_are_judged_here_and_the_recording_is_kept_beside(house: House, archive: Archive) -> None:
    heard: list[object] = []
    found = judged(house, archive, on_event=heard.append)
    samples = {(s.model, s.task): s for s in archive.read_samples(found.benchmark_id)}
    told = {key: (s.outcome, s.edge_passed, s.recorded_outcome) for key, s in samples.items()}
    assert told == {
        ("old", "a"): (SampleOutcome.PASSED, True, True),
        ("old", "b"): (SampleOutcome.PASSED, False, True),
        ("new", "a"): (SampleOutcome.FAILED, False, True),
        ("new", "b"): (SampleOutcome.NO_CODE, False, False),
    }
    assert found.state is SessionState.FINISHED and found.imported_from == "outputs.jsonl"
    assert [m.name for m in found.models] == ["old", "new"] and all(m.imported for m in found.models)
    assert found.notes == (
        "1 output left out: the suite does not have the task",
        "the recorded outcome agrees for 3 of 4 samples; it differs for a of new",
    )
    assert sorted(e.done for e in heard if isinstance(e, SampleFinished)) == [1, 2, 3, 4]


class Full:
    """An archive whose disk is full after so many samples."""

    def __init__(self, archive: Archive, room: int) -> None:
        self._archive = archive
        self._room = room

    def __getattr__(self, name: str) -> object:
        return getattr(self._archive, name)

    def add_sample(self, sample: Sample) -> None:
        if self._room == 0:
            raise StoreError("the disk is full")
        self._room -= 1
        self._archive.add_sample(sample)


def test_an_import_that_ended_early_goes_on_with_what_is_missing(house: House, archive: Archive) -> None:
    with pytest.raises(StoreError, match="full"):
        judged(house, Full(archive, 1))  # type: ignore[arg-type]
    (summary,) = archive.list_benchmarks()
    assert (summary.state, summary.done) == (SessionState.INTERRUPTED, 1)
    (before,) = archive.read_samples(summary.benchmark_id)
    with pytest.raises(UsageError, match="was not begun with these outputs"):
        judged(house, archive, outputs(("other", "a", RIGHT, None)), resume=summary.benchmark_id)
    found = judged(house, archive, resume=summary.benchmark_id)
    samples = archive.read_samples(found.benchmark_id)
    assert found.state is SessionState.FINISHED and len(samples) == 4 and before in samples
    assert judged(house, archive, resume=summary.benchmark_id) == found


def test_several_attempts_of_a_model_are_samples_of_their_own(house: House, archive: Archive) -> None:
    twice = RecordedOutputs(
        name="o.jsonl",
        outputs=(
            RecordedOutput(model="m", task_id="a", code=RIGHT),
            RecordedOutput(model="m", task_id="a", number=2, code=WRONG),
        ),
    )
    found = judged(house, archive, twice)
    assert found.samples_per_task == 2 and [t.id for t in found.tasks] == ["a"]
    assert [s.passed for s in archive.read_samples(found.benchmark_id)] == [True, False]
    assert agreement(archive.read_samples(found.benchmark_id)) is None, "nothing was recorded of the outcome"


def test_outputs_for_other_tasks_are_refused(house: House, archive: Archive) -> None:
    with pytest.raises(UsageError, match="none of its outputs"):
        judged(house, archive, outputs(("m", "elsewhere", RIGHT, None)))
    assert not archive.list_benchmarks()
