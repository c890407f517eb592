"""A real Ollama writes two tasks of the shipped suite. Structure and honesty are asserted, never its code."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytestmark = pytest.mark.ollama


def test_a_small_model_over_two_shipped_tasks(bench: Any, ollama_host: str, small_model: str) -> None:
    words = ["bench", "run", "core", "--model", small_model, "--task", "is_leap_year", "--task", "clamp"]
    words += ["--set", "reply_tokens=160", "--set", "context_tokens=2048", "--policy", "quick.toml", "--format", "json"]
    done = bench.council(*words, "--record", "real", OLLAMA_HOST=ollama_host)
    shown = json.loads(done.stdout)
    (model,) = shown["models"]
    assert model["name"] == small_model and model["size_bytes"] > 1e7 and model["load_s"] > 0
    assert model["memory"]["fit"] in ("cpu", "fits", "spilled") and model["memory"]["size_bytes"] > 1e7
    assert len(model["digest"]) == 64 and shown["machine"]["server"].startswith("Ollama ")
    assert len(shown["samples"]) == 2 and shown["state"] == "finished"
    for sample in shown["samples"]:
        assert sample["outcome"] in ("passed", "failed", "no_code")
        assert 0 < sample["first_token_s"] <= sample["duration_s"] and 0 < sample["completion_tokens"] <= 160
    replayed = json.loads(bench.council(*words, "--replay", "real").stdout)
    for table in (shown["table"], replayed["table"]):
        table.pop("benchmark_ids")
    assert replayed["table"] == shown["table"] and replayed["models"] == shown["models"]
