"""What people see of a benchmark, kept as files. COUNCIL_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from markdown_it import MarkdownIt
from rich.cells import cell_len

from council.measuring import compare
from council.rendering import ComparisonReport, Documents, json_schemas, to_json
from council.rendering.terminal import Sheet, benchmark_text, comparison_text, sample_text

HERE = Path(__file__).parent
Holds = Callable[[str, str], None]
SHEETS = {"100": Sheet(width=100), "80": Sheet(width=80), "ascii": Sheet(width=80, unicode=False)}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
NAMES = ("three", "four", "recorded", "hostile")


@pytest.fixture(scope="module")
def measured() -> ModuleType:
    """The module with ``REPORTS``."""
    spec = importlib.util.spec_from_file_location("golden_measured", HERE / "measured.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(measured: ModuleType, name: str, sheet: str) -> str:
    report = measured.REPORTS[name]
    return benchmark_text(report.benchmark, report.table, report.samples, measured.STEPS, sheet=SHEETS[sheet])


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("name", NAMES)
def test_terminal(measured: ModuleType, name: str, sheet: str, holds: Holds) -> None:
    text = page(measured, name, sheet)
    assert not CONTROL.search(text) and (sheet != "ascii" or text.isascii())
    assert all(cell_len(line) <= SHEETS[sheet].width for line in text.splitlines())
    holds(f"../measured_files/{name}.{sheet}.txt", text)


@pytest.mark.parametrize("name", NAMES)
def test_markdown(measured: ModuleType, name: str, holds: Holds) -> None:
    text = Documents(secrets=()).render(measured.REPORTS[name])
    assert not CONTROL.search(text) and "\n\n\n" not in text
    holds(f"../measured_files/{name}.md", text)


def test_a_turned_table_says_the_same(measured: ModuleType) -> None:
    """Every figure of the wide table stands in the narrow one."""
    wide, narrow = page(measured, "three", "100"), page(measured, "three", "80")
    figures = re.findall(r"\d+ % \(\d+–\d+\)|\d\.\d GB|p [=<] [\d.]+", wide)
    assert len(figures) > 15 and all(figure in narrow for figure in figures)


def test_the_recording_is_confronted(measured: ModuleType) -> None:
    text = page(measured, "recorded", "100")
    assert "17 of 19 outcomes are the same" in text and "1 sample of deepseek:33b left out" in text
    shown = json.loads(to_json(measured.REPORTS["recorded"], secrets=()))
    assert {(each["model"], each["task"]) for each in shown["disagreements"]} == measured._LIES
    assert shown["recorded_agreement"] == pytest.approx(17 / 19)


@pytest.mark.parametrize("name", NAMES)
def test_json_follows_its_schema(measured: ModuleType, name: str) -> None:
    shown = json.loads(to_json(measured.REPORTS[name], secrets=()))
    schema = json_schemas()["benchmark"]
    assert set(schema["required"]) == set(schema["properties"]) == set(shown)
    for kind, entries in (("PublicSample", shown["samples"]), ("FailedTest", shown["failed_tests"])):
        assert all(set(entry) == set(schema["$defs"][kind]["properties"]) for entry in entries)


def test_secrets_are_not_in_it(measured: ModuleType) -> None:
    report = measured.REPORTS["three"]
    leaky = report.but(samples=(report.samples[0].but(reason="key hunter2hunter2"), *report.samples[1:]))
    for document in ("json", "markdown"):
        assert "hunter2" not in Documents(secrets=("hunter2hunter2",)).render(leaky, document=document)


def test_hostile_names_make_no_markup(measured: ModuleType) -> None:
    document = Documents(secrets=()).render(measured.REPORTS["hostile"])
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(document)
    kinds = {token.type for token in tokens} | {c.type for token in tokens for c in token.children or []}
    assert not kinds & {"html_block", "html_inline", "image", "link_open", "s_open", "hr", "em_open", "strong_open"}
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h1", "h2", "h2", "h2"]
    outside = re.sub(r"(?s)(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", document)
    assert not re.search(r"(?i)https?:|www\.|@octocat|#12\b", outside)


def test_a_comparison_reads_and_is_data(measured: ModuleType, holds: Holds) -> None:
    one, other = measured.report(("a:1b", "b:7b"), samples=2), measured.report(("b:7b",), samples=2, seed=9)
    later = other.benchmark.but(benchmark_id="b9zzzzzz")
    table = compare((one.benchmark, one.samples), (later, other.samples))
    text = comparison_text((one.benchmark, later), table, sheet=SHEETS["100"])
    assert "b:7b (b7k2m9qx)" in text and "b:7b (b9zzzzzz)" in text
    holds("../measured_files/comparison.100.txt", text)
    report = ComparisonReport(benchmarks=(one.benchmark, later), table=table)
    holds("../measured_files/comparison.md", Documents(secrets=()).render(report))
    assert json.loads(to_json(report))["benchmarks"] == ["b7k2m9qx", "b9zzzzzz"]


def test_one_sample_whole(measured: ModuleType, holds: Holds) -> None:
    report = measured.REPORTS["three"]
    sample = next(s for s in report.samples if not s.passed)
    holds(
        "../measured_files/sample.100.txt", sample_text(report.benchmark, sample, measured.STEPS, sheet=SHEETS["100"])
    )
    empty = sample.but(outcome="no_code", code=None, reply="I\x1b[2J cannot.", report=None, edge=None, reason="no code")
    text = sample_text(report.benchmark, empty, sheet=SHEETS["80"])
    assert not CONTROL.search(text) and "I\\x1b[2J cannot." in text and "NO CODE   no code" in text


def test_no_file_is_left_over() -> None:
    names = {path.name.partition(".")[0] for path in (HERE / "measured_files").iterdir()}
    assert names == {*NAMES, "comparison", "sample"}
