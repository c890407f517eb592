"""What stands in the table of a benchmark, and what is left out of it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from council.measuring import compare, share_interval, tabulate
from council.types.benchmarks import Benchmark, Memory, Row, Sample, Table
from council.types.checks import CheckOutcome, CheckResult, SandboxInfo, ValidationReport
from council.types.findings import Finding, Severity

Made = tuple[Benchmark, tuple[Sample, ...]]
Make = Callable[..., Made]
TASKS = [f"t{n:02}" for n in range(20)]


def row(table: Table, metric: str) -> Row:
    found = table.row(metric)
    assert found is not None, f"no row {metric}"
    return found


def values(table: Table, metric: str) -> list[float | None]:
    return [cell.value for cell in row(table, metric).cells]


def lines(**marks: str) -> dict[str, dict[str, str]]:
    """One sample a task: ``lines(a="++-")``."""
    return {name: {f"t{at:02}": mark for at, mark in enumerate(line)} for name, line in marks.items()}


def test_a_share_of_single_samples_has_wilsons_interval(make: Make) -> None:
    cell = row(tabulate(*make(lines(a="++++-------"))), "tests_passed").cells[0]
    assert (cell.count, cell.of, cell.value) == (4, 11, 4 / 11)
    assert (cell.low, cell.high) == pytest.approx(share_interval(4, 11))


def test_what_could_not_be_judged_is_left_out_and_named(make: Make) -> None:
    table = tabulate(*make(lines(a="++--??", b="+-----")))
    assert values(table, "tests_passed") == [0.5, 1 / 6]
    assert table.notes == ("2 samples of a left out: the tests could not be run",)


def test_no_code_and_tampering_have_failed_everything(make: Make) -> None:
    table = tabulate(*make(lines(a="+0!e"), edge=True))
    assert values(table, "tests_passed") == [0.5]
    edge = row(table, "edge_cases").cells[0]
    assert (edge.count, edge.of) == (1, 4)
    assert values(table, "both_passed") == [0.25]
    assert values(table, "no_code") == values(table, "tampered") == [1.0]


def test_tampered_code_gets_nothing_for_what_its_tests_say(make: Make) -> None:
    benchmark, samples = make(lines(a="+!"), edge=True)
    bold = tuple(s.but(edge_passed=True) for s in samples)
    assert values(tabulate(benchmark, bold), "edge_cases") == [0.5]


def test_edge_cases_that_could_not_be_run_say_nothing(make: Make) -> None:
    benchmark, samples = make(lines(a="++-"), edge=True)
    unsure = tuple(s.but(edge_passed=None) if s.task == "t00" else s for s in samples)
    table = tabulate(benchmark, unsure)
    assert (row(table, "edge_cases").cells[0].of, values(table, "edge_cases")) == (2, [0.5])
    # The failed one has failed, whatever its edge cases are; the passed one without an answer is unknown.
    assert (row(table, "both_passed").cells[0].of, values(table, "both_passed")) == (2, [0.5])


def test_without_edge_cases_both_is_plain_and_edge_is_unknown(make: Make) -> None:
    table = tabulate(*make(lines(a="++-", b="+--")))
    assert values(table, "both_passed") == values(table, "tests_passed")
    edge = row(table, "edge_cases")
    assert [cell.value for cell in edge.cells] == [None, None] and edge.note == "not measured" and edge.winner is None


def test_the_winner_is_paired(make: Make) -> None:
    table = tabulate(*make(lines(a="+" * 14 + "-" * 6, b="+" * 4 + "-" * 16)))
    plain = row(table, "tests_passed")
    assert plain.winner == "a" and plain.method == "exact McNemar" and plain.p_value == pytest.approx(2 / 2**10)


def test_the_same_model_twice_shows_no_difference(make: Make) -> None:
    one = {task: "+-+" if n % 2 else "---" for n, task in enumerate(TASKS)}
    table = tabulate(*make({"a": one, "b": one}, duration_s={"a": 2.0, "b": 2.0}))
    for metric in ("tests_passed", "pass_at_3", "time_per_task_s", "no_code"):
        assert row(table, metric).winner is None and row(table, metric).note == "no difference shown"
        assert row(table, metric).p_value == 1.0


def test_one_model_alone_wins_nothing(make: Make) -> None:
    table = tabulate(*make(lines(a="++-"), duration_s={"a": 2.0}, sizes={"a": 5}))
    assert all(each.winner is None for each in table.rows)
    assert row(table, "tests_passed").note == row(table, "memory_bytes").note == "nothing to compare"


def test_pass_at_k_is_told_where_there_are_k_samples(make: Make) -> None:
    assert tabulate(*make(lines(a="+-"))).row("pass_at_1") is None
    results = {"a": {"t1": "+----", "t2": "-----", "t3": "++++?"}}
    table = tabulate(*make(results))
    cell = row(table, "pass_at_5").cells[0]
    assert (cell.value, cell.of) == (0.5, 2)  # the third task has only four samples that count


def test_ten_samples_tell_pass_at_five_too(make: Make) -> None:
    table = tabulate(*make({"a": {"t1": "+++-------", "t2": "----------"}}))
    assert values(table, "pass_at_5") == [pytest.approx((1 - 21 / 252) / 2)]
    assert values(table, "pass_at_10") == [0.5]


def test_times_are_means_over_tasks(make: Make) -> None:
    benchmark, samples = make({"a": {"t1": "++", "t2": "+-", "t3": "--"}})
    spent = {("t1", 1): 1.0, ("t1", 2): 3.0, ("t2", 1): 4.0, ("t3", 1): 6.0, ("t3", 2): 6.0}
    timed = tuple(s.but(duration_s=spent.get((s.task, s.number)), completion_tokens=12) for s in samples)
    cell = row(tabulate(benchmark, timed), "time_per_task_s").cells[0]
    assert cell.value == pytest.approx((2 + 4 + 6) / 3) and cell.of == 5
    assert cell.low is not None and cell.high is not None and 2 <= cell.low <= 4 <= cell.high <= 6
    speed = row(tabulate(benchmark, timed), "tokens_per_s").cells[0]
    assert speed.value == pytest.approx(((12 + 4) / 2 + 3 + 2) / 3)


def test_the_faster_one_wins_time(make: Make) -> None:
    times = {"slow": 5.0, "fast": 2.0}
    table = tabulate(*make(lines(slow="+" * 10, fast="-" * 10), duration_s=times))
    assert row(table, "time_per_task_s").winner == "fast"
    assert row(table, "time_per_task_s").method == "paired sign-flip permutation"


def test_sizes_need_no_test(make: Make) -> None:
    table = tabulate(*make(lines(big="+-", small="+-"), sizes={"big": 9, "small": 3}))
    for metric in ("memory_bytes", "model_size_bytes"):
        assert (row(table, metric).winner, row(table, metric).p_value) == ("small", None)
    even = tabulate(*make(lines(a="+-", b="+-", c="+-"), sizes={"a": 3, "b": 3, "c": 9}))
    assert row(even, "memory_bytes").winner is None and row(even, "memory_bytes").note == "the same for a and b"


@pytest.mark.parametrize(
    ("memory", "word"),
    [
        (None, "unknown"),
        (Memory(), "unknown"),
        (Memory(fit="fits"), "fits"),
        (Memory(fit="cpu"), "no (CPU)"),
        (Memory(fit="spilled", spilled=0.234), "spilled 23 %"),
        (Memory(fit="spilled"), "spilled"),
    ],
)
def test_on_gpu_is_a_word(make: Make, memory: Memory | None, word: str) -> None:
    benchmark, samples = make(lines(a="+-"))
    told = benchmark.but(models=(benchmark.models[0].but(memory=memory, released_on="2024-09"),))
    table = tabulate(told, samples)
    assert row(table, "on_gpu").cells[0].word == word and row(table, "on_gpu").better == "neither"
    assert row(table, "released_on").cells[0].word == "2024-09"


def checked(
    sample: Sample, outcome: CheckOutcome, count: int, severity: Severity = Severity.MEDIUM
) -> Sample:
    found = tuple(
        Finding(id=f"bandit-{n}", source="security", severity=severity, message="m") for n in range(count)
    )
    check = CheckResult(name="security", tool="bandit", outcome=outcome, required=True, summary="", findings=found)
    report = ValidationReport(checks=(check,), sandbox=SandboxInfo(backend="bubblewrap"), policy="p")
    changed: Sample = sample.but(report=report)
    return changed


def test_findings_are_counted_where_the_tool_ran(make: Make) -> None:
    benchmark, samples = make(lines(a="+-+0"))
    told = (
        checked(samples[0], CheckOutcome.PASSED, 2),
        checked(samples[1], CheckOutcome.FAILED, 1),
        checked(samples[2], CheckOutcome.CRASHED, 0),
        samples[3],
    )
    cell = row(tabulate(benchmark, told), "security_findings").cells[0]
    assert (cell.count, cell.of) == (3, 2)
    assert row(tabulate(benchmark, told), "lint_findings").cells[0].value is None


def test_an_assert_is_no_security_finding(make: Make) -> None:
    """bandit calls each bare assert one of low severity: a model that tests its inputs would look dangerous."""
    benchmark, samples = make(lines(a="+-"))
    told = tuple(checked(sample, CheckOutcome.PASSED, 5, Severity.LOW) for sample in samples)
    cell = row(tabulate(benchmark, told), "security_findings").cells[0]
    assert (cell.count, cell.of) == (0, 2)


def test_a_model_that_writes_nothing_does_not_win_security(make: Make) -> None:
    benchmark, samples = make(lines(a="+" * 12, b="0" * 12))
    told = tuple(checked(s, CheckOutcome.PASSED, 1) if s.model == "a" else s for s in samples)
    security = row(tabulate(benchmark, told), "security_findings")
    assert security.cells[1].value is None and security.winner is None


def test_readability_is_a_row_where_it_was_judged(make: Make) -> None:
    assert tabulate(*make(lines(a="+-"))).row("readability") is None
    assert values(tabulate(*make(lines(a="+-"), readability={"a": 7.0})), "readability") == [7.0]


def test_samples_of_others_do_not_count(make: Make) -> None:
    benchmark, samples = make(lines(a="+-"))
    strangers = (samples[0].but(model="z"), samples[0].but(task="elsewhere"))
    assert tabulate(benchmark, (*samples, *strangers)) == tabulate(benchmark, samples)


def test_what_is_not_there_yet_is_named(make: Make) -> None:
    benchmark, samples = make(lines(a="+-+", b="+-+"))
    table = tabulate(benchmark, samples[:4])
    assert table.notes == ("2 of 6 samples are not there (yet)",)
    assert row(table, "tests_passed").cells[1].of == 1


# The fixture is a pure function: nothing of one example is left for the next.
LAWS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
RESULTS = st.fixed_dictionaries(
    {
        name: st.fixed_dictionaries({task: st.text("+-0!?e", min_size=1, max_size=3) for task in TASKS[:5]})
        for name in ("m:1b", "n:7b", "o")
    }
)


@given(results=RESULTS, chance=st.randoms(use_true_random=False))
@LAWS
def test_order_never_decides(make: Make, results: dict[str, dict[str, str]], chance: random.Random) -> None:
    benchmark, samples = make(results, edge=True, duration_s={"m:1b": 1.0, "n:7b": 2.0, "o": 2.0})
    mixed, models, tasks = list(samples), list(benchmark.models), list(benchmark.tasks)
    for each in (mixed, models, tasks):
        chance.shuffle(each)
    one = tabulate(benchmark, samples)
    other = tabulate(benchmark.but(models=tuple(models), tasks=tuple(tasks)), tuple(mixed))
    for mine, theirs in zip(one.rows, other.rows, strict=True):
        assert (mine.metric, mine.winner, mine.p_value, mine.note) == (
            theirs.metric,
            theirs.winner,
            theirs.p_value,
            theirs.note,
        )
        assert {cell.model: cell for cell in mine.cells} == {cell.model: cell for cell in theirs.cells}
    assert set(one.notes) == set(other.notes)


@given(results=RESULTS)
@LAWS
def test_every_cell_is_possible(make: Make, results: dict[str, dict[str, str]]) -> None:
    table = tabulate(*make(results, edge=True))
    for each in table.rows:
        assert [cell.model for cell in each.cells] == list(results)
        assert each.winner is None or each.winner in results
        assert each.p_value is None or 0 < each.p_value <= 1
        for cell in each.cells:
            if cell.value is not None and cell.low is not None and cell.high is not None:
                assert cell.low <= cell.value <= cell.high
            if each.unit == "share" and cell.value is not None:
                assert 0 <= cell.value <= 1
    both, plain = row(table, "both_passed"), row(table, "tests_passed")
    for strict, loose in zip(both.cells, plain.cells, strict=True):
        assert (strict.count or 0) <= (loose.count or 0)


def test_two_benchmarks_share_the_tasks_that_are_the_same(make: Make) -> None:
    one = make(lines(a="++++", b="----"), benchmark_id="b1111111")
    other = make(lines(c="+++++"), benchmark_id="b2222222", digests={"t00": "another text"})
    table = compare(one, other)
    assert (table.tasks, table.models, table.benchmark_ids) == (3, ("a", "b", "c"), ("b1111111", "b2222222"))
    assert [cell.of for cell in row(table, "tests_passed").cells] == [3, 3, 3]
    assert table.notes == (
        "1 task of b1111111 left out: not the same in both",
        "2 tasks of b2222222 left out: not the same in both",
    )


def test_a_model_of_both_benchmarks_stands_there_twice(make: Make) -> None:
    one = make(lines(a="+" * 12, b="-" * 12), benchmark_id="b1111111")
    other = make(lines(a="-" * 12), benchmark_id="b2222222")
    table = compare(one, other)
    assert table.models == ("a (b1111111)", "b", "a (b2222222)")
    assert row(table, "tests_passed").winner == "a (b1111111)"
    assert compare(other, one).row("tests_passed").winner == "a (b1111111)"  # type: ignore[union-attr]


def test_benchmarks_without_a_common_task(make: Make) -> None:
    table = compare(make({"a": {"x": "+"}}, benchmark_id="b1"), make({"b": {"y": "+"}}, benchmark_id="b2"))
    assert table.tasks == 0 and row(table, "tests_passed").note == "not measured"


def test_broken_samples_make_pairs_incomplete_and_never_count(make: Make) -> None:
    """What one model was not judged on cannot speak for or against the other one."""
    table = tabulate(*make(lines(a="+" * 10 + "-" * 5, b="-" * 4 + "?" * 11)))
    assert row(table, "tests_passed").p_value == pytest.approx(2 / 2**4)
    assert [cell.of for cell in row(table, "tests_passed").cells] == [15, 4]


def test_who_was_judged_less_often_is_not_worse_for_it(make: Make) -> None:
    """Ten of ten is better than twelve of twenty, and better over the ten that both have."""
    table = tabulate(*make(lines(a="+" * 10 + "?" * 10, b="-" * 8 + "+" * 12)))
    assert row(table, "tests_passed").winner == "a"
