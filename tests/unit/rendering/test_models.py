"""The list of local models as people see it."""

from __future__ import annotations

from typing import Any

import pytest

from council.rendering.terminal import Sheet, models_text
from council.rendering.terminal.models import LastBenchmark, ModelEntry, ModelListing
from council.types.benchmarks import Cell

PLAIN: dict[str, Any] = {
    **dict.fromkeys(ModelEntry.model_fields),
    "name": "qwen2.5-coder:1.5b",
    "size_bytes": 1_117_320_768,
    "parameters": "1.8B",
    "quantisation": "Q4_K_M",
    "family": "qwen2",
    "modified_on": "2026-11-23",
    "loaded": False,
    "fits": True,
    "place": "CPU",
    "fit_known_by": "size of the file against free memory",
    "status": "recommended",
    "listed": True,
    "small": True,
    "benchmark": LastBenchmark(
        benchmark_id="b7k2m9qx",
        day="2026-11-23",
        suite="core",
        rate=Cell(model="m", value=0.41, low=0.28, high=0.55),
        same_weights=True,
    ),
}


def shown(sheet: Sheet | None = None, **changes: Any) -> str:
    listing = ModelListing(
        server="Ollama 0.32.15 at 127.0.0.1:11434",
        policy="python-team",
        free_bytes=16_000_000_000,
        gpu=None,
        models=(ModelEntry.model_validate({**PLAIN, **changes}),),
    )
    return models_text(listing, [("council bench show b7k2m9qx", "the table")], sheet=sheet or Sheet())


def test_everything_that_is_known() -> None:
    lines = shown().splitlines()
    assert lines[0] == "Ollama 0.32.15 at 127.0.0.1:11434 · 16 GB of memory free · policy python-team"
    assert lines[2] == "qwen2.5-coder:1.5b  1.1 GB  1.8B Q4_K_M  qwen2  2026-11-23  fits (CPU)"
    assert lines[3] == "    recommended: writes drafts"
    assert lines[4] == "    benchmark b7k2m9qx, 2026-11-23, core: 41 % (28–55) pass all tests"
    assert lines[-1] == "council bench show b7k2m9qx  the table"


def test_a_banned_model_says_why_and_what_instead() -> None:
    text = shown(status="banned", reason="fails its tests", replacement="other:7b", advisory="codellama-34b")
    assert "banned: fails its tests; use other:7b; see codellama-34b" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fits": False, "needs_bytes": 22_900_000_000, "free_bytes": 16_000_000_000}, "needs 23 GB of 16 GB"),
        ({"fits": None}, "fits: unknown"),
        ({"fits": True, "place": "GPU"}, "fits (GPU)"),
        ({"fits": True, "place": "GPU and CPU", "spilled": 0.23}, "23 % not on the GPU"),
        ({"fits": True, "place": None}, "on the GPU: unknown"),
    ],
)
def test_whether_it_fits(changes: dict[str, Any], words: str) -> None:
    assert words in shown(**changes)


def test_what_is_unknown_is_said() -> None:
    text = shown(size_bytes=None, parameters=None, quantisation=None, family=None, modified_on=None, benchmark=None)
    assert text.count("unknown") == 4 and "no benchmark yet" in text


def test_a_benchmark_of_other_weights_is_named_so() -> None:
    old = PLAIN["benchmark"].but(same_weights=False)
    assert "b7k2m9qx (of other weights)" in shown(benchmark=old)


def test_names_are_text_and_fit_an_old_terminal() -> None:
    text = shown(Sheet(width=80, unicode=False), name="m\x1b[2J\n:1b", reason="naïve — no")
    assert text.isascii() and "\x1b" not in text and "m\\x1b[2J" in text
    assert all(len(line) <= 80 for line in text.splitlines())
