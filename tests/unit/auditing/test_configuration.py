"""Tools that are told to use a model, and files that only speak of one."""

from __future__ import annotations

import pytest

from council.auditing.configuration import read_configuration
from council.auditing.names import Names

NAMES = Names()
TOLD = [
    (".env", "OLLAMA_MODEL=codellama:34b"),
    ("run.sh", 'export OLLAMA_MODEL="codellama:34b"'),
    ("run.sh", "OLLAMA_MODEL=${OLLAMA_MODEL:-codellama:34b}"),
    ("run.sh", "make && ollama run codellama:34b < prompt"),
    ("run.sh", "aider --model ollama/codellama:34b"),
    (".github/workflows/ci.yml", "      - run: ollama pull codellama:34b"),
    (".github/workflows/ci.yml", "      OLLAMA_MODEL: codellama:34b"),
    ("docker-compose.yml", '      - "OLLAMA_MODEL=codellama:34b"'),
    ("Dockerfile", "ENV OLLAMA_MODEL codellama:34b"),
    ("Dockerfile", 'CMD ["ollama", "run", "codellama:34b"]'),
    ("Modelfile", "FROM codellama:34b"),
    ("models/coder.Modelfile", "FROM codellama:34b"),
    ("council.toml", 'model = "codellama:34b"'),
    ("council.toml", 'seats = ["ollama_chat/codellama:34b"]'),
    ("pyproject.toml", '[tool.council]\ndraft_model = "codellama:34b"'),
    (".aider.conf.yml", "model: ollama/codellama:34b"),
    (".aider.model.settings.yml", "- name: x\n  weak_model_name: ollama/codellama:34b"),
    (".continue/config.json", '  "model": "codellama:34b",'),
    (".continue/config.yaml", "    model: codellama:34b"),
    ("litellm_config.yaml", "      model: ollama/codellama:34b"),
    ("proxy.yaml", "model_list:\n  - litellm_params:\n      model: ollama/codellama:34b"),
]
SPOKEN = [
    (".env", "# OLLAMA_MODEL=codellama:34b"),
    (".env", "OLLAMA_HOST=codellama:34"),
    ("run.sh", 'if [ "$OLLAMA_MODEL" = "codellama:34b" ]; then exit 1; fi'),
    ("run.sh", "# ollama pull codellama:34b"),
    ("run.sh", "curl https://example.org/codellama.sh"),
    ("README.md", "    ollama pull codellama:34b"),
    ("test_env.py", 'os.environ["OLLAMA_MODEL"] = "codellama:34b"'),
    ("results.json", '{"model": "codellama:34b", "passed": 0.1}'),
    ("results.csv", "model,codellama:34b"),
    ("policy.toml", '[[models]]\nname = "codellama:34b"\nstatus = "banned"'),
    ("pyproject.toml", '[tool.other]\nmodel = "codellama:34b"'),
    ("Dockerfile", "FROM python:3.12"),
    ("Dockerfile", "FROM codellama:34b"),
]


@pytest.mark.parametrize(("path", "text"), TOLD)
def test_a_tool_is_told(path: str, text: str) -> None:
    found = read_configuration(path, f"{text}\n", NAMES)
    assert [setting.model.rpartition("/")[2] for setting in found] == ["codellama:34b"]
    assert found[0].line == len(text.splitlines())


@pytest.mark.parametrize(("path", "text"), SPOKEN)
def test_a_file_only_speaks_of_a_model(path: str, text: str) -> None:
    assert read_configuration(path, f"{text}\n", NAMES) == []
