"""Each cause is told from what such a machine really says, with one command that mends it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.sandbox.causes import (
    Facts,
    gather_facts,
    no_processor,
    why_landlock_failed,
    why_no_binary,
    why_no_landlock,
    why_no_namespaces,
    why_seatbelt_failed,
)

CASES = tomllib.loads((Path(__file__).parents[2] / "data" / "sandbox_causes.toml").read_text(encoding="utf-8"))


def facts_of(case: dict[str, Any], root: Path) -> Facts:
    for name, text in case["files"].items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return gather_facts(root)


@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
def test_what_bubblewrap_says_names_the_cause(case: dict[str, Any], tmp_path: Path) -> None:
    cause = why_no_namespaces(facts_of(case, tmp_path), case["stderr"])
    assert case["problem"] in cause.problem and case["remedy"] in cause.remedy


@pytest.mark.parametrize("case", CASES["landlock"], ids=lambda case: case["name"])
def test_what_the_kernel_says_of_landlock_names_the_cause(case: dict[str, Any], tmp_path: Path) -> None:
    cause = why_no_landlock(facts_of(case, tmp_path), OSError(case["errno"], ""))
    assert case["problem"] in cause.problem and case["remedy"] in cause.remedy


def test_every_cause_is_told_apart_by_at_least_one_case() -> None:
    assert len({case["problem"] for case in CASES["case"]}) >= 14


def test_a_bubblewrap_that_lies_there_unexecutable_is_not_a_missing_one() -> None:
    assert "there is no bubblewrap" in why_no_binary(()).problem
    assert "noexec" in why_no_binary(("/usr/bin/bwrap",)).problem


def test_a_strange_processor_is_named() -> None:
    assert "riscv64" in no_processor("riscv64").problem and "linux/amd64" in no_processor("riscv64").remedy


@pytest.mark.parametrize("explain", [why_landlock_failed, why_seatbelt_failed])
def test_a_full_disk_is_told_in_every_backend(explain: Any) -> None:
    assert "TMPDIR" in explain("no folder for temporary files can be made (No space left on device)").remedy
    assert "(it broke)" in explain("it broke").problem


def test_a_sandbox_inside_a_sandbox_is_told_on_macos() -> None:
    assert "sandbox itself" in why_seatbelt_failed("sandbox-exec: sandbox_apply: Operation not permitted").problem


@given(message=st.text(max_size=60), facts=st.builds(Facts))
def test_whatever_is_said_there_is_a_cause_and_one_line_to_type(message: str, facts: Facts) -> None:
    cause = why_no_namespaces(facts, message)
    assert cause.problem and cause.remedy and "\n" not in cause.remedy
