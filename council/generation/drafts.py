"""Which models are small: what they write is a draft, and says so."""

from __future__ import annotations

import re

from council.errors import CouncilError
from council.protocols import ModelHost

SMALL = 3_000_000_000
"""What a model of so many parameters or fewer writes is a draft."""
_COUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMBT]?)\s*", re.IGNORECASE)
_STEPS = {"": 1, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


async def small_size(host: ModelHost, model: str) -> str | None:
    """Return how large a small model is, as its host says it (``494.03M``); ``None`` for a large or unknown one."""
    bare = model.removeprefix("ollama_chat/").removeprefix("ollama/")
    names = {model, bare, bare if ":" in bare else f"{bare}:latest"}
    try:
        known = await host.models()
    except CouncilError:
        return None
    said = next((entry.parameters for entry in known if entry.name in names), None)
    return said if is_small(said) else None


def is_small(parameters: str | None) -> bool:
    """Whether a model of so many parameters, as hosts write it, is a small one; an unknown number is not."""
    count = count_parameters(parameters)
    return count is not None and count <= SMALL


def count_parameters(words: str | None) -> float | None:
    """Return a number of parameters as hosts write it; ``None`` when it cannot be read.

    >>> count_parameters("494.03M"), count_parameters("1.5B"), count_parameters("many")
    (494030000.0, 1500000000.0, None)
    """
    match = _COUNT.fullmatch(words or "")
    return None if match is None else float(match[1]) * _STEPS[match[2].upper()]
