"""The form of an answer about claims of others, and its reading: never guessed, never raising."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from council.reviewing.extraction import extract_objects
from council.reviewing.findings import plain_text
from council.text import clip
from council.types.examinations import Answer, Ruling

RULINGS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "rulings": {
            "type": "array",
            "maxItems": 12,
            "items": {
                "type": "object",
                "properties": {
                    "claim": {"type": "integer"},
                    "grounds": {"type": "string", "maxLength": 600},
                    "ruling": {"type": "string", "enum": [answer.value for answer in Answer]},
                },
                "required": ["claim", "grounds", "ruling"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["rulings"],
    "additionalProperties": False,
}
"""The form of an answer. The grounds stand before the ruling, also where a server writes keys by the alphabet."""

_WORDS = {
    "asked": Answer.ASKED, "yes": Answer.ASKED, "required": Answer.ASKED, "asked for": Answer.ASKED,
    "not asked": Answer.NOT_ASKED, "no": Answer.NOT_ASKED, "not required": Answer.NOT_ASKED,
    "not asked for": Answer.NOT_ASKED, "unasked": Answer.NOT_ASKED,
}  # fmt: skip
_RULING_KEYS = ("ruling", "answer", "decision", "verdict")
_GROUNDS_KEYS = ("grounds", "reason", "reasons", "explanation")


def read_rulings(text: str, finding_ids: Sequence[str]) -> tuple[Ruling, ...]:
    """Read the rulings of a reply. Never raises; what contradicts itself or is no word of the three is unclear."""
    found: dict[str, list[Ruling]] = {}
    tables = [candidate.value for candidate in extract_objects(text.encode("utf-8", "replace").decode()).candidates]
    for entry in _entries(tables):
        number = re.search(r"\d{1,3}", str(entry.get("claim", "1" if len(finding_ids) == 1 else "")))
        word = next((entry[key] for key in _RULING_KEYS if key in entry), None)
        if number is None or word is None or not 1 <= int(number[0]) <= len(finding_ids):
            continue
        plain = " ".join(str(word).lower().replace("_", " ").replace("-", " ").split()).strip(" .!\"'")
        grounds = next((plain_text(entry[key]) for key in _GROUNDS_KEYS if entry.get(key)), None)
        name = finding_ids[int(number[0]) - 1]
        answer = _WORDS.get(plain, Answer.UNCLEAR)
        ruling = Ruling(finding_id=name, grounds=None if grounds is None else clip(grounds, 1200), answer=answer)
        found.setdefault(name, []).append(ruling)
    return tuple(_one(found[name]) for name in finding_ids if name in found)


def _one(rulings: list[Ruling]) -> Ruling:
    if len({ruling.answer for ruling in rulings}) == 1:
        return rulings[-1]
    unclear: Ruling = rulings[-1].but(answer=Answer.UNCLEAR)
    return unclear


def _entries(tables: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return every object that has a word for a ruling, in tables and in lists inside of them."""
    found = []
    for table in tables:
        lists = [value for value in table.values() if isinstance(value, list)]
        for entry in (table, *(item for items in lists for item in items if isinstance(item, dict))):
            plain = {str(key).strip().lower(): value for key, value in entry.items()}
            if any(isinstance(plain.get(key), str) for key in _RULING_KEYS):
                found.append(plain)
    return found
