"""Names of models as they stand in text: ``CodeLlama 34B``, ``codellama:34b-instruct``, ``ollama/codellama``.

``MAKERS_TOOLS`` and the tables of ``policies.families`` are what to extend. ``~`` stands for a separator that may be
missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from council.policies.families import FAMILIES, WITH_NUMBER
from council.policies.names import joined, read_name

MAKERS_TOOLS = (
    "github~copilot",
    "copilot",
    "code~whisperer",
    "tab~nine",
    "openai~codex",
    "codeium",
    "amazon~q~developer",
)
"""Assistants whose model is not told."""

_SEPARATOR = r"[ _.-]?"
_SIZE = re.compile(r"(?<![a-z0-9.])(\d+x)?(\d+(?:\.\d+)?)([bm])(?![a-z0-9])")
_SIZED = re.compile(r":\d+(?:\.\d+)?[bm]")
_QUALIFIER = (
    r"(?:v?\d+(?:\.\d+)*(?:x\d+)?[bmk]?(?:[-:][\w.-]*\w)?(?![\w/])|instruct|chat|coder|python|base|sonnet|opus"
    r"|haiku|pro|flash"
    r"|ultra|turbo|mini|nano|lite|large|small|medium|plus|max|thinking|code|cli|agent|x)"
)
# What makes another thing of a name: a file, a program, a package, a site.
_OTHER_THING = re.compile(
    r"(?i)\.(?:py|pyi|js|ts|tsx|c|h|cc|cpp|go|rs|java|md|txt|rst|json|ya?ml|toml|sh|exe|com|ai|io|org|net|conf"
    r"|cfg|log|html?"
    r"|gguf|bin|zip|ipynb|sql|rb|php)\b|_(?!\d|instruct|chat|code|base|python|hf|q\d|coder|mini|turbo"
    r"|x+s)[a-z]{2}|[/\\]|::"
)


def same_model(asked: str, found: str) -> bool:
    """Whether a name found in a text may be the model that is asked for.

    A size that one of the two does not tell may be any; a name without version and size stands for its whole family.

    >>> same_model("codellama:34b", "CodeLlama 34B"), same_model("codellama:34b", "codellama:7b")
    (True, False)
    """
    one, other = read_name(asked), read_name(found)
    if not one.stem or not other.stem:
        return False
    if one.size is None and not any(word.isdigit() for word in one.words):
        return any(joined(other.words[:end]) == one.stem for end in range(1, len(other.words) + 1))
    sizes = one.size is None or other.size is None or one.size == other.size
    tunings = not other.variants or one.variants <= other.variants
    return one.stem == other.stem and sizes and tunings


class Names:
    """Finds the name of a model at a place in a text. ``more`` adds names that the table does not know."""

    def __init__(self, more: Iterable[str] = ()) -> None:
        own = {_as_table(name) for name in more} - {""}
        plain = sorted({*FAMILIES, *MAKERS_TOOLS, *own}, key=len, reverse=True)
        numbered = sorted(WITH_NUMBER, key=len, reverse=True)
        tail = r"(?:[\w.+:-]*\w)?"
        place = r"(?:[\w.-]+/){0,3}"
        after = rf"(?:[ ](?i:{_QUALIFIER})\b)*"
        self.pattern = (
            r"(?P<model>(?<![\w/.-])"
            rf"(?:{place}(?i:{'|'.join(map(_spelled, plain))}){tail}{after}"
            rf"|{place}(?i:{'|'.join(map(_spelled, numbered))})(?:[ -]?v?\d|:){tail}{after}"
            rf"|{place}[A-Za-z][\w.-]*:\d+(?:\.\d+)?[bBmM](?:[\w.-]*\w)?"
            r")(?![\w/@\\]))"
        )
        """A regular expression with one group, ``model``."""
        self._parts = tuple({max(name.split("~"), key=len) for name in (*plain, *numbered)})
        self._whole = re.compile(rf"[\"'`*<\[(]*{self.pattern}")

    def may_stand_in(self, text: str) -> bool:
        """Whether it is worth looking for a name in a text: quick, and never wrong when it says no."""
        small = text.lower()
        return any(part in small for part in self._parts) or _SIZED.search(small) is not None

    def at(self, text: str) -> str | None:
        """Return the name that a text begins with, or ``None``."""
        match = self._whole.match(text)
        return None if match is None or not is_name(match["model"]) else match["model"]

    def whole(self, text: str) -> str | None:
        """Return the name that the text is, or ``None`` where it is something else."""
        clean = text.strip().strip("\"'`")
        match = self._whole.fullmatch(clean)
        return None if match is None or not is_name(match["model"]) else match["model"]


def is_name(text: str) -> bool:
    """Whether what looks like a model's name is one, and not ``llama.cpp`` or ``codellama_runner.py``."""
    return _OTHER_THING.search(text.rpartition("/")[2]) is None and len(text) <= 120


def _spelled(entry: str) -> str:
    return _SEPARATOR.join(re.escape(part) for part in entry.split("~"))


def _as_table(name: str) -> str:
    """Return a name as the table writes it, without tag and place: ``foo-llm:7b`` becomes ``foo~llm``."""
    text = name.strip().lower().rpartition("/")[2].partition(":")[0]
    text = _SIZE.sub(" ", re.sub(r"[_ -]+", " ", text))
    return "~".join(re.findall(r"[a-z0-9.]+", text)) if len(re.sub(r"\W", "", text)) >= 3 else ""
