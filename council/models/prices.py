"""What models cost and when they retire, read from the price list inside the installed litellm without importing it."""

from __future__ import annotations

import importlib.util
import json
import math
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from council.types.base import Record

_LIST = "model_prices_and_context_window_backup.json"
_LOCAL = ("ollama", "ollama_chat")
_TIER = re.compile(r"^(input|output)_cost_per_token_above_(\d+)k_tokens$")


class Price(Record):
    """What a token costs, in US dollars."""

    input_usd: float
    output_usd: float


def is_listed(model: str) -> bool:
    """Whether the installed litellm's price list knows the model. Local models are in no list.

    >>> is_listed("openai/gpt-5.2"), is_listed("openai/no-such-model")
    (True, False)
    """
    return _entry(model) is not None


def known_price(model: str) -> Price | None:
    """Return the list price of a model: zero for one that runs here, ``None`` when nobody has said what it costs."""
    if model.partition("/")[0] in _LOCAL or model.startswith("gguf:"):
        return Price(input_usd=0.0, output_usd=0.0)
    entry = _entry(model) or {}
    prices = [entry.get("input_cost_per_token"), entry.get("output_cost_per_token")]
    if not all(isinstance(price, int | float) for price in prices):
        return None
    return Price(input_usd=float(prices[0]), output_usd=float(prices[1]))  # type: ignore[arg-type]


def retires_on(model: str) -> str | None:
    """Return the day (``YYYY-MM-DD``) from which the provider no longer serves the model, where the list knows it."""
    day = (_entry(model) or {}).get("deprecation_date")
    return day if isinstance(day, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", day) else None


def takes_schema(model: str) -> bool | None:
    """Whether the model can be held to a JSON Schema; ``None`` when the list does not know the model."""
    entry = _entry(model)
    return None if entry is None else bool(entry.get("supports_response_schema"))


def estimate_cost(model: str, prompt_bytes: int, max_tokens: int | None) -> float | None:
    """Return the most one call could cost, in US dollars; ``None`` when the price or the longest reply is unknown.

    A token is at least one byte of UTF-8, so the prompt has at most ``prompt_bytes`` tokens: three or four times too
    many for ordinary code, and never too few. Dearer tiers for long prompts and a search fee are counted.
    """
    price = known_price(model)
    if price is None:
        return None
    entry = _entry(model) or {}
    longest = max_tokens or entry.get("max_output_tokens")
    if price.output_usd == 0.0 and price.input_usd == 0.0:
        return 0.0
    if not isinstance(longest, int | float):
        return None
    dearest = {"input": price.input_usd, "output": max(price.output_usd, _number(entry, "output_cost_per_reasoning"))}
    for name, value in entry.items():
        tier = _TIER.match(name)
        if tier and isinstance(value, int | float) and prompt_bytes > int(tier[2]) * 1000:
            dearest[tier[1]] = max(dearest[tier[1]], float(value))
    fees = entry.get("search_context_cost_per_query")
    searching = model.startswith("perplexity/") and isinstance(fees, Mapping)
    fee = max((v for v in fees.values() if isinstance(v, int | float)), default=0.0) if searching and fees else 0.0
    return math.fsum((prompt_bytes * dearest["input"], longest * dearest["output"], fee))


def _number(entry: Mapping[str, Any], name: str) -> float:
    value = entry.get(name + "_token")
    return float(value) if isinstance(value, int | float) else 0.0


def _entry(model: str) -> Mapping[str, Any] | None:
    """Look a model up as litellm names it, and without its provider where the entry is that provider's."""
    prices = _price_list()
    if model in prices:
        return prices[model]
    head, _, tail = model.partition("/")
    entry = prices.get(tail)
    return entry if entry is not None and entry.get("litellm_provider") == head else None


@cache
def _price_list() -> dict[str, dict[str, Any]]:
    spec = importlib.util.find_spec("litellm")
    if spec is None or spec.origin is None:
        return {}
    try:
        table = json.loads(Path(spec.origin).with_name(_LIST).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # a litellm that keeps its list elsewhere: every price is unknown then
        return {}
    return {name: entry for name, entry in table.items() if isinstance(entry, dict) and name != "sample_spec"}
