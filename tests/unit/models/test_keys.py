from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, sys
from council.errors import ModelDenied
from council.models import LiteLLMClient
from council.settings import Settings
from council.types.calls import Call, Message
call = Call(model=sys.argv[1], messages=(Message(role="user", content="x"),))
try:
    asyncio.run(LiteLLMClient(Settings()).complete(call))
except ModelDenied as error:
    print(error.problem, "litellm" in sys.modules, error.attempts)
"""


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("openai/gpt-5.2", "OPENAI_API_KEY"),
        ("gpt-5.2", "OPENAI_API_KEY"),
        ("anthropic/claude-opus-5-5", "ANTHROPIC_API_KEY"),
        ("gemini/gemini-4-argon", "GEMINI_API_KEY"),
        ("perplexity/sonar-pro", "PERPLEXITYAI_API_KEY"),
    ],
)
def test_a_missing_key_is_told_at_once(model: str, variable: str) -> None:
    """Nothing is imported and nothing is sent; a key of blanks is no key."""
    environment = {name: value for name, value in os.environ.items() if "KEY" not in name} | {variable: "  "}
    done = subprocess.run([sys.executable, "-c", PROGRAM, model], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == f"{variable} is not set False 0", done.stderr
