from __future__ import annotations

import datetime
import subprocess
import sys
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.models import estimate_cost, is_listed, known_price, retires_on
from council.resources import shipped

SEATS = [
    (path.stem, seat)
    for path in sorted((shipped("policies") / "panels").glob("*.toml"))
    for seat in tomllib.loads(path.read_text(encoding="utf-8"))["seats"]
    if not seat["model"].startswith("ollama")
]


@pytest.mark.parametrize(("panel", "seat"), SEATS, ids=[f"{panel}-{seat['model']}" for panel, seat in SEATS])
def test_every_shipped_seat_is_in_the_price_list_or_called_retired(panel: str, seat: dict[str, str]) -> None:
    assert is_listed(seat["model"]) != ("retired" in seat)
    assert is_listed(seat.get("replacement", seat["model"]))
    if "retired" not in seat:
        assert known_price(seat["model"]) is not None


def test_a_provider_is_part_of_a_name() -> None:
    assert is_listed("openai/gpt-5.2") and is_listed("gpt-5.2")
    assert not is_listed("anthropic/gpt-5.2")
    assert not is_listed("sample_spec") and not is_listed("")


def test_an_unknown_price_is_not_zero() -> None:
    assert known_price("openai/my-own-model") is None
    assert estimate_cost("openai/my-own-model", 100, 100) is None


def test_only_a_local_model_is_free() -> None:
    assert estimate_cost("ollama_chat/smollm2:135m", 10_000, None) == 0.0
    price = known_price("openai/gpt-5.2")
    assert price is not None and price.input_usd > 0 and price.output_usd > 0


def test_the_search_fee_is_part_of_the_estimate() -> None:
    price = known_price("perplexity/sonar-pro")
    assert price is not None
    assert (estimate_cost("perplexity/sonar-pro", 0, 100) or 0) > 100 * price.output_usd


@given(st.integers(0, 2_000_000), st.integers(1, 200_000))
def test_the_estimate_is_never_below_the_list_price(size: int, tokens: int) -> None:
    for model in ("openai/gpt-5.2", "openai/gpt-6.1-sol", "anthropic/claude-opus-5-5", "gemini/gemini-4-argon"):
        price, estimate = known_price(model), estimate_cost(model, size, tokens)
        assert price is not None and estimate is not None
        assert estimate >= (size * price.input_usd + tokens * price.output_usd) * (1 - 1e-9)


def test_the_day_of_retirement_is_a_day_or_unknown() -> None:
    assert retires_on("openai/no-such-model") is None
    day = retires_on("anthropic/claude-sonnet-4-5")
    assert day is None or datetime.date.fromisoformat(day)


def test_prices_and_retirements_are_read_without_litellm() -> None:
    code = (
        "import sys, council.models as m; m.is_listed('gpt-5.2'), m.retires_on('gpt-5.2'), m.has_key('gpt-5.2');"
        "sys.exit('litellm' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
