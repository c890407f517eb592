"""Reads the many spellings of one model's name: what it is, how big, and what else was said of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple


class ModelName(NamedTuple):
    """A name taken apart. Two spellings of one model have the same ``stem`` and ``size``."""

    words: tuple[str, ...]
    """Runs of letters and runs of digits before the size, apart as they were written: ``code``, ``llama``, ``3``."""
    stem: tuple[str, ...]
    """The same with letters put together, for separators between them mean nothing: ``codellama``, ``3``."""
    size: str | None
    """``34b``, ``1.5b``, ``8x7b``; ``None`` where the name does not say: Ollama then takes its default."""
    variants: frozenset[str]
    """Whatever else the name says: ``instruct``, ``python``, ``mine``. How it is packed is not in it."""


_SERVICES = r"(?:ollama_chat|ollama|openai|anthropic|openrouter|huggingface|together_ai|litellm|gguf):"
_MAKERS = re.compile(
    r"(?:(?:us|eu|apac|global|meta|anthropic|amazon|cohere|google|microsoft|mistralai|openai|nvidia|ibm|deepseek-ai)"
    r"[._-]"
    r"|(?P<twice>qwen|mistral|deepseek)_(?=(?P=twice)))"
)
_FILE = re.compile(r"(?:[-_.]\d{5}-of-\d{5})?\.(?:gguf|ggml|bin|safetensors)$")
_RELEASE = re.compile(r"[-_]v\d+:\d+$")
"""As Bedrock ends its names: ``-v1:0``."""
_PACKING = re.compile(
    r"""(?<![a-z0-9])(?:
      i?q\d(?:[._-]?[k01])?(?:[._-]?(?:xxs|xs|s|m|l|xl|nl))?
    | (?:fp|bf|f|int|nf|mxfp|nvfp)(?:4|8|16|32)
    | w\d+a\d+ | \d{1,2}-?bit | \d(?:\.\d+)?bpw | \d+g
    | awq | gptq | exl[23] | gguf | ggml | mlx | bnb | qat | hqq | aqlm | onnx | safetensors | quantized | quant
    | imat | i1 | ud | hf | latest
    )(?![a-z0-9])""",
    re.VERBOSE,
)
_SIZE = re.compile(r"(?<![0-9])(?<![0-9][.x])((?:\d+x)?)(\d+(?:\.\d+)?)([bm])(?![a-z0-9])")
_LOOSE_SIZE = re.compile(r"(?<![a-z0-9.])(\d+)[-_](?=\d+[bm](?![a-z0-9]))")
_DAY = re.compile(r"20\d{6}|(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])|2[3-9](?:0[1-9]|1[0-2])")
_PLAIN = re.compile(r"\d+|\d+k|v?\d+|a\d+b|20\d{6}")
"""What may stand beside a size without making another model of it: versions, days, contexts, active parameters."""

_RUN = re.compile(r"\d+|(?!v\d)[a-z]+?(?=v?\d|[^a-z]|$)")
"""Digits or letters; the ``v`` before a version is neither."""

TUNINGS = frozenset(
    "instruct instruction inst chat it base text python code free preview online beta exp experimental tuned".split()
)
"""How a model was tuned or is served. A rule that does not name one holds for all of them."""
_KINDS = frozenset("coder math vl vision omni audio embed embedding guard reranker distill".split())
"""Words that make another model, wherever they stand: ``qwen2.5:32b-coder`` is ``qwen2.5-coder:32b``."""


def read_name(text: str) -> ModelName:
    """Take a name apart. Providers, registries, folders, case, separators and packing leave no trace.

    >>> read_name("hf.co/TheBloke/CodeLlama-34B-Instruct-GGUF:Q4_K_M")[1:]
    (('codellama',), '34b', frozenset({'instruct'}))
    >>> read_name("ollama_chat/qwen2.5-coder:1.5b").stem == read_name("Qwen/Qwen2.5-Coder-1.5B").stem
    True
    """
    return _read(_bare(text))


def readings(text: str) -> tuple[ModelName, ...]:
    """Return every way to read a name, the plain one first.

    ``x-1-5b`` may be of 5 or, with its point written as a dash, of 1.5 billion parameters; ``granite-34b-code`` may be
    ``granite-code:34b``, as ``codellama:34b-code`` is ``codellama:34b``.
    """
    bare = _bare(text)
    read = [_read(bare), _read(_LOOSE_SIZE.sub(r"\1.", bare))]
    for name in tuple(read):
        if "code" in name.variants:
            words = (*name.words, "code")
            read.append(name._replace(words=words, stem=joined(words), variants=name.variants - {"code"}))
    return tuple(dict.fromkeys(read))


def joined(words: Iterable[str]) -> tuple[str, ...]:
    """Put letters that stand beside each other together; digits stay apart, for ``2.5`` is not ``25``."""
    stem: list[str] = []
    for word in words:
        if stem and not stem[-1].isdigit() and not word.isdigit():
            stem[-1] += word
        else:
            stem.append(word)
    return tuple(stem)


def is_plain(variants: Iterable[str]) -> bool:
    """Whether nothing in these words hints at other weights than the maker's own."""
    return all(word in TUNINGS or _PLAIN.fullmatch(word) for word in variants)


