"""However a name is decorated, a ban finds it; and it finds nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from council.policies import ModelRule, Policy, standing_of
from council.policies.names import read_name

NAMES = (
    "codellama:7b", "codellama:13b", "codellama:34b", "codellama:70b", "llama2:7b", "llama3:8b", "llama3.1:8b",
    "llama3.1:70b", "llama3.2:1b", "llama3.2:3b", "mistral:7b", "mixtral:8x7b", "mixtral:8x22b", "qwen2:7b",
    "qwen2.5:0.5b", "qwen2.5:1.5b", "qwen2.5:3b", "qwen2.5:7b", "qwen2.5:32b", "qwen2.5-coder:0.5b",
    "qwen2.5-coder:1.5b", "qwen2.5-coder:3b", "qwen2.5-coder:32b", "qwen3:8b", "qwen3-coder:30b", "gemma:2b",
    "gemma2:2b", "gemma2:27b", "gemma3:27b", "phi3:3.8b", "phi4:14b", "smollm2:135m", "smollm2:360m", "smollm2:1.7b",
    "starcoder:15b", "starcoder2:15b", "deepseek-coder:6.7b", "deepseek-coder:33b", "deepseek-coder-v2:16b",
    "wizardcoder:34b", "phind-codellama:34b", "granite-code:34b", "yi-coder:9b", "command-r:35b", "gpt-oss:20b",
)  # fmt: skip
"""As Ollama lists them: no two are the same model."""

ROUTES = (
    "", "ollama/", "ollama_chat/", "registry.ollama.ai/library/", "hf.co/TheBloke/", "huggingface.co/bartowski/",
    "https://huggingface.co/somebody/", "openrouter/meta-llama/", "together_ai/some/", "fireworks_ai/accounts/x/models/",
    "replicate/meta/", "localhost:11434/library/", "gguf:/models/", "./models/", "C:\\models\\", "ollama:", "somebody/",
)  # fmt: skip
TUNED = ("", "-instruct", "-Instruct", "-chat", "-hf", "-it", "-base", "-python-hf", "-Instruct-v0.2", "_instruct")
PACKED = (
    "", "-GGUF", "-GGUF:Q4_K_M", ":Q5_K_S", "-q4_0", "-q4_K_M", "-Q8_0", ".Q4_K_M.gguf", "-AWQ", "-GPTQ-4bit", "-fp16",
    "-IQ3_XXS", ":latest", "-mlx-4bit", "-bnb-4bit", "@sha256:" + "9" * 64,
)  # fmt: skip
SEPARATORS = (":", "-", "_", " ", "--")


@st.composite
def decorated(draw: st.DrawFn, name: str) -> str:
    """Write one name as somebody, somewhere, writes it."""
    stem, _, size = name.partition(":")
    separator = draw(st.sampled_from(SEPARATORS))
    stem = stem.replace("-", draw(st.sampled_from(("-", "_", ""))))
    if draw(st.booleans()):
        stem = stem.replace("llama", "-llama").lstrip("-").replace("--", "-")
    text = stem + separator + size + draw(st.sampled_from(TUNED)) + draw(st.sampled_from(PACKED))
    case = draw(st.sampled_from((str, str.upper, str.title, str.swapcase)))
    return draw(st.sampled_from(ROUTES)) + case(text)


def banning(*names: str, status: str = "banned") -> Policy:
    rules = tuple(ModelRule(name=name, status=status) for name in names)  # type: ignore[arg-type]
    return Policy(id="team", title="Team", models=rules)


@given(data=st.data(), name=st.sampled_from(NAMES))
def test_no_decoration_escapes_a_ban(data: st.DataObject, name: str) -> None:
    assert standing_of(banning(name), data.draw(decorated(name))).banned


@given(data=st.data(), pair=st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] != p[1]))
def test_no_other_model_is_hit(data: st.DataObject, pair: tuple[str, str]) -> None:
    banned, other = pair
    assert standing_of(banning(banned), data.draw(decorated(other))).status == "allowed"


@given(data=st.data(), name=st.sampled_from(NAMES))
def test_a_copy_with_the_same_weights_is_banned_whatever_it_is_called(data: st.DataObject, name: str) -> None:
    digest = data.draw(st.text("0123456789abcdef", min_size=64, max_size=64))
    copy = data.draw(st.text(st.characters(codec="ascii", categories=("Ll", "Nd")), min_size=1, max_size=12))
    known = {name: digest, f"{copy}:latest": f"sha256:{digest}"}
    assert standing_of(banning(name), copy, known_digests=known).banned
    assert standing_of(banning(name), "anything:1b", digest=digest.upper(), known_digests=known).banned


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_a_name(rule: str, name: str) -> None:
    """No text crashes, and none breaks out of the line."""
    found = standing_of(banning(rule or "x"), name)
    assert found.status in ("allowed", "banned") and "\n" not in found.reason


@given(
    st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs")), max_size=40), st.text("abxyz", min_size=1)
)
def test_a_name_is_banned_by_itself(more: str, word: str) -> None:
    name = f"{more} {word}"
    found = standing_of(banning(name), name)
    assert found.banned or not found_words(name)


def found_words(name: str) -> bool:
    """Whether anything of the name is left when its route and packing are taken away."""
    return bool(read_name(name).stem)


STATUSES = st.sampled_from(("recommended", "allowed", "discouraged", "banned"))


@given(st.lists(st.tuples(st.sampled_from(NAMES[:6]), STATUSES), max_size=6), st.sampled_from(NAMES[:6]), st.randoms())
def test_the_order_of_rules_never_decides(entries: list[tuple[str, str]], name: str, chance: object) -> None:
    rules = [ModelRule(name=n, status=s) for n, s in entries]  # type: ignore[arg-type]
    one = standing_of(Policy(id="t", title="T", models=tuple(rules)), name)
    chance.shuffle(rules)  # type: ignore[attr-defined]
    assert standing_of(Policy(id="t", title="T", models=tuple(rules)), name) == one


@given(st.lists(st.tuples(st.sampled_from(NAMES[:6]), STATUSES), max_size=6), st.sampled_from(NAMES[:6]))
def test_one_more_ban_never_lets_a_model_in(entries: list[tuple[str, str]], name: str) -> None:
    rules = tuple(ModelRule(name=n, status=s) for n, s in entries)  # type: ignore[arg-type]
    more = (*rules, ModelRule(name=name, status="banned"))
    assert standing_of(Policy(id="t", title="T", models=more), name).banned
