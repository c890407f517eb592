"""Which file of a chain each part of a policy comes from."""

from __future__ import annotations

from collections.abc import Mapping

from council.policies.loading import KEYS, PolicyFile

_LABELS = {
    "criteria": lambda entry: str(entry["check"]),
    "rules": lambda entry: str(entry["id"]),
    "models": lambda entry: str(entry.get("name") or f"family {entry.get('family')}"),
}


def origins_of(chain: tuple[PolicyFile, ...]) -> dict[str, tuple[str, ...]]:
    """Return for each part the names of the files that say it, the deciding one last.

    Parts are ``title``, ``voting.quorum``, ``criteria.tests``, ``rules.task-first``, ``models.codellama:34b``; what
    stands in no file is the default and is not in the answer.
    """
    found: dict[str, list[str]] = {}
    for file in chain:
        for part in _parts(file.table):
            found.setdefault(part, []).append(file.path.name)
    return {part: tuple(names) for part, names in found.items()}


def _parts(table: Mapping[str, object]) -> list[str]:
    parts = []
    for field, value in table.items():
        if field in KEYS and isinstance(value, list):
            parts += list(dict.fromkeys(f"{field}.{_LABELS[field](entry)}" for entry in value))
        elif isinstance(value, dict):
            parts += [f"{field}.{inner}" for inner in value]
        elif field != "id":
            parts.append(field)
    return parts
