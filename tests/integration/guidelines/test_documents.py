"""Every command that a document of the set shows is run, as the reader would run it."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tests.integration.warm import run_council

Team = Any
ROOT = Path(__file__).parents[3]
WANTED = {"checks-only": 0}
"""Exit code of ``council review`` in a place without any key: 3, but where no seat is asked."""


def shown(team: Team, readme: ModuleType, info: str) -> dict[str, list[str]]:
    """Return every command of the set once, with the output that its document promises."""
    found: dict[str, list[str]] = {}
    for name, text in team.texts().items():
        if name.endswith(".md"):
            for block in re.findall(rf"(?ms)^ *```{info}\n(.*?)^ *```$", text):
                lines = "\n".join(line.strip() for line in block.splitlines())
                for command, code, expected in readme.commands(readme.Block(name, 0, info, lines)):
                    assert code == 0
                    found[command] = [*found.get(command, []), *expected]
    return found


def run(command: str, team: Team) -> subprocess.CompletedProcess[str]:
    if command.startswith("council ") and not re.search(r"[|;&<>$`*]", command):  # nothing that a shell would do
        return run_council(*shlex.split(command)[1:], cwd=team.folder, env=team.env, timeout=280)
    return subprocess.run(
        ["bash", "-c", command], cwd=team.folder, env=team.env, capture_output=True, text=True, timeout=280
    )


@pytest.mark.parametrize("policy", ["python-team", "payments", "checks-only"])
def test_commands(team: Team, readme: ModuleType, policy: str) -> None:
    team.fill()
    assert team.council("guidelines", policy).returncode == 0
    every = shown(team, readme, "console")
    assert {"council doctor", "council session list", "vengeance-validate generated.py"} < set(every)
    assert len(every) >= 11
    own = [command for command in every if policy == "python-team" or policy in command]  # the others are the same
    assert len(own) >= 4
    for command, expected in ((command, every[command]) for command in own):
        done = run(command, team)
        review = command.startswith("council review ")
        assert done.returncode == (WANTED.get(policy, 3) if review else 0), f"$ {command}\n{done.stdout}{done.stderr}"
        for line in expected:
            assert line in done.stdout, f"$ {command}: {line!r} is missing\n{done.stdout}"


@pytest.mark.ollama
def test_commands_with_ollama(
    team: Team, readme: ModuleType, ollama_host: str, ollama_model: str, small_model: str
) -> None:
    rules = [f'[[models]]\nname = "{ollama_model}"\nstatus = "recommended"\nuses = ["final"]\n']
    rules += [f'[[models]]\nname = "{small_model}"\nstatus = "recommended"\nuses = ["drafts"]\n']
    team.put("policies/ours.toml", 'extends = "base"\ntitle = "Ours"\n\n' + "\n".join(rules))
    assert team.council("guidelines", "ours").returncode == 0
    team.env["OLLAMA_HOST"] = ollama_host
    (command,) = shown(team, readme, "console ollama")
    assert f"--draft-model {small_model} --model {ollama_model}" in command
    (team.folder / "generated.py").unlink()
    team.put("task.md", "Write a Python function add(a, b) that returns the sum of a and b.\n")
    team.put("test_generated.py", "from generated import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n")
    done = run(f"{command} --set repairs=1 --set reply_tokens=400", team)
    assert done.returncode in (0, 1), done.stderr  # small models: what counts is that the command is right
    assert (team.folder / "generated.py").read_text(encoding="utf-8").startswith("#")


def test_every_block_is_run_by_something(team: Team) -> None:
    team.fill()
    assert team.council("guidelines", "payments").returncode == 0
    infos = {info for text in team.texts().values() for info in re.findall(r"(?m)^ *```(\w[\w ]*)$", text)}
    assert infos == {"console", "console ollama", "yaml"}


def test_ci_and_commit_hooks(team: Team) -> None:
    assert team.council("guidelines", "payments").returncode == 0
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    steps, hooks = set(), []
    for name, text in team.texts().items():
        for block in re.findall(r"(?ms)^```yaml\n(.*?)^```$", text) if name.endswith(".md") else ():
            loaded = yaml.safe_load(block)
            steps |= {step["run"] for job in loaded.get("jobs", {}).values() for step in job["steps"] if "run" in step}
            hooks += [hook for repo in loaded.get("repos", []) for hook in repo["hooks"]]
    assert len(steps) >= 3 and len(hooks) == 1
    for step in sorted(steps):
        if step.startswith("pip install "):
            assert re.fullmatch(r'pip install "code-council\[(\w+)\]"', step)[1] in extras  # type: ignore[index]
        else:
            assert run(step, team).returncode == 0, step
    assert not re.search(hooks[0]["exclude"], "src/cache.py") and re.search(hooks[0]["exclude"], "tests/test_cache.py")
    assert run(f"{hooks[0]['entry']} {shlex.quote('generated.py')}", team).returncode == 0
    team.put("generated.py", "def f():\n    return undefined\n")
    assert run(f"{hooks[0]['entry']} generated.py", team).returncode == 1
