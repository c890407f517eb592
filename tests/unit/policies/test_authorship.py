"""Who wrote the code does not judge it: by name, by family, by weights."""

from __future__ import annotations

import pytest

from council.errors import ModelBanned
from council.policies import Admission, Bench, ModelRule, Policy, authorship, named_bench, seat_for, seat_role
from council.policies.families import family_of
from council.types.calls import Reply
from council.types.submission import Origin

QWEN = Origin(model="qwen2.5-coder:1.5b", digest="d7372fd82851")


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("ollama_chat/qwen2.5-coder:1.5b", "qwen"),
        ("hf.co/Qwen/CodeQwen1.5-7B-GGUF:Q4_K_M", "qwen"),
        ("anthropic/claude-opus-5-5", "claude"),
        ("openrouter/anthropic/claude-sonnet-4.5", "claude"),
        ("openai/gpt-6-sol", "gpt"),
        ("chatgpt-4o-latest", "gpt"),
        ("gpt-oss:20b", "gptoss"),
        ("codellama:34b", "codellama"),
        ("llama3.1:8b", "llama"),
        ("smollm2:135m", "smollm"),
        ("starcoder2:15b", "starcoder"),
        ("granite-code:8b", "granite"),
        ("phi4:14b", "phi"),
        ("phind-codellama:34b", "phindcodellama"),
        ("perplexity/sonar-pro", None),
        ("a/one", None),
        ("", None),
    ],
)
def test_the_family_of_a_name(name: str, family: str | None) -> None:
    assert family_of(name) == family


@pytest.mark.parametrize(
    ("writer", "seat", "said"),
    [
        ("qwen2.5-coder:1.5b", "ollama_chat/qwen2.5-coder:1.5b", "it wrote this code"),
        ("qwen2.5-coder:1.5b", "hf.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF:Q8_0", "it wrote this code"),
        ("qwen2.5-coder:1.5b", "qwen3:32b", "of the family qwen, as is qwen2.5-coder:1.5b"),
        ("claude-sonnet-4-5", "anthropic/claude-opus-5-5", "of the family claude"),
        ("sonar-pro", "perplexity/sonar-pro", "it wrote this code"),
        ("our-own-model:7b", "ollama_chat/our-own-model:70b", "of the family ourownmodel"),
        ("codellama:34b", "llama3.1:8b", None),
        ("qwen2.5-coder:1.5b", "smollm2:135m", None),
        ("gpt-5.2", "gpt-oss:20b", None),
        ("a/one", "b/two", None),
        ("GitHub Copilot", "openai/gpt-6-sol", None),
    ],
)
def test_a_model_is_known_as_the_author(writer: str, seat: str, said: str | None) -> None:
    reason = authorship([Origin(model=writer)], seat)
    assert (reason is None) == (said is None)
    assert said is None or said in (reason or "")


def test_the_weights_tell_whatever_the_name_says() -> None:
    assert "has the weights of" in (authorship([QWEN], "mine", "sha256:" + "d7372fd82851" + "0" * 52) or "")
    assert authorship([QWEN], "mine", "sha256:" + "e" * 64) is None
    assert authorship([QWEN], "mine", "d737") is None, "four characters are no proof"


def test_a_fallback_that_wrote_the_code_is_not_asked_either() -> None:
    bench = named_bench(
        [seat_for("openai/gpt-6-sol", fallback="ollama_chat/qwen2.5:7b"), "ollama/qwen3:8b"], Policy(id="p", title="P")
    )
    known: Bench = bench.but(authors=(QWEN,))
    assert [seat.fallback for seat in bench.askable] == ["ollama_chat/qwen2.5:7b", None]
    assert [seat.fallback for seat in known.askable] == [None, None]
    assert list(known.recused) == [known.seats[1].name] and not bench.recused


def test_what_a_router_really_served_is_turned_away() -> None:
    admission, seat = Admission(Policy(id="p", title="P"), authors=(QWEN,)), seat_for("openrouter/auto")
    served = Reply(text="", model=seat.model, served_model="qwen/qwen-2.5-coder-32b-instruct")
    refusal = admission.turn_away(served, seat_role(seat, None))
    assert (
        refusal is not None and "qwen-2.5-coder-32b-instruct answered, and it is of the family qwen" in refusal.problem
    )
    assert admission.turn_away(served.but(served_model="gpt-6-sol"), seat_role(seat, None)) is None
    assert admission.refusals == [], "a recusal is no offence: the sitting goes on"


def test_a_ban_speaks_before_a_recusal() -> None:
    policy = Policy(id="p", title="P", models=(ModelRule(family="qwen", status="banned"),))
    admission, seat = Admission(policy, authors=(QWEN,)), seat_for("ollama_chat/qwen3:8b")
    refusal = admission.turn_away(Reply(text="", model=seat.model), seat_role(seat, None))
    assert isinstance(refusal, ModelBanned)
