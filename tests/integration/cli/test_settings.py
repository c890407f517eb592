"""Where a setting's value comes from, and the file that ``council init`` writes."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from council.settings import Settings, load_settings

USER = ".config/council/council.toml"


def shown(shell, *words: str, **env: str) -> dict[str, dict[str, Any]]:
    done = shell.council("settings", "show", "--format", "json", *words, **env)
    assert done.returncode == 0, done.stderr
    table: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return table


def personal(shell, text: str) -> None:
    path = shell.home / USER
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


LAYERS = ("default", "user file", "project", "environment", "flag")
VALUES = dict(zip(LAYERS, (120.0, 11.0, 12.0, 13.0, 14.0), strict=True))


@pytest.mark.parametrize(
    ("last", "project"), [*((layer, "council.toml") for layer in LAYERS), ("project", "pyproject.toml")]
)
def test_the_later_layer_wins_and_is_named(shell, last: str, project: str) -> None:
    """All layers up to one are set; that one holds."""
    present = LAYERS[: LAYERS.index(last) + 1]
    env: dict[str, str] = {}
    words: list[str] = []
    if "user file" in present:
        personal(shell, f"deadline_s = {VALUES['user file']}\nrepairs = 1\n")
    if "project" in present:
        head = "[tool.council]\n" if project == "pyproject.toml" else ""
        shell.write(project, f"{head}deadline_s = {VALUES['project']}\n")
    if "environment" in present:
        env["COUNCIL_DEADLINE_S"] = str(VALUES["environment"])
    if "flag" in present:
        words += ["--set", f"deadline_s={VALUES['flag']}"]
    table = shown(shell, *words, **env)
    origins = {
        "default": "default",
        "user file": f"~/{USER}",
        "project": "council.toml" if project == "council.toml" else "pyproject.toml [tool.council]",
        "environment": "COUNCIL_DEADLINE_S",
        "flag": "--deadline-s",
    }
    assert table["deadline_s"] == {"value": VALUES[last], "origin": origins[last]}
    assert table["attempts"]["origin"] == "default"
    if "user file" in present:  # a later layer takes only what it names
        assert table["repairs"] == {"value": 1, "origin": f"~/{USER}"}
    assert list(table) == list(Settings.model_fields)


def test_arguments_win_over_flags(tmp_path: Path) -> None:
    found = load_settings(folder=tmp_path, flags={"deadline_s": 14.0}, arguments={"deadline_s": 15.0}, environ={})
    assert (found.settings.deadline_s, found.origins["deadline_s"]) == (15.0, "argument")


def test_the_nearest_project_counts(shell) -> None:
    shell.write("council.toml", "attempts = 5\n")
    shell.write("deep/er/one.py", "x = 1\n")
    shell.work = shell.work / "deep" / "er"
    assert shown(shell)["attempts"]["value"] == 5
    shell.write("pyproject.toml", "[project]\nname = 'another'\n")  # a project of its own, without settings
    assert shown(shell)["attempts"]["value"] == 3


def test_ollamas_own_variables_count_and_ours_win(shell) -> None:
    assert shown(shell, OLLAMA_MODEL="a")["model"] == {"value": "a", "origin": "OLLAMA_MODEL"}
    both = shown(shell, OLLAMA_MODEL="a", COUNCIL_MODEL="b")
    assert both["model"] == {"value": "b", "origin": "COUNCIL_MODEL"}


def test_one_limit_of_a_gate_keeps_the_other(shell) -> None:
    shell.write("council.toml", "[gates.ollama]\nconcurrency = 2\n[gates.openai]\nrate_per_s = 3\n")
    gates = shown(shell, "--set", "gates.openai.concurrency=7")["gates"]["value"]
    assert gates["ollama"] == {"rate_per_s": 20.0, "concurrency": 2}
    assert gates["openai"] == {"rate_per_s": 3.0, "concurrency": 7}


def test_paths_of_a_settings_file_are_meant_from_there(shell) -> None:
    shell.write("team/policy.toml", 'title = "Ours"\nchecks_only = true\n[[criteria]]\ncheck = "syntax"\n')
    shell.write("council.toml", 'policy = "team/policy.toml"\nstore_url = "sittings.db"\n')
    shell.write("deep/one.py", '"""One."""\n\nONE = 1\n')
    home, shell.work = shell.work, shell.work / "deep"
    done = shell.council("review", "one.py", "-q")
    assert done.returncode == 0, done.stderr
    assert (home / "sittings.db").exists() and not (home / "deep" / "sittings.db").exists()


def test_set_takes_no_field_of_what_is_no_table(shell) -> None:
    done = shell.council("settings", "show", "--set", "policy=base", "--set", "policy.id=x")
    assert done.returncode == 2 and "no table" in done.stderr


def test_init_writes_a_file_that_changes_nothing_and_names_every_setting(shell) -> None:
    done = shell.council("init")
    assert done.returncode == 0, done.stderr
    text = (shell.work / "council.toml").read_text()
    assert tomllib.loads(text) == {}
    assert {entry["origin"] for entry in shown(shell).values()} <= {"default", "OLLAMA_HOST"}
    for name, field in Settings.model_fields.items():
        assert re.search(rf"^#(\[)?{name}\b", text, re.MULTILINE), name
        assert " ".join((field.description or "?").split()) in " ".join(text.replace("\n# ", " ").split()), name
    assert shell.council("init").returncode == 2
    assert (shell.work / "council.toml").read_text() == text


def test_init_into_a_folder_named_with_an_escape_code_prints_none(shell) -> None:
    shell.write("re\x1b[31md/one.py", "x = 1\n")
    done = shell.council("init", "re\x1b[31md")
    assert done.returncode == 0 and "\\x1b[31m" in done.stderr and "\x1b" not in done.stderr


def test_every_line_that_init_writes_is_the_default_when_it_is_let_in(shell) -> None:
    shell.council("init")
    path = shell.work / "council.toml"
    lines = path.read_text().splitlines()
    # What has no default stays out, and so does what only a user may set.
    bare = [re.sub(r"^#(?! )", "", line) for line in lines if not re.match(r"#(\w+ =$|key_hosts )", line)]
    path.write_text("\n".join(bare))
    table = shown(shell)
    assert {name for name, entry in table.items() if entry["origin"] == "council.toml"} > {"policy", "gates", "store"}
    defaults = Settings(ollama_host="127.0.0.1:1").model_dump(mode="json")
    assert {name: entry["value"] for name, entry in table.items()} == defaults


def test_a_panel_on_the_command_line_goes_with_a_short_deadline(good) -> None:
    done = good.council("review", "one.py", "--panel", "frontier", "--set", "deadline_s=1", "-q")
    assert (done.returncode, done.stderr) == (3, ""), "what nobody set contradicts nothing"
