"""Benchmarks and samples: what the store promises of them in a file, in memory and on a server alike."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from council.errors import StoreError
from council.protocols import Archive
from council.store import open_store
from council.types.base import now
from council.types.benchmarks import BENCHMARK_SCHEMA, BenchedModel, SampleOutcome
from council.types.session import Session, SessionState

MakeSession = Callable[..., Session]
_FORK = multiprocessing.get_context("fork")


def run_in_process(work: Callable[[], None]) -> Any:
    def run() -> None:
        work()
        os._exit(0)

    process = _FORK.Process(target=run)
    process.start()
    return process


def test_a_benchmark_comes_back_as_it_was(archive: Archive, make: Any) -> None:
    assert isinstance(archive, Archive)
    benchmark = make.benchmark()
    archive.open_benchmark(benchmark)
    assert archive.read_benchmark(benchmark.benchmark_id) == benchmark
    assert archive.read_benchmark(f" {benchmark.benchmark_id[:7].upper()} ") == benchmark
    with pytest.raises(StoreError, match="there is a benchmark .* already"):
        archive.open_benchmark(benchmark)
    done = benchmark.but(state=SessionState.FINISHED, duration_s=4.5, notes=("cooled down",))
    archive.update_benchmark(done)
    assert archive.read_benchmark(benchmark.benchmark_id) == done
    assert archive.delete_benchmark(benchmark.benchmark_id[:7]) == benchmark.benchmark_id
    for gone in (archive.read_benchmark, archive.delete_benchmark, archive.read_samples):
        with pytest.raises(StoreError, match="there is no benchmark"):
            gone(benchmark.benchmark_id)
    with pytest.raises(StoreError, match="there is no benchmark"):
        archive.update_benchmark(done)


def test_a_beginning_that_fits_two_is_refused(archive: Archive, make: Any) -> None:
    for name in ("b1aaaaaa", "b1bbbbbb"):
        archive.open_benchmark(make.benchmark(benchmark_id=name))
    with pytest.raises(StoreError) as caught:
        archive.read_benchmark("b1")
    assert "2 benchmarks (b1aaaaaa, b1bbbbbb)" in str(caught.value)
    for odd in ("", "%", "b1_aaaaa", "b\x00", "'; DROP TABLE samples; --"):
        with pytest.raises(StoreError, match="council bench list"):
            archive.read_benchmark(odd)


def test_the_newest_come_first_with_what_is_done(archive: Archive, make: Any) -> None:
    early = make.benchmark(created_at=now() - timedelta(hours=1), state=SessionState.FINISHED)
    late = make.benchmark(models=(BenchedModel(name="only\x00one"),), samples_per_task=3)
    for benchmark in (late, early):
        archive.open_benchmark(benchmark)
    archive.add_sample(make.sample(late, model="only\x00one"))
    archive.add_sample(make.sample(late, model="only\x00one", number=2))
    first, second = archive.list_benchmarks()
    assert (first.benchmark_id, first.models, first.tasks, first.samples_per_task, first.done, first.state) == (
        late.benchmark_id, ("only\x00one",), 2, 3, 2, "open"
    )  # fmt: skip
    assert (second.benchmark_id, second.done, second.state) == (early.benchmark_id, 0, "finished")
    assert [entry.benchmark_id for entry in archive.list_benchmarks(limit=1)] == [late.benchmark_id]


def test_samples_come_back_in_order_whatever_order_they_came_in(archive: Archive, make: Any) -> None:
    benchmark, other = make.benchmark(), make.benchmark()
    for each in (benchmark, other):
        archive.open_benchmark(each)
    wanted = [
        make.sample(benchmark, model, task, number)
        for model in ("B", "a", "a-b", "a\\0b", "a\x00", "á")
        for task in ("HumanEval/0", "HumanEval/10", "lru")
        for number in (1, 2, 10)
    ]
    wanted.sort(key=lambda sample: (sample.model, sample.task, sample.number))
    for sample in reversed(wanted):
        archive.add_sample(sample)
    archive.add_sample(make.sample(other))
    assert list(archive.read_samples(benchmark.benchmark_id)) == wanted
    for model in ("a", "a\x00", "a\\0b"):
        only = archive.read_samples(benchmark.benchmark_id, model=model)
        assert list(only) == [sample for sample in wanted if sample.model == model]
    assert archive.read_samples(benchmark.benchmark_id, model="a\\0") == ()


def test_the_same_key_replaces(archive: Archive, make: Any) -> None:
    benchmark = make.benchmark()
    archive.open_benchmark(benchmark)
    archive.add_sample(make.sample(benchmark))
    again = make.sample(benchmark, outcome=SampleOutcome.FAILED, reason="assert 3 == 2")
    archive.add_sample(again)
    assert archive.read_samples(benchmark.benchmark_id) == (again,)
    archive.update_benchmark(benchmark.but(notes=("later",)))
    assert archive.read_samples(benchmark.benchmark_id) == (again,)


def test_a_sample_needs_its_benchmark(archive: Archive, make: Any) -> None:
    with pytest.raises(StoreError, match="there is no benchmark bnothere"):
        archive.add_sample(make.sample("bnothere"))
    huge = make.benchmark()
    archive.open_benchmark(huge)
    with pytest.raises(StoreError) as caught:
        archive.add_sample(make.sample(huge, number=10**30))
    assert "\n" not in str(caught.value)
    assert archive.read_samples(huge.benchmark_id) == ()


def test_a_deleted_benchmark_takes_its_samples_along(archive: Archive, make: Any) -> None:
    benchmark, other = make.benchmark(), make.benchmark()
    for each in (benchmark, other):
        archive.open_benchmark(each)
        archive.add_sample(make.sample(each))
    archive.delete_benchmark(benchmark.benchmark_id)
    archive.open_benchmark(benchmark)
    assert archive.read_samples(benchmark.benchmark_id) == ()
    assert len(archive.read_samples(other.benchmark_id)) == 1


def test_the_sitting_over_a_sample_is_not_deleted_alone(archive: Archive, make: Any, make_session: MakeSession) -> None:
    session, benchmark = make_session(), make.benchmark()
    archive.open_session(session)
    archive.open_benchmark(benchmark)
    archive.add_sample(make.sample(benchmark, session_id=session.session_id))
    with pytest.raises(StoreError, match=f"sample of benchmark {benchmark.benchmark_id}"):
        archive.delete_session(session.session_id)
    archive.delete_benchmark(benchmark.benchmark_id)
    assert archive.delete_session(session.session_id) == session.session_id


def test_a_benchmark_of_a_newer_council_is_named(archive: Archive, make: Any) -> None:
    benchmark = make.benchmark(schema_version=BENCHMARK_SCHEMA + 1)
    archive.open_benchmark(benchmark)
    with pytest.raises(StoreError, match="written by a newer council"):
        archive.read_benchmark(benchmark.benchmark_id)


# Processes and threads


def test_a_sample_is_kept_when_its_call_has_returned(url: str, make: Any) -> None:
    """The process that adds it is killed by a signal the moment the call is done."""
    benchmark = make.benchmark()
    open_store(url, secrets=()).open_benchmark(benchmark)
    for number in range(1, 6):

        def add_and_die(number: int = number) -> None:
            open_store(url, secrets=()).add_sample(make.sample(benchmark, number=number))
            os.kill(os.getpid(), signal.SIGKILL)

        process = run_in_process(add_and_die)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        kept = open_store(url, secrets=()).read_samples(benchmark.benchmark_id)
        assert [sample.number for sample in kept] == list(range(1, number + 1))


def test_a_killed_run_shows_as_interrupted_until_it_goes_on(url: str, make: Any) -> None:
    benchmark, store = make.benchmark(), open_store(url, secrets=())

    def begin_and_die() -> None:
        open_store(url, secrets=()).open_benchmark(benchmark)
        os.kill(os.getpid(), signal.SIGKILL)

    run_in_process(begin_and_die).join()
    assert [entry.state for entry in store.list_benchmarks()] == ["interrupted"]
    store.add_sample(make.sample(benchmark))
    assert [entry.state for entry in store.list_benchmarks()] == ["open"]
    assert store.read_benchmark(benchmark.benchmark_id).state is SessionState.OPEN


def test_two_processes_add_samples_at_once(url: str, make: Any) -> None:
    benchmark = make.benchmark()
    open_store(url, secrets=()).open_benchmark(benchmark)

    def add(model: str) -> None:
        store = open_store(url, secrets=())
        for number in range(1, 26):
            store.add_sample(make.sample(benchmark, model=model, number=number))
            store.add_sample(make.sample(benchmark, model="both", number=number))

    processes = [run_in_process(lambda model=model: add(model)) for model in ("one", "two")]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    kept = open_store(url, secrets=()).read_samples(benchmark.benchmark_id)
    assert [(s.model, s.number) for s in kept] == [(m, n) for m in ("both", "one", "two") for n in range(1, 26)]


def test_threads_share_an_archive(archive: Archive, make: Any) -> None:
    benchmark = make.benchmark()
    archive.open_benchmark(benchmark)
    wrong: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(1, 11):
                archive.add_sample(make.sample(benchmark, model=name, number=number))
                assert len(archive.read_samples(benchmark.benchmark_id, model=name)) == number
                archive.put_knowledge(make.learnt(f"{name}-{number}", f"benchmark:{benchmark.benchmark_id}"))
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(f"m{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(archive.read_samples(benchmark.benchmark_id)) == len(archive.list_knowledge()) == 40
