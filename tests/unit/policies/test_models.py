"""What a policy says about a model, under every name it goes by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from council.policies import ModelRule, Policy, Standing, standing_of

CODELLAMA = "a6b29a2f1dd0" + "0" * 52
QWEN = "b7c3" * 16


def rules(*entries: dict[str, Any], **more: Any) -> Policy:
    return Policy(id="team", title="Team", models=tuple(ModelRule(**entry) for entry in entries), **more)


def ban(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "status": "banned", **more}


def status(policy: Policy, name: str, **more: Any) -> str:
    return standing_of(policy, name, **more).status


STORY = rules(ban("codellama:34b", reason="3 of 5 tests failed.", advisory="codellama-34b", replacement="qwen2.5:32b"))


@pytest.mark.parametrize(
    "name",
    [
        "codellama:34b",
        "CodeLlama-34b-Instruct",
        "codellama-34b",
        "codellama34b",
        "code-llama:34b",
        "Code Llama 34B",
        "code_llama_34b_instruct",
        "CODELLAMA:34B",
        "ollama_chat/codellama:34b-instruct-q4_K_M",
        "ollama/codellama:34b-code-q4_0",
        "ollama:codellama:34b",
        "registry.ollama.ai/library/codellama:34b",
        "localhost:5000/library/codellama:34b",
        "somebody/codellama:34b",
        "openrouter/meta-llama/codellama-34b-instruct",
        "openrouter/meta-llama/codellama-34b-instruct:free",
        "together_ai/codellama/CodeLlama-34b-Python-hf",
        "hf.co/TheBloke/CodeLlama-34B-Instruct-GGUF:Q4_K_M",
        "https://huggingface.co/TheBloke/CodeLlama-34B-GGUF/resolve/main/codellama-34b.Q5_K_S.gguf?download=true",
        "gguf:/models/codellama-34b-instruct.Q4_K_M.gguf",
        "C:\\models\\CodeLlama-34b.IQ3_XXS.gguf",
        "bartowski/meta_CodeLlama-34b-Instruct-GGUF",
        "meta.codellama-34b-instruct-v1:0",
        "codellama:34b@sha256:" + "c" * 64,
        "Phoenix/codellama-34b-AWQ-4bit-128g",
        "ｃｏｄｅｌｌａｍａ:34b",
        "code\u200bllama:34b",
    ],
)
def test_one_model_under_many_names(name: str) -> None:
    found = standing_of(STORY, name)
    assert (found.status, found.matched_by) == ("banned", "name")


@pytest.mark.parametrize(
    ("banned", "name"),
    [
        ("llama:3b", "codellama:3b"),
        ("llama:3b", "llama:13b"),
        ("llama:3b", "llama3:8b"),
        ("qwen2.5:3b", "qwen2.5:32b"),
        ("qwen2.5:3b", "qwen2.5-coder:3b"),
        ("qwen2.5:3b", "Qwen/Qwen2.5-Coder-3B-Instruct-GGUF"),
        ("qwen2.5:3b", "Qwen2.5-3B-Coder"),
        ("qwen2.5:32b", "qwen2.5-coder:32b"),
        ("qwen2.5:32b", "qwen2:32b"),
        ("qwen2.5:32b", "qwen25:32b"),
        ("qwen2.5-coder:5b", "qwen2.5-coder:1.5b"),
        ("qwen2.5-coder:0.5b", "qwen2.5-coder:1.5b"),
        ("codellama:34b", "codellama"),
        ("codellama:34b", "codellama:latest"),
        ("codellama:34b", "codellama:instruct"),
        ("codellama:34b", "phind-codellama:34b"),
        ("codellama:34b-python", "codellama:34b-instruct"),
        ("codellama:34b-python", "codellama:34b"),
        ("mistral:7b", "mixtral:8x7b"),
        ("gpt-5.2", "openai/gpt-5.2-mini"),
        ("gpt-5.2", "openai/gpt-5.1"),
        ("gpt-5.2", "openai/gpt-52"),
        ("claude-sonnet-4", "anthropic/claude-sonnet-4-5"),
        ("llama-3:8b", "llama3.1:8b"),
        ("mixtral:7b", "mixtral:8x7b"),
        ("starcoder:15b", "starcoder2:15b"),
        ("granite:34b", "granite-code:34b"),
    ],
)
def test_other_models_are_left_alone(banned: str, name: str) -> None:
    assert status(rules(ban(banned)), name) == "allowed"


@pytest.mark.parametrize(
    ("banned", "name"),
    [
        ("gpt-5.2", "openai/gpt-5.2-2025-12-11"),
        ("gpt-4", "gpt-4-0613"),
        ("gpt-4", "gpt-4-1106-preview"),
        ("claude-sonnet-4-5", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("claude-3.5-sonnet", "anthropic/claude-3-5-sonnet-20241022"),
        ("claude-sonnet-4-5", "vertex_ai/claude-sonnet-4-5@20250929"),
        ("llama3.1:8b", "Meta-Llama-3.1-8B-Instruct"),
        ("llama3.1:8b", "fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct"),
        ("qwen2.5-coder:1.5b", "qwen2_5-coder-1_5b-instruct-q4_k_m.gguf"),
        ("qwen3:8b", "bartowski/Qwen_Qwen3-8B-GGUF"),
        ("mistral:7b", "mistralai/Mistral-7B-Instruct-v0.2"),
        ("mixtral:8x7b", "mistralai/Mixtral-8x7B-Instruct-v0.1"),
        ("codellama:34b-python", "CodeLlama-34b-Python-hf"),
        ("codellama", "codellama:7b"),
        ("qwen2.5-coder:32b", "qwen2.5:32b-coder"),
        ("deepseek-coder-v2:16b", "deepseek-coder-v2:16b-lite-instruct-q4_0"),
        ("qwen2.5:7.0b", "qwen2.5:7b"),
        ("granite-code:34b", "ibm-granite/granite-34b-code-instruct-8k"),
        ("granite-code:34b", "granitecode:34b"),
        ("codellama:34b-code", "CodeLlama-34b-code"),
    ],
)
def test_other_ways_to_say_it(banned: str, name: str) -> None:
    assert status(rules(ban(banned)), name) == "banned"


def test_a_copy_is_known_by_its_weights() -> None:
    known = {"codellama:34b": CODELLAMA, "mine:latest": CODELLAMA, "qwen2.5:32b": QWEN, "codellama:latest": CODELLAMA}
    copy = standing_of(STORY, "mine", known_digests=known)
    assert (copy.status, copy.matched_by, copy.same_as) == ("banned", "digest", "codellama:34b")
    assert "the weights of codellama:34b" in copy.reason
    assert status(STORY, "ollama_chat/mine", known_digests=known) == "banned"
    assert standing_of(STORY, "codellama", known_digests=known).matched_by == "digest"
    assert status(STORY, "qwen2.5:32b", known_digests=known) == "allowed"
    assert status(STORY, "other", digest="sha256:" + CODELLAMA, known_digests=known) == "banned"
    assert status(STORY, "mine") == "allowed", "without digests nobody can know"


def test_a_rule_may_hold_digests() -> None:
    policy = rules(ban("codellama:34b", digests=("sha256:" + CODELLAMA[:12],)))
    assert standing_of(policy, "mine", digest=CODELLAMA).matched_by == "digest"
    assert standing_of(policy, f"mine@sha256:{CODELLAMA}").matched_by == "digest"
    assert status(policy, "mine", digest=QWEN) == "allowed"
    short = rules(ban("codellama:34b", digests=(CODELLAMA[:11],)))
    assert status(short, "mine", digest=CODELLAMA) == "allowed", "eleven characters are too few to tell"


def test_a_short_digest_of_two_models_means_nothing() -> None:
    assert status(STORY, "mine", digest="a6", known_digests={"codellama:34b": "a6"}) == "allowed"


def test_aliases_and_families() -> None:
    policy = rules(ban("codellama:34b", aliases=("house-model",)), {"family": "starcoder", "status": "banned"})
    assert standing_of(policy, "ollama/house-model:latest").matched_by == "alias"
    assert standing_of(policy, "bigcode/StarCoder-15B").matched_by == "family"
    assert standing_of(policy, "starcoder-plus:15b").matched_by == "family"
    assert status(policy, "starcoder2:15b") == "banned", "a family has every version of it"
    assert status(rules({"family": "starcoder2", "status": "banned"}), "starcoder:15b") == "allowed"
    llama = rules({"family": "llama", "status": "banned"})
    assert status(llama, "llama3.1:8b") == "banned" and status(llama, "codellama:34b") == "allowed"
    qwen2 = rules({"family": "qwen2", "status": "banned"})
    assert status(qwen2, "qwen2-math:7b") == "banned" and status(qwen2, "qwen2.5:7b") == "allowed"


def test_the_family_a_server_tells_counts_for_refusals_only() -> None:
    assert status(rules({"family": "llama", "status": "banned"}), "mine", family="llama") == "banned"
    allow = rules({"family": "llama", "status": "allowed"}, unlisted_models="banned")
    assert status(allow, "mine", family="llama") == "banned"
    assert status(allow, "llama3:8b") == "allowed"


def test_the_worst_rule_wins_but_a_permission_by_name_speaks_before_a_discouraged_family() -> None:
    name, family = {"name": "codellama:7b"}, {"family": "codellama"}

    def both(of_name: str, of_family: str) -> str:
        return status(rules({**name, "status": of_name}, {**family, "status": of_family}), "codellama:7b")

    assert both("recommended", "discouraged") == "recommended"
    assert both("allowed", "discouraged") == "allowed"
    assert both("recommended", "banned") == "banned"
    assert both("discouraged", "recommended") == "discouraged"
    assert both("discouraged", "banned") == "banned"
    assert both("recommended", "allowed") == "recommended", "what is said of the model itself"
    twice = rules({**name, "status": "allowed"}, {"name": "CodeLlama-7B", "status": "discouraged"})
    assert status(twice, "codellama:7b") == "discouraged", "two rules by name: the worst"


def test_expiry() -> None:
    day = date(2026, 1, 31)
    for kind, after in (("recommended", "allowed"), ("allowed", "allowed"), ("discouraged",) * 2, ("banned",) * 2):
        policy = rules({"name": "m:1b", "status": kind, "expires": day})
        assert status(policy, "m:1b", on=day) == kind, "the day itself still counts"
        assert status(policy, "m:1b", on=date(2026, 2, 1)) == after
    shut = rules({"name": "m:1b", "status": "allowed", "expires": day}, unlisted_models="banned")
    assert status(shut, "m:1b", on=date(2026, 2, 1)) == "banned"


def test_uses() -> None:
    drafts = {"name": "qwen2.5:3b", "status": "recommended", "uses": ("drafts",)}
    assert status(rules(drafts), "qwen2.5:3b", use="drafts") == "recommended"
    final = standing_of(rules(drafts), "qwen2.5:3b", use="final")
    assert final.status == "discouraged" and "its permission is for drafts only" in final.reason
    shut = standing_of(rules(drafts, unlisted_models="banned"), "qwen2.5:3b", use="final")
    assert shut.banned and "drafts only" in shut.reason
    assert status(rules(ban("qwen2.5:3b", uses=("drafts",))), "qwen2.5:3b", use="final") == "banned"
    wider = rules(drafts, {"family": "qwen2.5", "status": "allowed"})
    assert status(wider, "qwen2.5:3b", use="final") == "discouraged", "what is said of the model itself"


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("qwen2.5:32b", True),
        ("ollama_chat/qwen2.5:32b-instruct-q4_K_M", True),
        ("hf.co/bartowski/Qwen2.5-32B-Instruct-GGUF:Q4_K_M", True),
        ("qwen2.5:32b-uncensored", False),
        ("somebody/qwen2.5-32b-mine", False),
        ("qwen2.5:3b", False),
        ("qwen2.5", False),
        ("qwen2.5-coder:32b", False),
        ("someone-else", False),
        ("", False),
        (":", False),
        ("///", False),
    ],
)
def test_a_list_of_permissions_fails_closed(name: str, allowed: bool) -> None:
    policy = rules({"name": "qwen2.5:32b", "status": "allowed"}, unlisted_models="banned")
    found = standing_of(policy, name)
    assert found.banned is not allowed
    assert allowed or "is not among them" in found.reason


def test_an_empty_name_in_a_rule_matches_nothing() -> None:
    assert status(rules(ban(":"), {"family": "-", "status": "banned"}), "anything:1b") == "allowed"


def test_order_decides_nothing() -> None:
    entries = [
        ban("a:1b"),
        {"name": "A-1B", "status": "banned", "reason": "twice"},
        {"family": "a", "status": "banned"},
    ]
    found = {standing_of(rules(*order), "a:1b").rule for order in (entries, entries[::-1])}
    assert len(found) == 1


def test_the_sentence_and_what_to_type() -> None:
    found = standing_of(STORY, "ollama_chat/CodeLlama:34b")
    assert found.reason == (
        "ollama_chat/CodeLlama:34b is banned by policy team (rule codellama:34b): 3 of 5 tests failed."
        " Advisory: codellama-34b"
    )
    assert found.remedy() == "Use: --model qwen2.5:32b"
    assert found.remedy("--seat", prefix="ollama_chat/") == "Use: --seat ollama_chat/qwen2.5:32b"
    assert found.remedy("--set fallback_model=") == "Use: --set fallback_model=qwen2.5:32b"


def test_hostile_words_stay_words() -> None:
    policy = rules(ban("m:1b", reason="no\x1b[31m\nway", advisory="a\u202eb", replacement="x; rm -rf ~"))
    found = standing_of(policy, "m:1b")
    assert "\x1b" not in found.reason and "\n" not in found.reason and "\u202e" not in found.reason
    assert found.remedy() == "Use: --model 'x; rm -rf ~'"
    assert isinstance(found, Standing)
