"""The families of models that are known by name, and which of two names are kin.

``FAMILIES`` and ``WITH_NUMBER`` are the tables to extend. ``~`` stands for a separator that may be missing.
"""

from __future__ import annotations

import re

from council.policies.names import read_name

FAMILIES = (
    "code~llama", "wizard~coder", "wizard~lm", "phind~code~llama", "star~coder", "starcoder2", "santa~coder",
    "deep~seek", "qwen", "qwq", "codestral", "devstral", "mistral", "mixtral", "ministral", "magistral", "code~gemma",
    "gemma", "gemini", "code~gee~x", "chat~gpt", "claude", "smol~lm", "stable~code", "code~qwen", "magi~coder",
    "open~code~interpreter", "open~coder", "code~booga", "code~up", "tiny~llama", "open~hermes", "nous~hermes",
    "vicuna", "code~t5", "in~coder", "poly~coder", "granite~code", "yi~coder", "sql~coder", "duckdb~nsql", "athene",
    "exaone", "command~r", "glm~4", "chat~glm", "kimi", "grok", "nemotron", "tulu", "olmo", "dolphin~coder",
    "dolphin~mixtral", "dolphin~mistral", "gpt~oss", "llama",
)  # fmt: skip
"""Names that stand for a model wherever they stand behind a wording."""
WITH_NUMBER = (
    "gpt", "phi", "falcon", "solar", "yi", "granite", "granite~3", "llama~guard", "glm", "aya", "zephyr", "alpaca",
)  # fmt: skip
"""Names that mean something else as well: these count with a version, a size or a tag behind them."""
_KIN = {"chatgpt": "gpt", "codeqwen": "qwen", "qwq": "qwen", "codegemma": "gemma", "granitecode": "granite"}
"""Names of another sound for what the same makers trained on the same data."""


def family_of(name: str) -> str | None:
    """Return the family a model belongs to, or ``None`` where its name is in no table.

    >>> family_of("ollama_chat/qwen2.5-coder:1.5b"), family_of("anthropic/claude-opus-5-5"), family_of("codellama:34b")
    ('qwen', 'claude', 'codellama')
    """
    stem = read_name(name).stem
    if not stem:
        return None
    whole = "".join(stem)
    plain = {_letters(entry) for entry in FAMILIES}
    found = max((entry for entry in plain if whole.startswith(entry)), key=len, default=None)
    if found is None:
        found = next((entry for entry in map(_letters, WITH_NUMBER) if stem[0] == entry), None)
    return None if found is None else _KIN.get(found, found)


def are_kin(one: str, other: str) -> bool:
    """Return whether two names mean one model or models of one family; a name of no table is kin to its own sizes."""
    family, theirs = family_of(one), family_of(other)
    if family is None or theirs is None:
        return family is theirs and read_name(one).stem == read_name(other).stem != ()
    return family == theirs


def _letters(entry: str) -> str:
    """Return an entry of a table as it stands in a stem, without the version it may end with."""
    return re.sub(r"\d+$", "", entry.replace("~", ""))
