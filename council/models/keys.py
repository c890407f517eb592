"""Which environment variable holds whose key. Only names are known here, and whether something stands behind them."""

from __future__ import annotations

from council.errors import ModelDenied
from council.policies import seat_for
from council.settings import provider_keys
from council.types.calls import Call

KEY_VARIABLES: dict[str, tuple[str, ...]] = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "perplexity": ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"),
    "mistral": ("MISTRAL_API_KEY",),
    "groq": ("GROQ_API_KEY",),
    "xai": ("XAI_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY", "OR_API_KEY"),
    "together_ai": ("TOGETHERAI_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHER_API_KEY", "TOGETHER_AI_TOKEN"),
    "azure": ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_AD_TOKEN", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_ID"),
    "cohere": ("COHERE_API_KEY", "CO_API_KEY"),
    "fireworks_ai": ("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"),
}
"""The variables litellm looks into, by provider; the first is the one to tell people about."""


def key_variable(model: str) -> str | None:
    """Return the variable a model's key is read from, or ``None`` when it needs none or nobody knows.

    >>> key_variable("anthropic/claude-opus-5-5"), key_variable("ollama_chat/smollm2:135m")
    ('ANTHROPIC_API_KEY', None)
    """
    names = KEY_VARIABLES.get(seat_for(model).provider)
    return names[0] if names else None


def has_key(model: str) -> bool:
    """Whether a call of the model would find a key, or needs none."""
    names = KEY_VARIABLES.get(seat_for(model).provider)
    return names is None or any(provider_keys(names).values())


def require_key(call: Call) -> None:
    """Refuse a call whose key is missing before anything is loaded or sent. Raises ``ModelDenied``.

    A seat with an address of its own may need no key, so it is let through.
    """
    if call.api_base is None and not has_key(call.model):
        name = key_variable(call.model)
        raise ModelDenied(f"{name} is not set", f"Type: export {name}=…")
