"""The laws of the store: whatever a record holds comes back to the byte, alone or carried to another store."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from council.store import export_store, import_store, open_store, words_of
from council.types.benchmarks import BenchedModel, Benchmark, Machine, Memory, Sample, SampleOutcome, TaskSummary
from council.types.facts import Source
from council.types.knowledge import DocumentVersion, Knowledge, KnowledgeKind
from council.types.session import SessionState

some = settings(max_examples=60, deadline=None)
texts = st.text(max_size=40) | st.sampled_from(
    ["\x00", "\\0", "\\", "\x1b[2J", "\u202e☃𝒳", "a\r\nb", '"*:-NEAR(', "%_"]
)
zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC) | zones)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 10**12).map(float)
sizes = st.none() | st.integers(0, 2**62)


@st.composite
def benchmarks(draw: Any) -> Benchmark:
    fractions = st.none() | st.floats(0, 1)
    memory = st.builds(Memory, size_bytes=sizes, vram_bytes=sizes, spilled=fractions, known_by=texts)
    model = st.builds(
        BenchedModel, name=texts, digest=st.none() | texts, size_bytes=sizes, memory=st.none() | memory,
        load_s=st.none() | numbers, imported=st.booleans(),
    )  # fmt: skip
    task = st.builds(
        TaskSummary, id=texts, title=texts, text=texts, digest=texts, reference=st.none() | texts,
        tags=st.lists(texts, max_size=2).map(tuple),
    )  # fmt: skip
    return draw(
        st.builds(
            Benchmark, benchmark_id=st.from_regex(r"\Ab[0-9a-z]{7}\Z"), state=st.sampled_from(SessionState),
            created_at=moments, finished_at=st.none() | moments, council_version=st.just("1"), suite=texts,
            suite_digest=st.just("d"), tasks=st.lists(task, max_size=3).map(tuple),
            models=st.lists(model, max_size=3).map(tuple), samples_per_task=st.integers(1, 99),
            seed=st.integers(-(10**20), 10**20), temperature=st.none() | numbers, policy=texts,
            machine=st.builds(Machine, cpu=st.none() | texts, memory_bytes=sizes), notes=st.lists(texts).map(tuple),
        )
    )  # fmt: skip


@st.composite
def samples(draw: Any, benchmark_id: str) -> Sample:
    text = st.none() | texts
    return draw(
        st.builds(
            Sample, benchmark_id=st.just(benchmark_id), model=texts, task=texts, number=st.integers(1, 2**31 - 1),
            outcome=st.sampled_from(SampleOutcome), edge_passed=st.none() | st.booleans(), code=text, reply=text,
            reason=text, seed=sizes, digest=text, duration_s=st.none() | numbers, session_id=text,
            readability=st.none() | st.floats(0, 10), finished_at=moments,
        )
    )  # fmt: skip


@st.composite
def lessons(draw: Any, benchmark_id: str) -> Knowledge:
    source = st.builds(Source, kind=st.just("benchmark"), id=st.just(benchmark_id), pointer=texts)
    return draw(
        st.builds(
            Knowledge, knowledge_id=st.from_regex(r"\A[a-z0-9][a-z0-9.-]{0,79}\Z"), kind=st.sampled_from(KnowledgeKind),
            title=texts, text=texts, evidence=st.lists(source, max_size=3).map(tuple), created_at=moments,
            updated_at=st.none() | moments,
        )
    )  # fmt: skip


@some
@given(st.data())
def test_every_record_comes_back_to_the_byte(data: st.DataObject) -> None:
    store = open_store("sqlite://", secrets=())
    benchmark = data.draw(benchmarks())
    store.open_benchmark(benchmark)
    assert store.read_benchmark(benchmark.benchmark_id).model_dump_json() == benchmark.model_dump_json()
    sample = data.draw(samples(benchmark.benchmark_id))
    store.add_sample(sample)
    (kept,) = store.read_samples(benchmark.benchmark_id, model=sample.model)
    assert kept.model_dump_json() == sample.model_dump_json()
    lesson = data.draw(lessons(benchmark.benchmark_id))
    store.put_knowledge(lesson)
    assert store.read_knowledge(lesson.knowledge_id).model_dump_json() == lesson.model_dump_json()
    facts = data.draw(st.dictionaries(texts, texts, max_size=4))
    version = DocumentVersion(name=data.draw(texts), number=1, created_at=sample.finished_at, facts=facts)
    store.add_version(version)
    assert store.list_documents() == (version.name,)
    assert store.list_versions(version.name)[0].model_dump_json() == version.model_dump_json()


@some
@given(st.data())
def test_a_store_that_is_carried_away_is_the_same_store(data: st.DataObject) -> None:
    store, other = open_store("sqlite://", secrets=()), open_store("sqlite://", secrets=())
    for benchmark in data.draw(st.lists(benchmarks(), max_size=3, unique_by=lambda b: b.benchmark_id)):
        store.open_benchmark(benchmark)
        for sample in data.draw(st.lists(samples(benchmark.benchmark_id), max_size=3)):
            store.add_sample(sample)
        store.put_knowledge(data.draw(lessons(benchmark.benchmark_id)))
    before: list[str] = []
    after: list[str] = []
    export_store(store, before.append)
    import_store(other, io.BytesIO("".join(before).encode()))
    export_store(other, after.append)
    assert before == after


@some
@given(texts, texts, texts)
def test_knowledge_is_found_by_its_own_words_and_any_query_is_harmless(title: str, body: str, query: str) -> None:
    store = open_store("sqlite://", secrets=())
    lesson = Knowledge(knowledge_id="k", title=title, text=body, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    store.put_knowledge(lesson)
    wanted = words_of(query)
    held = words_of(f"{title} k {body}")
    found = store.search_knowledge(query) == (lesson,)
    if all(word.isascii() for word in (*wanted, *held)):
        assert found == (bool(wanted) and all(any(own.startswith(word) for own in held) for word in wanted))
    for word in held:
        if word.isascii():
            assert store.search_knowledge(word) == (lesson,)
