"""Every command line and code block of README.md and docs/ is run.

A ``console`` block holds commands (``$ …``, with ``# exit N`` where it is not 0) and lines that must appear in their output in this
order; ``…`` stands for anything. ``console ollama`` needs a real Ollama with a small model, ``console setup`` is run by
other tests or by whoever reads this (each such line is named below). ``python`` and ``toml`` blocks are run and parsed.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.warm import run_council

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
RUN_ELSEWHERE = {
    "make demo": "tests/integration/docs/test_readme.py::test_make_demo",
    "make test": "this is what runs",
    "make demo LIVE=1": "tests/integration/house/test_live_demo.py",
    'pip install "code-council[sandbox]"': "tests/integration/house/test_wheel.py",
    'pip install "code-council[embedded]"': "tests/integration/models/test_embedded.py",
    "export OPENAI_API_KEY=…": "sets a variable",
}


@dataclass(frozen=True)
class Block:
    """One fenced block with its page, line and info string."""

    page: str
    line: int
    info: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(*infos: str) -> list[Block]:
    found = []
    for page in PAGES:
        lines = page.read_text(encoding="utf-8").splitlines()
        inside: tuple[int, str, list[str]] | None = None
        for number, line in enumerate(lines, 1):
            if inside is None and line.startswith("```"):
                inside = (number, line[3:].strip(), [])
            elif inside is not None and line.startswith("```"):
                found.append(Block(page.name, inside[0], inside[1], "\n".join(inside[2])))
                inside = None
            elif inside is not None:
                inside[2].append(line)
    return [block for block in found if not infos or block.info in infos]


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """A folder as the reader has it: the checkout's examples and no settings, sessions or keys of anybody."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def environment(home: Path, **more: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8", "COLUMNS": "100", **more}


def _run(command: str, block: Block, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a line of the README as it is typed; of the other documents, where no shell has a part in it, warm."""
    if block.page != "README.md" and command.startswith("council ") and not re.search(r"[|;&<>$`*]", command):
        return run_council(*shlex.split(command)[1:], cwd=folder, env=env, timeout=280)
    return subprocess.run(["bash", "-c", command], cwd=folder, env=env, capture_output=True, text=True, timeout=280)


def run_console(block: Block, folder: Path, env: dict[str, str]) -> None:
    for command, code, expected in commands(block):
        done = _run(command, block, folder, env)
        shown = f"{block}: $ {command}\n{done.stdout}\n--- stderr\n{done.stderr}"
        assert done.returncode == code, shown
        wanted = [part for part in re.split(r"\s*…\s*|\n", "\n".join(expected)) if part.strip()]
        place, output = 0, " ".join((done.stdout + "\n" + done.stderr).split())
        for part in wanted:
            text = " ".join(part.split())
            place = output.find(text, place)
            assert place >= 0, f"{text!r} is missing, or stands in another order\n{shown}"
            place += len(text)


def commands(block: Block) -> list[tuple[str, int, list[str]]]:
    found: list[tuple[str, int, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            code = re.search(r"\s+# exit (\d+)$", line)
            found.append((line[2:].split("  #")[0].rstrip(), int(code[1]) if code else 0, []))
        elif found:
            found[-1][2].append(line)
    return found


@pytest.mark.parametrize("block", blocks("console"), ids=str)
def test_console_blocks(block: Block, workplace: Path) -> None:
    run_console(block, workplace, environment(workplace))


@pytest.mark.ollama
@pytest.mark.parametrize("block", blocks("console ollama"), ids=str)
def test_console_blocks_with_ollama(block: Block, workplace: Path, ollama_host: str, ollama_model: str) -> None:
    run_console(block, workplace, environment(workplace, OLLAMA_HOST=ollama_host, OLLAMA_MODEL=ollama_model))


@pytest.mark.parametrize("block", blocks("console setup"), ids=str)
def test_setup_lines_are_run_somewhere(block: Block) -> None:
    for command, _, _ in commands(block):
        assert command in RUN_ELSEWHERE, f"{block}: nothing runs {command!r}"


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python_blocks(block: Block, workplace: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", block.text], cwd=workplace, env=environment(workplace), capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("block", blocks("toml council.toml", "toml policy"), ids=str)
def test_toml_blocks(block: Block, workplace: Path) -> None:
    from council.policies import load_policy
    from council.settings import load_settings

    name = "council.toml" if block.info == "toml council.toml" else "mine.toml"
    (workplace / name).write_text(block.text, encoding="utf-8")
    tomllib.loads(block.text)
    if name == "council.toml":
        load_settings(folder=workplace, environ={})
    else:
        load_policy(str(workplace / name))


def test_no_block_is_left_out() -> None:
    known = {"console", "console ollama", "console setup", "python", "toml council.toml", "toml policy", "text"}
    for block in blocks():
        assert block.info in known, f"{block}: {block.info!r} is run by nothing"


def test_make_demo() -> None:
    """The README's first command, in the checkout as it stands; it ends well a second time, in seconds."""
    env = {**environment(Path.home()), "COLUMNS": "100"}
    done = subprocess.run(["make", "demo"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    first = done.stdout.splitlines()[0]
    assert "replayed" in first and "recorded" in first
    assert "REJECTED" in done.stdout
    assert "3 of 5 tests failed" in done.stdout
    assert "REFUTED: passes in 3 of 3 runs" in done.stdout and "Traceback" not in done.stderr
    assert "7 of 7 versions agree and the submission differs" in done.stdout
    assert "make demo LIVE=1" in done.stdout.splitlines()[-1]
