"""`council --help` and `import council` cost next to nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("litellm", "pydantic", "rich", "sqlalchemy", "jinja2", "httpx", "asyncio", "numpy", "sklearn")


def loaded_by(code: str) -> set[str]:
    program = f"{code}\nimport sys; sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize("words", [["--help"], ["review", "--help"], ["--version"], [], ["reviw"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    program = f"from council.cli.entry import run; run({words!r})"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program], capture_output=True, text=True, check=True
    )
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert "argparse" in loaded
    assert not loaded & set(HEAVY)


def test_import_council_loads_nothing_heavy() -> None:
    assert not loaded_by("import council") & set(HEAVY)


def test_names_load_on_first_touch_and_litellm_only_on_the_first_call() -> None:
    assert "pydantic" in loaded_by("import council; council.Session")
    assert "litellm" not in loaded_by("import council; council.review; council.Council")


def test_an_unknown_name_is_an_attribute_error() -> None:
    import council

    with pytest.raises(AttributeError, match="no attribute 'reviw'"):
        council.reviw  # noqa: B018


def test_the_exported_names() -> None:
    import council

    assert all(getattr(council, name) is not None for name in council.__all__)
    assert sorted(council.__all__) == dir(council)
