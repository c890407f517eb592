"""From programs that models really wrote, run in the real sandbox, to the advisory: bugs named by what was seen."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from council.advising import trace
from council.advisories import advise
from council.bench import import_outputs
from council.engine import Council
from council.policies import load_policy
from council.rendering import Documents
from council.settings import Settings
from council.store import open_store
from council.suites.outputs import read_outputs, suite_of_outputs
from council.types.advisories import Advisory
from council.types.benchmarks import Sample

PROGRAMS = Path(__file__).parents[2] / "data" / "programs" / "humaneval_slice.jsonl"
MODEL = "CodeLlama-34b-Instruct"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Advisory, tuple[Sample, ...]]:
    url = str(tmp_path_factory.mktemp("recorded") / "council.db")
    recorded = read_outputs(PROGRAMS)
    policy = load_policy("python-team")
    archive = open_store(url)
    house = Council.from_settings(Settings(store_url=url))
    try:
        made = asyncio.run(import_outputs(recorded, suite_of_outputs(recorded), policy, house=house, archive=archive))
        return advise("codellama:34b", archive=archive, policy=policy).advisory, archive.read_samples(made.benchmark_id)
    finally:
        house.close()
        archive.close()


def test_the_recorded_outcomes_are_those_of_the_sandbox(imported: tuple[Advisory, tuple[Sample, ...]]) -> None:
    assert len(imported[1]) == 10
    assert all(sample.passed is sample.recorded_outcome for sample in imported[1])


def test_bugs_are_named_with_real_code(imported: tuple[Advisory, tuple[Sample, ...]]) -> None:
    advisory, samples = imported
    bugs = {bug.key: bug for bug in advisory.bugs}
    assert set(bugs) >= {"undefined-name", "off-by-one", "elements-too-many", "wrong-order"}
    assert bugs["undefined-name"].tasks.text == "2 tasks"
    codes = {(s.model, s.task): s.code for s in samples}
    for bug in advisory.bugs:
        for example in bug.examples:
            task = example.key.rpartition(" ")[0]
            code = codes[MODEL, task]
            assert code is not None and all(part.text in code for part in example.faulty.parts)
            assert example.test is not None and example.test.output is not None
            if example.expected is not None and example.expected_by == "model":
                right = next(s for s in samples if s.task == task and s.model == example.expected.author.text)
                assert right.passed and right.code is not None
                assert all(part.text in right.code for part in example.expected.parts)


def test_it_is_traced(imported: tuple[Advisory, tuple[Sample, ...]]) -> None:
    assert trace(Documents(secrets=()).render(imported[0]), imported[0]) == ()
