from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.bench.ledger import count_tests
from council.bench.pace import Pace
from council.bench.plan import BenchPlan, missing_slots, plan_slots, sample_seed
from council.policies import Policy
from council.types.base import now
from council.types.benchmarks import Sample, SampleOutcome
from council.types.submission import SourceFile

POLICY = Policy(id="p", title="P")
NAMES = st.lists(st.text("abc:/é", min_size=1, max_size=4), min_size=1, max_size=5, unique=True).map(tuple)
PLANS = st.builds(
    BenchPlan, models=NAMES, policy=st.just(POLICY), samples=st.integers(1, 3), seed=st.integers(0, 2**40)
)


@given(PLANS, NAMES, st.booleans())
def test_every_model_gets_every_task_as_often_as_asked_once(
    plan: BenchPlan, tasks: tuple[str, ...], both: bool
) -> None:
    keys = [slot.key for slot in plan_slots(plan, tasks, together=both)]
    assert len(keys) == len(set(keys)) == len(plan.models) * len(tasks) * plan.samples
    assert plan_slots(plan, tasks, together=both) == plan_slots(plan, tasks, together=both)


@given(PLANS, NAMES)
def test_a_model_gets_the_same_seeds_in_either_order(plan: BenchPlan, tasks: tuple[str, ...]) -> None:
    one, other = (plan_slots(plan, tasks, together=both) for both in (True, False))
    assert sorted(one, key=lambda s: s.key) == sorted(other, key=lambda s: s.key)


@given(PLANS, NAMES)
def test_one_model_at_a_time_is_loaded_once(plan: BenchPlan, tasks: tuple[str, ...]) -> None:
    models = [slot.model for slot in plan_slots(plan, tasks, together=False)]
    changes = sum(one != other for one, other in zip(models, models[1:], strict=False))
    assert changes == len(plan.models) - 1


@given(PLANS)
def test_no_model_is_always_first(plan: BenchPlan) -> None:
    tasks = tuple(str(number) for number in range(len(plan.models) * 2))
    slots = plan_slots(plan, tasks, together=True)
    first = Counter({task: slot.model for slot in reversed(slots) for task in [slot.task]}.values())
    assert set(first.values()) == {2} and len(first) == len(plan.models)


@given(PLANS, NAMES, st.data())
def test_what_is_left_is_exactly_what_is_missing(plan: BenchPlan, tasks: tuple[str, ...], data: st.DataObject) -> None:
    slots = plan_slots(plan, tasks, together=True)
    done = data.draw(st.sets(st.sampled_from(slots).map(lambda slot: slot.key)))
    samples = [
        Sample(benchmark_id="b", model=m, task=t, number=n, outcome=SampleOutcome.FAILED, finished_at=now())
        for m, t, n in done
    ]
    assert [slot.key for slot in missing_slots(slots, samples)] == [s.key for s in slots if s.key not in done]


def test_the_first_sample_is_the_likeliest_and_the_others_vary() -> None:
    plan = BenchPlan(models=("m",), policy=POLICY, samples=3, temperature=0.6)
    slots = plan_slots(plan, ("t",), together=True)
    assert [slot.temperature for slot in slots] == [0.0, 0.6, 0.6]
    assert len({slot.seed for slot in slots}) == 3


def test_seeds_stay_the_same_for_ever() -> None:
    assert sample_seed(0, "qwen2.5-coder:0.5b", "lru_cache", 1) == 2146395506, "older recordings would not be found"
    assert len({sample_seed(s, m, t, n) for s in (0, 1) for m in "ab" for t in "ab" for n in (1, 2)}) == 16


@given(st.lists(st.sampled_from(["a", "b"]), max_size=12), st.integers(1, 4))
def test_the_time_left_goes_down_to_nothing(models: list[str], workers: int) -> None:
    pace = Pace(models, workers=workers)
    assert pace.left_s is None
    left = []
    for model in models:
        pace.done(model, 2.0)
        assert pace.left_s is not None
        left.append(pace.left_s)
    assert left == sorted(left, reverse=True) and (not left or left[-1] == 0.0)


def test_a_slow_model_still_to_come_counts_by_its_own_mean() -> None:
    pace = Pace(["fast", "slow", "fast", "slow"])
    pace.done("fast", 1.0)
    pace.done("slow", 9.0)
    assert pace.left_s == pytest.approx(10.0)


def test_tests_are_counted_from_their_text() -> None:
    text = "def test_a(): ...\nclass TestB:\n    def test_b(self): ...\n    def helper(self): ...\ndef help(): ...\n"
    assert count_tests([SourceFile(path="test_a.py", text=text), SourceFile(path="b.py", text="def (")]) == 2
