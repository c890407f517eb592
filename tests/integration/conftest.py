"""A real Ollama and a server that speaks the OpenAI dialect, for every integration test that wants one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
START = ROOT / "tests" / "ollama" / "start"
OPENAI_SERVER = ROOT / "benchmarks" / "openai_server.py"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all tests with the real Ollama on one worker: one server, one model in memory at a time."""
    for item in items:
        if item.get_closest_marker("ollama"):
            item.add_marker(pytest.mark.xdist_group("ollama"))


@contextmanager
def program(arguments: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a program beside the tests and end it, whatever happens."""
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture(scope="session")
def ollama_host() -> Iterator[str]:
    """HOST:PORT of a real Ollama that lives as long as this test process.

    ``COUNCIL_TEST_OLLAMA=HOST:PORT`` names one that runs already.
    """
    running = os.environ.get("COUNCIL_TEST_OLLAMA")
    if running:
        yield running
        return
    with program(["bash", str(START), "--beside", str(os.getpid())], stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        line = process.stdout.readline().strip()
        if not line.startswith("OLLAMA_HOST="):
            reason = process.stderr.read().strip().splitlines()
            pytest.skip(reason[-1] if reason else "no Ollama for the tests starts here")
        yield line.removeprefix("OLLAMA_HOST=")


@pytest.fixture(scope="session")
def small_model(ollama_host: str) -> str:
    """The smallest model of the real Ollama."""
    return _present(ollama_host, "smollm2:135m")


@pytest.fixture(scope="session")
def ollama_model(ollama_host: str) -> str:
    """A model of the real Ollama that writes code, sometimes right."""
    return _present(ollama_host, "qwen2.5-coder:0.5b")


def _present(host: str, model: str) -> str:
    with urllib.request.urlopen(f"http://{host}/api/tags", timeout=30) as answer:
        names = {entry["name"] for entry in json.load(answer)["models"]}
    if model not in names:
        pytest.skip(f"the Ollama for the tests has no {model}: run tests/ollama/setup")
    return model


class OpenAIServer:
    """The loopback server of benchmarks/: what a call gets depends on the model it names."""

    def __init__(self, address: str) -> None:
        self.address = address

    def stats(self) -> dict[str, Any]:
        """Return how often each model was asked, when, and what was left before its end."""
        with urllib.request.urlopen(self.address.replace("/v1", "/stats"), timeout=10) as answer:
            shown: dict[str, Any] = json.load(answer)
        return shown


@pytest.fixture
def openai_server() -> Iterator[Callable[..., OpenAIServer]]:
    """Start the server with its options: ``openai_server("--delay", "0.2")``."""
    opened = []

    def start(*options: str) -> OpenAIServer:
        context = program([sys.executable, str(OPENAI_SERVER), *options])
        process = context.__enter__()
        opened.append(context)
        assert process.stdout is not None
        return OpenAIServer(process.stdout.readline().strip())

    yield start
    for context in opened:
        context.__exit__(None, None, None)