def plain_digest(digest: str | None) -> str:
    """Return a digest in one form: small letters, without ``sha256:``; empty where there is none."""
    text = (digest or "").strip().lower()
    return text.removeprefix("sha256:").removeprefix("sha256-")


def named_digest(text: str) -> str:
    """Return the digest that a name carries: ``codellama@sha256:…``; empty where it carries none."""
    found = re.search(r"@(sha256[:-][0-9a-f]{12,64})$", text.strip().lower())
    return plain_digest(found[1]) if found else ""


def local_name(text: str) -> str:
    """Return a name as the local server lists it: without its route, with the tag it takes by default.

    >>> local_name("ollama_chat/mine")
    'mine:latest'
    """
    name = text.strip().removeprefix("ollama_chat/").removeprefix("ollama/")
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


def _bare(text: str) -> str:
    """Return the last part of a name or path, in small letters, without maker, digest, file ending and packing."""
    known = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char)[0] != "C")
    known = re.sub(rf"^{_SERVICES}", "", known.casefold().strip().strip("\"'"))
    known = re.sub(r"[?#].*$", "", known.replace("\\", "/")).rstrip("/ ").rpartition("/")[2]
    known = _RELEASE.sub("", _FILE.sub("", re.sub(r"(?<=.)@.*$", "", known)))
    while (maker := _MAKERS.match(known)) is not None and maker.end() < len(known):
        known = known[maker.end() :]
    known = re.sub(r"(?<![a-z0-9])v(?=\d)", "", known)
    known = re.sub(r"(?<=\d)p(?=\d)", ".", known)
    return _PACKING.sub("-", known)


def _read(bare: str) -> ModelName:
    found = _SIZE.search(bare)
    head, rest, size = (
        (bare, "", None) if found is None else (bare[: found.start()], bare[found.end() :], _sized(found))
    )
    if not re.search(r"[a-z0-9]", head):
        head, rest = rest, ""
    words, variants = _untuned(re.findall(r"[a-z0-9]+", head))
    runs = [run for word in words for run in _RUN.findall(word)]
    after = re.findall(r"[a-z0-9]+", rest)
    runs += sorted(word for word in after if word in _KINDS)
    variants |= {word for word in after if word not in _KINDS}
    return ModelName(words=tuple(runs), stem=joined(runs), size=size, variants=frozenset(variants))


def _sized(found: re.Match[str]) -> str:
    return f"{found[1]}{float(found[2]):g}{found[3]}"


def _untuned(words: list[str]) -> tuple[list[str], set[str]]:
    """Take tunings and the day of a release off the end: ``gpt-5.2-2025-12-11``, ``gpt-4-1106-preview``."""
    end, variants = len(words), set()
    while end > 1:
        day = words[end - 3 : end]
        if words[end - 1] in TUNINGS - {"code"} or _DAY.fullmatch(words[end - 1]):
            end -= 1
            variants.add(words[end])
        elif end > 3 and re.fullmatch(r"20\d\d-\d\d-\d\d", "-".join(day)):
            end -= 3
            variants.add("".join(day))
        else:
            break
    return words[:end], variants
