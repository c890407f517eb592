"""Whether a model would judge what it, or one of its family, wrote."""

from __future__ import annotations

from collections.abc import Sequence

from council.errors import ModelRecused
from council.policies.families import are_kin, family_of
from council.policies.models import same_weights
from council.policies.names import plain_digest, read_name
from council.text import one_line
from council.types.calls import Reply
from council.types.submission import Origin


def authorship(authors: Sequence[Origin], name: str, digest: str | None = None) -> str | None:
    """Return in a sentence how a model is known to have written the code, ``None`` where it is not.

    Kinship is read widely: other sizes, versions and tunings of a family learnt from the same text, and models prefer
    what sounds like them (Panickssery et al. 2024). A copy under another name is known by its weights.

    >>> authorship([Origin(model="qwen2.5-coder:1.5b")], "ollama_chat/qwen2.5:7b")
    'it is of the family qwen, as is qwen2.5-coder:1.5b, which wrote this code'
    """
    for author in authors:
        writer = one_line(author.model, 80)
        if same_weights(plain_digest(author.digest), plain_digest(digest)):
            return f"it has the weights of {writer}, which wrote this code"
        if not are_kin(author.model, name):
            continue
        one, other = read_name(author.model), read_name(name)
        if (one.stem, one.size) == (other.stem, other.size):
            return "it wrote this code"
        family = family_of(name) or one_line(other.stem[0], 40)
        return f"it is of the family {family}, as is {writer}, which wrote this code"
    return None


def recusal_of(authors: Sequence[Origin], reply: Reply) -> ModelRecused | None:
    """Look up what really answered; return the reason why its ballot does not count, where it wrote the code."""
    for name in dict.fromkeys((reply.served_model or reply.model, reply.model)):
        reason = authorship(authors, name, reply.digest)
        if reason is not None:
            answered = "" if name == reply.model else f"{one_line(name, 80)} answered, and "
            return ModelRecused(f"{answered}{reason}", "Let another model sit in its place")
    return None
