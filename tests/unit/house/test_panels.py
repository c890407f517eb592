"""The shipped panels, held against the price list of the installed litellm; and the shipped policies."""

from __future__ import annotations

import pytest

from council.models import is_listed, key_variable, known_price
from council.policies import list_panels, list_policies, load_panel, load_policy

SEATS = [(panel, seat) for panel in list_panels() for seat in load_panel(panel).seats]


def test_the_four_panels_are_shipped() -> None:
    assert list_panels() == ("economy", "frontier", "local", "story")
    assert list_policies() == ("base", "checks-only", "python-team")


@pytest.mark.parametrize(("panel", "seat"), SEATS, ids=[f"{panel}-{seat.model}" for panel, seat in SEATS])
def test_every_shipped_name_is_served_or_named_as_retired(panel: str, seat) -> None:
    if seat.model.startswith("ollama_chat/"):
        assert seat.key is None and known_price(seat.model).output_usd == 0
    elif seat.retired:
        assert not is_listed(seat.model), "it is served again: take the mark away"
        assert is_listed(seat.replacement)
    else:
        assert is_listed(seat.model), f"{seat.model} has left the price list: mark it as retired"
        assert known_price(seat.model) is not None
    assert seat.key == key_variable(seat.model)


def test_frontier_and_story_seat_one_model_of_each_of_four_makers() -> None:
    makers = ["openai", "anthropic", "gemini", "perplexity"]
    for panel in ("frontier", "story", "economy"):
        assert [seat.model.split("/")[0] for seat in load_panel(panel).seats] == makers


def test_the_story_is_that_of_the_first_advisory() -> None:
    names = [seat.model.split("/")[1] for seat in load_panel("story").seats]
    assert names == ["gpt-5.2", "claude-sonnet-4-5", "gemini-3-pro-preview", "sonar-pro"]


def test_checks_only_says_so_and_demands_tests() -> None:
    policy = load_policy("checks-only")
    assert policy.checks_only and policy.criterion("tests").required == "always"


def test_small_models_never_sit_by_default() -> None:
    from council.settings import Settings

    default = load_panel(Settings().panel)
    assert not any(seat.model.startswith("ollama") for seat in default.seats)
